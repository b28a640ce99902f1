package recovery

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// findings are the kinds that a person may give instead of looking.
var findings = []diagnose.Kind{
	diagnose.RegionLost, diagnose.RegionSilent, diagnose.Partitioned, diagnose.ZoneLost, diagnose.StoreCorrupt,
	diagnose.WriterLost, diagnose.DependencyLost, diagnose.Healthy,
}

// words are the kinds as they are typed.
func words() []string {
	var out []string
	for _, k := range findings {
		out = append(out, word(k))
	}
	return out
}

func word(k diagnose.Kind) string { return strings.ReplaceAll(string(k), " ", "-") }

// given is the finding of --finding: a kind, or a file that holds one.
func (o *planOptions) given(active system.Home, now time.Time) (diagnose.Finding, error) {
	for _, k := range findings {
		if word(k) == o.Finding {
			return o.said(k, active, now)
		}
	}
	text, err := os.ReadFile(o.Finding)
	if err != nil {
		return diagnose.Finding{}, exit.Errorf(exit.Usage, "give one of them, or a file with a finding",
			"--finding is %q, which is no file and none of: %s", o.Finding, listed(words()))
	}
	var f diagnose.Finding
	if err := decode(text, &f); err != nil {
		return f, exit.Errorf(exit.Usage, "redoubt plan SCENARIO --json shows a finding", "%s: %w", o.Finding, err)
	}
	return f, o.checked(f)
}

// said is a finding on a person's word.
func (o *planOptions) said(k diagnose.Kind, active system.Home, now time.Time) (diagnose.Finding, error) {
	if k == diagnose.RegionLost && !o.named {
		return diagnose.Finding{}, exit.Errorf(exit.Usage, "redoubt plan SCENARIO --finding region-lost --by NAME",
			"--finding region-lost takes the place of a fence that nobody confirmed: say whose word it is")
	}
	f := diagnose.Said(k, active, now, o.By, diagnose.About{Zone: o.Zone, Store: o.Store, Dependency: o.Dependency})
	if k.Named() && f.Name == "" {
		flag := map[diagnose.Kind]string{diagnose.ZoneLost: "zone", diagnose.DependencyLost: "dependency"}[k]
		if flag == "" {
			flag = "store"
		}
		return f, exit.Errorf(exit.Usage, "name it: --"+flag+" NAME", "--finding %s does not say which", word(k))
	}
	return f, nil
}

// checked names all that is wrong with a finding out of a file.
func (o *planOptions) checked(f diagnose.Finding) error {
	var errs []error
	if !slices.Contains(append(slices.Clone(findings), diagnose.Unclear), f.Kind) {
		errs = append(errs, fmt.Errorf("%s: kind is %q, want one of: %s", o.Finding, f.Kind, strings.ReplaceAll(listed(words()), "-", " ")))
	}
	if f.Home != "" && !f.Home.Valid() {
		errs = append(errs, fmt.Errorf("%s: home is %q, want one of %v", o.Finding, f.Home, system.Homes))
	}
	return exit.With(exit.Usage, errors.Join(errs...), "redoubt plan SCENARIO --json shows a finding")
}

// observed reads the observations of --observations.
func (o *planOptions) observed() ([]diagnose.Observation, error) {
	text, err := os.ReadFile(o.Observations)
	if err != nil {
		return nil, exit.With(exit.Usage, err, "redoubt plan SCENARIO --json shows observations")
	}
	var all []diagnose.Observation
	if err := decode(text, &all); err != nil {
		return nil, exit.Errorf(exit.Usage, "redoubt plan SCENARIO --json shows observations", "%s: %w", o.Observations, err)
	}
	var errs []error
	for n, seen := range all {
		for _, why := range wrong(seen) {
			errs = append(errs, fmt.Errorf("%s: observation %d: %s", o.Observations, n+1, why))
		}
	}
	return all, exit.With(exit.Usage, errors.Join(errs...), "redoubt plan SCENARIO --json shows observations")
}

var (
	aspects = []diagnose.Aspect{diagnose.Entry, diagnose.Control, diagnose.Writes, diagnose.Content, diagnose.Zone, diagnose.Dependency}
	states  = []diagnose.State{diagnose.Good, diagnose.Bad, diagnose.Unknown}
)

// wrong lists what is wrong with an observation.
func wrong(o diagnose.Observation) []string {
	var out []string
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if o.Observer == "" {
		bad("observer is missing")
	}
	if o.At.IsZero() {
		bad("at is missing, want a time such as 2026-03-01T12:00:00Z")
	}
	if !slices.Contains(aspects, o.Aspect) {
		bad("aspect is %q, want one of %v", o.Aspect, aspects)
	}
	if !slices.Contains(states, o.State) {
		bad("state is %q, want one of %v", o.State, states)
	}
	if !o.Home.Valid() && o.Aspect != diagnose.Dependency {
		bad("home is %q, want one of %v", o.Home, system.Homes)
	}
	return out
}

// decode reads one JSON value and nothing else.
func decode(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows after the value")
	}
	return nil
}
