// Package root is the redoubt command itself: it joins the commands, turns
// errors into text and gives the exit code.
package root

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/adopt"
	"redoubt/internal/cli/assess"
	"redoubt/internal/cli/drill"
	"redoubt/internal/cli/evidence"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/record"
	"redoubt/internal/cli/recovery"
	"redoubt/internal/cli/sim"
	"redoubt/internal/cli/streams"
	"redoubt/internal/cli/syscheck"
	"redoubt/internal/cli/testpage"
	"redoubt/internal/cli/witness"
)

// Run runs the command line and returns the exit code. When ctx ends, what is
// under way is finished and the rest is left.
func Run(ctx context.Context, s *streams.Streams, args []string) exit.Code {
	cmd := New(s)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err != nil {
		s.Notef("%s", exit.Format(err))
	}
	return exit.Of(err)
}

// New builds the command tree. Whatever is wrong with a command line is an
// error of the code Usage that names the help to read.
func New(s *streams.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "redoubt",
		Short: "Recovery you can prove",
		Long: "redoubt deploys, watches, drills and recovers a multi-agent system that lives in two AWS regions.\n" +
			"Without an account it works on a simulated pair of regions, kept in .redoubt/.",
		Example: "  redoubt sim up\n" +
			"  redoubt plan region-loss --out plan.json",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cmd.SetOut(s.Out)
	cmd.SetErr(s.Err)
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.AddCommand(adopt.New(s), assess.New(s), drill.New(s), evidence.New(s), record.New(s), sim.New(s), syscheck.New(s), testpage.New(s), witness.New(s), exitCodes(s))
	cmd.AddCommand(recovery.Commands(s)...)
	cmd.SetHelpCommand(help(cmd))
	cmd.InitDefaultCompletionCmd()
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usage(c, err) })
	guard(cmd)
	return cmd
}

// exitCodes prints the table of exit codes.
func exitCodes(s *streams.Streams) *cobra.Command {
	return &cobra.Command{
		Use: "exit-codes", Short: "What the exit codes mean", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { s.Printf("%s\n", exit.Help()); return nil },
	}
}

// help is "redoubt help [COMMAND]".
func help(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Help about a command", Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usage(root, fmt.Errorf("no help about %q", strings.Join(args, " ")))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// guard makes every command of the tree refuse arguments with the code of a
// wrong usage. A command that only holds others prints its help, and refuses a
// name that none of them has.
func guard(cmd *cobra.Command) {
	check := cmd.Args
	if !cmd.Runnable() {
		check = unknown
		cmd.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	cmd.Args = func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		return usage(c, check(c, args))
	}
	for _, sub := range cmd.Commands() {
		guard(sub)
	}
}

func unknown(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("%s has no command %q", c.CommandPath(), args[0])
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return exit.With(exit.Usage, err, c.CommandPath()+" "+near[0])
	}
	return err
}

// usage is err as a wrong use of the command.
func usage(c *cobra.Command, err error) error {
	var coded *exit.Error
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return exit.With(exit.Usage, err, c.CommandPath()+" --help")
}
