// Package record keeps what drills found, a line of JSON for each, so that a forecast and whoever watches can tell how
// old the last drill is, and how near what was predicted came to what was seen. Lines are added and never changed.
package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"redoubt/recovery/drill"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness"
)

// Version is that of the lines that this code writes. Lines of a newer one are refused.
const Version = 1

// Entry is one drill.
type Entry struct {
	Version int `json:"version"`
	// At is when the drill ended, with its way back, by the clock of the place where it was; UTC.
	At time.Time `json:"at"`
	// System, Scenario and Disruption are those of the drill's report, Kind that of its figures, Seed what made it.
	System     string            `json:"system"`
	Scenario   string            `json:"scenario"`
	Disruption system.Disruption `json:"disruption"`
	Kind       witness.Kind      `json:"kind"`
	Seed       uint64            `json:"seed,omitempty"`
	// Account is where it was, when that was an account of AWS.
	Account string `json:"account,omitempty"`
	Passed  bool   `json:"passed"`
	// Accepted says why objectives may be missed here; Wrong all that went wrong, on the way back, too.
	Accepted string   `json:"accepted,omitempty"`
	Wrong    []string `json:"wrong,omitempty"`
	Tiers    []Tier   `json:"tiers"`
	// Plan is the hash of the plan that was run; empty when none was.
	Plan string `json:"plan,omitempty"`
}

// Tier is what a tier met.
type Tier struct {
	Name string `json:"name"`
	// RTO and RPO are the objectives; Took and Lost what the witness found.
	RTO  plan.Duration  `json:"rto"`
	RPO  plan.Duration  `json:"rpo"`
	Took witness.Figure `json:"took"`
	Lost witness.Figure `json:"lost"`
	// Predicted is what the simulated regions had told before; zero and unknown when nobody had asked them.
	Predicted witness.Figure `json:"predicted,omitzero"`
	Missed    []string       `json:"missed,omitempty"`
}

// Of is the entry of a report. Predicted are the times to recovery by tier that were told before; it may be nil. Of the way
// back it tells whether it held: its figures stand in the report.
func Of(r drill.Report, predicted map[string]witness.Figure) Entry {
	e := Entry{Version: Version, At: ended(r).UTC(), System: r.System, Scenario: r.Scenario, Disruption: r.Disruption, Kind: r.Kind,
		Seed: r.Seed, Passed: r.Passed(), Accepted: r.Accepted, Wrong: slices.Clone(r.Wrong), Plan: r.Plan.Hash}
	if r.Failback != nil {
		for _, why := range r.Failback.Wrong {
			e.Wrong = append(e.Wrong, "the way back: "+why)
		}
	}
	for _, t := range r.Tiers {
		e.Tiers = append(e.Tiers, Tier{Name: t.Name, RTO: t.RTO, RPO: t.RPO, Took: t.Took, Lost: t.Lost,
			Predicted: predicted[t.Name], Missed: t.Missed})
	}
	return e
}

// ended is when the last phase of a drill ended, or of its way back.
func ended(r drill.Report) time.Time {
	var end time.Time
	for one := &r; one != nil; one = one.Failback {
		for _, p := range one.Phases {
			end = p.To
		}
	}
	return end
}

// Unrecorded are those of the entries that are not among the kept ones: a drill is known by what was drilled, where, and when it
// ended.
func Unrecorded(kept []Entry, entries ...Entry) []Entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool {
		return slices.ContainsFunc(kept, func(k Entry) bool {
			return k.System == e.System && k.Scenario == e.Scenario && k.Kind == e.Kind && k.Account == e.Account && k.At.Equal(e.At)
		})
	})
}

// Append adds entries to the file, which is made with its folder when it is not there. They are synced before it returns.
func Append(file string, all ...Entry) error {
	var text bytes.Buffer
	for _, e := range all {
		raw, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("write record: %w", err)
		}
		text.Write(append(raw, '\n'))
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	_, err = f.Write(text.Bytes())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write record %s: %w", file, err)
	}
	return nil
}

// Read reads a record. A file that is not there is an empty one: nobody has drilled yet. A last line that a crash cut off
// is left out; any other that cannot be read is an error with its number.
func Read(file string) ([]Entry, error) {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read record: %w", err)
	}
	var out []Entry
	for n := 1; len(raw) > 0; n++ {
		line, rest, whole := bytes.Cut(raw, []byte("\n"))
		if !whole {
			return out, nil
		}
		raw = rest
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("read record %s: line %d: %w", file, n, err)
		}
		if e.Version < 1 || e.Version > Version {
			return nil, fmt.Errorf("read record %s: line %d: version is %d, want 1 to %d", file, n, e.Version, Version)
		}
		out = append(out, e)
	}
	return out, nil
}
