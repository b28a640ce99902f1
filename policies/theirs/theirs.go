// Package theirs holds what other tools check about staying up and recovering,
// and the rule of ours that stands for each, or the reason why none does. It is
// data: ids, addresses, and titles in our own words.
package theirs

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed *.yaml
var files embed.FS

// NotDeclared is the reason for a rule about resources that Redoubt never makes.
const NotDeclared = "type not declared"

// Tool is one tool with its rules, in the order of the file.
type Tool struct {
	// Name is the tool's, such as Prowler.
	Name string `yaml:"tool"`
	// Version is the one that was read.
	Version string `yaml:"version"`
	// Page is where the tool is.
	Page string `yaml:"page"`
	// Source is where its rules are described; {id} stands for the rule's id.
	Source string `yaml:"source"`
	Rules  []Rule `yaml:"rules"`
}

// Rule is one rule of theirs. It has exactly one of Ours and Why.
type Rule struct {
	ID string `yaml:"id"`
	// Title says in our words what the rule asks for.
	Title string `yaml:"title"`
	// Source is the address of its description; Load fills it in from the tool's.
	Source string `yaml:"source"`
	// Types are the Pulumi tokens of the resources that it is about.
	Types []string `yaml:"types"`
	// Ours is the id of our rule that stands for it.
	Ours string `yaml:"ours"`
	// Why is the reason why none does.
	Why string `yaml:"why"`
}

// Load reads and checks every tool, in the order of their files.
func Load() ([]Tool, error) { return load(files) }

func load(in fs.FS) ([]Tool, error) {
	names, err := fs.Glob(in, "*.yaml")
	if err != nil {
		return nil, err
	}
	var tools []Tool
	var errs []error
	for _, name := range names {
		tool, err := read(in, name)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		tools = append(tools, tool)
	}
	return tools, errors.Join(errs...)
}

func read(in fs.FS, name string) (Tool, error) {
	text, err := fs.ReadFile(in, name)
	if err != nil {
		return Tool{}, err
	}
	var tool Tool
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&tool); err != nil {
		return Tool{}, err
	}
	for n := range tool.Rules {
		if r := &tool.Rules[n]; r.Source == "" {
			r.Source = strings.ReplaceAll(tool.Source, "{id}", r.ID)
		}
	}
	return tool, tool.validate()
}

func (t Tool) validate() error {
	var errs []error
	if t.Name == "" || t.Version == "" || len(t.Rules) == 0 {
		errs = append(errs, errors.New("has no name, version or rules"))
	}
	if !strings.HasPrefix(t.Page, "https://") {
		errs = append(errs, fmt.Errorf("page is %q, want an https address", t.Page))
	}
	var seen []string
	for _, r := range t.Rules {
		if slices.Contains(seen, r.ID) {
			errs = append(errs, fmt.Errorf("rule %q stands twice", r.ID))
		}
		seen = append(seen, r.ID)
		if err := r.validate(); err != nil {
			errs = append(errs, fmt.Errorf("rule %q: %w", r.ID, err))
		}
	}
	return errors.Join(errs...)
}

var (
	oursForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	typeForm = regexp.MustCompile(`^[a-z]+:[A-Za-z0-9./]+:[A-Za-z0-9]+$`)
)

func (r Rule) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if r.ID == "" || r.Title == "" || strings.HasSuffix(r.Title, ".") {
		bad("title is %q, want an id and a title without a full stop", r.Title)
	}
	if !strings.HasPrefix(r.Source, "https://") || strings.ContainsAny(r.Source, "{} ") {
		bad("source is %q, want an https address", r.Source)
	}
	if len(r.Types) == 0 {
		bad("has no types")
	}
	for _, t := range r.Types {
		if !typeForm.MatchString(t) {
			bad("type is %q, want a token such as aws:rds/cluster:Cluster", t)
		}
	}
	if (r.Ours == "") == (r.Why == "") {
		bad("has ours %q and why %q, want exactly one", r.Ours, r.Why)
	}
	if r.Ours != "" && !oursForm.MatchString(r.Ours) {
		bad("ours is %q, want an id such as bucket-versioned", r.Ours)
	}
	return errors.Join(errs...)
}
