// Command judge asks the real upstream provider what Redoubt's simulator must
// agree with.
//
//	judge schema FILE [TYPE...]   writes the schema data of every type that Redoubt
//	                              declares, or of those with these upstream names
//	judge page                     writes docs/judged.md from what the judges' tests kept
//	judge where                   says whether every judge is here to judge at all
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"redoubt/tools/judge/needs"
	"redoubt/tools/judge/report"
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
	if len(args) == 1 && args[0] == "page" {
		return page()
	}
	if len(args) < 2 || args[0] != "schema" {
		return fmt.Errorf("usage: judge schema FILE [TYPE...], judge page, or judge where")
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

// page writes the page of what the judges saw.
func page() error {
	text, err := report.Page()
	if err != nil {
		return err
	}
	return os.WriteFile("../../docs/judged.md", []byte(text), 0o644)
}

// where is the last line of a run: tests that had nobody to ask pass in
// silence, so this says it. In CI that is a failure.
func where() error {
	err := errors.Join(needs.Missing("../../.tools")...)
	if err != nil && os.Getenv("CI") == "" {
		fmt.Fprintf(os.Stderr, "NOT JUDGED by %s\n", strings.ReplaceAll(err.Error(), "\n", "; nor by "))
		return nil
	}
	if err != nil {
		return fmt.Errorf("NOT JUDGED by %s", strings.ReplaceAll(err.Error(), "\n", "; nor by "))
	}
	fmt.Println("judged by terraform-provider-aws", upstream.Version, "with moto 5.2.1, by AWS's API models, its lists of "+
		"actions, cfn-lint's of versions and machines, and a Kubernetes API server")
	return nil
}
