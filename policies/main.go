// Command policies is the policy pack, as Pulumi's engine runs it: the official
// CLI builds this folder, and a CLI without Go's language host finds the same
// program on PATH as pulumi-analyzer-policy-go.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"redoubt/assess"
	cli "redoubt/internal/cli/assess"
	"redoubt/policies/analyzer"
	"redoubt/policies/pack"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "policies: "+err.Error())
		os.Exit(1)
	}
}

func run() error {
	folder, err := os.Getwd()
	if err != nil {
		return err
	}
	s, err := analyzer.New(analyzer.Options{Rules: pack.Rules(), Folder: folder, Forecast: forecast})
	if err != nil {
		return err
	}
	return analyzer.Serve(s, os.Stdout)
}

// forecast brings both homes up in this process, as redoubt assess does.
func forecast(ctx context.Context, folder, file string, o assess.Options) (assess.Report, error) {
	o.Workers = runtime.GOMAXPROCS(0)
	return cli.Forecast(ctx, folder, file, o)
}
