// Package adopt is "redoubt adopt": after a restore, the resources of a stack
// stand for the restored store.
package adopt

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/recovery/adopt"
)

// New returns the command.
func New(s *streams.Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "adopt ADOPTION",
		Short: "Write a restored store into a stack's exported state",
		Long: "adopt reads a stack's state on stdin, writes into it what the adoption says, and prints it.\n" +
			"The last step of a restore writes the adoption of each home. Nothing here calls AWS.",
		Example: "  pulumi stack export --stack primary | redoubt adopt primary.json | pulumi stack import --stack primary\n" +
			"  redoubt adopt primary.json < state.json > adopted.json",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return Adopt(s, args[0]) },
	}
}

// Adopt writes the adoption in the file into the state on stdin. When anything
// of it does not fit, nothing is printed.
func Adopt(s *streams.Streams, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return exit.With(exit.Usage, err, "redoubt adopt --help")
	}
	var a adopt.Adoption
	if err := json.Unmarshal(text, &a); err != nil {
		return exit.With(exit.Usage, fmt.Errorf("%s: %w", file, err), "the last step of a restore writes this file")
	}
	if len(a.Swaps) == 0 {
		return exit.Errorf(exit.Usage, "the last step of a restore writes this file", "%s adopts nothing", file)
	}
	state, err := io.ReadAll(s.In)
	if err != nil {
		return err
	}
	adopted, err := a.Apply(state)
	if err != nil {
		return exit.With(exit.Usage, err, fmt.Sprintf("pulumi stack export --stack %s | redoubt adopt %s", a.Home, file))
	}
	s.Printf("%s\n", adopted)
	return nil
}
