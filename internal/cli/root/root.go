// Package root is the redoubt command itself: it joins the commands, turns
// errors into text and gives the exit code.
package root

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/sim"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/syscheck"
)

// Run runs the command line and returns the exit code.
func Run(ctx context.Context, s *streams.Streams, args []string) exit.Code {
	cmd := New(s)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return exit.OK
	}
	var coded *exit.Error
	if !errors.As(err, &coded) && isUsage(err) {
		err = exit.With(exit.Usage, err, "redoubt help")
	}
	s.Notef("%s", exit.Format(err))
	return exit.Of(err)
}

// New builds the command tree.
func New(s *streams.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "redoubt",
		Short: "Recovery you can prove",
		Long: "redoubt deploys, watches, drills and recovers a multi-agent system that lives in two AWS regions.\n" +
			"Without an account it works on a simulated pair of regions, kept in .redoubt/.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.SetOut(s.Out)
	cmd.SetErr(s.Err)
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.AddCommand(sim.New(s), syscheck.New(s), exitCodes())
	return cmd
}

// exitCodes is a help topic made from the table.
func exitCodes() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: exit.Help()}
}

// isUsage recognises the errors that cobra makes of a wrong command line.
func isUsage(err error) bool {
	for _, start := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "invalid argument",
		"required flag", "flag needs an argument", "requires at least"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return errors.Is(err, errUsage)
}

var errUsage = fmt.Errorf("usage")
