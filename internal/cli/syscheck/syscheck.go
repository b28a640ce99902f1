// Package syscheck is "redoubt system check": is a system file right?
package syscheck

import (
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/system"
)

// New returns the command "system" with its one subcommand.
func New(s *streams.Streams) *cobra.Command {
	cmd := &cobra.Command{Use: "system", Short: "The file that says what must survive"}
	asJSON := false
	check := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Report every fault of a system file with its place",
		Example: "  redoubt system check\n" +
			"  redoubt system check other.yaml --json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := "system.yaml"
			if len(args) == 1 {
				file = args[0]
			}
			return Check(s, file, asJSON)
		},
	}
	check.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	cmd.AddCommand(check)
	return cmd
}

// Result is the JSON form of a check.
type Result struct {
	File   string  `json:"file"`
	OK     bool    `json:"ok"`
	Faults []Fault `json:"faults"`
	// Tiers, Stores and Agents count what a right file declares.
	Tiers  int `json:"tiers,omitempty"`
	Stores int `json:"stores,omitempty"`
	Agents int `json:"agents,omitempty"`
}

// Fault is one fault of the file; lines and columns count from 1.
type Fault struct {
	Line  int    `json:"line"`
	Col   int    `json:"col"`
	Cause string `json:"cause"`
	Hint  string `json:"hint,omitempty"`
}

// Check loads the file and prints what it found.
func Check(s *streams.Streams, file string, asJSON bool) error {
	sys, err := system.Load(file)
	result := Result{File: file, OK: err == nil, Faults: []Fault{}}
	var faults *system.Faults
	switch {
	case err == nil:
		result.Tiers, result.Stores, result.Agents = len(sys.Tiers), len(sys.Stores), len(sys.Agents)
	case errors.As(err, &faults):
		for _, f := range *faults {
			result.Faults = append(result.Faults, Fault{Line: f.Line, Col: f.Col, Cause: f.Cause, Hint: f.Hint})
		}
	default:
		return exit.With(exit.Usage, err, "redoubt system check FILE")
	}
	if asJSON {
		text, jsonErr := json.MarshalIndent(result, "", "  ")
		if jsonErr != nil {
			return jsonErr
		}
		s.Printf("%s\n", text)
	}
	if err != nil {
		return exit.Faults(err)
	}
	if !asJSON {
		s.Printf("%s is right: %d tiers, %d stores, %d agents\n", file, result.Tiers, result.Stores, result.Agents)
	}
	return nil
}
