// Command judge asks the real upstream provider what Redoubt's simulator must
// agree with.
//
//	judge schema FILE [TYPE...]   writes the schema data of every type that Redoubt
//	                              declares, or of those with these upstream names
//	judge where                   says whether the provider is here to judge at all
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"redoubt/tools/judge/survey"
	"redoubt/tools/judge/upstream"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) == 1 && args[0] == "where" {
		return where()
	}
	if len(args) < 2 || args[0] != "schema" {
		return fmt.Errorf("usage: judge schema FILE [TYPE...], or judge where")
	}
	binary, err := upstream.Find()
	if err != nil {
		return err
	}
	provider, err := upstream.Start(ctx, binary, "eu-west-1")
	if err != nil {
		return err
	}
	defer func() {
		if closing := provider.Close(); err == nil {
			err = closing
		}
	}()
	types, faults, err := survey.Collect(ctx, provider, args[2:]...)
	if err != nil {
		return err
	}
	for _, fault := range faults {
		fmt.Fprintln(os.Stderr, fault)
	}
	encoded, err := survey.Encode(types)
	if err != nil {
		return err
	}
	fmt.Printf("%d types, %d remarks\n", len(types), len(faults))
	return os.WriteFile(args[1], encoded, 0o644)
}

// where is the last line of a run: tests that had no provider to ask pass in
// silence, so this says it. In CI that is a failure.
func where() error {
	_, err := upstream.Find()
	if errors.Is(err, upstream.ErrAbsent) && os.Getenv("CI") == "" {
		fmt.Fprintln(os.Stderr, "NOT JUDGED:", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("NOT JUDGED: %w", err)
	}
	fmt.Println("judged by terraform-provider-aws", upstream.Version)
	return nil
}
