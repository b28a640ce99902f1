package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The keys of the records in each home's control bucket.
const (
	// DriftKey is that of the last comparison of the home that found nothing, DrillKey that of the last drills, which held,
	// MeasuredKey that of the last drills on AWS, which held.
	DriftKey    = "records/drift"
	DrillKey    = "records/drill"
	MeasuredKey = "records/measured"
)

// Quarter is how old the last drill on AWS may be: one each quarter, with a month to spare (objective).
const Quarter = 120 * 24 * time.Hour

// RecordVersion is that of the records that this code writes. Newer ones are refused.
const RecordVersion = 1

// Record is what is left of something that people do again and again, for the prober to tell its age.
type Record struct {
	Version int `json:"version"`
	// System is the name of the system that it is about.
	System string `json:"system"`
	// At is when it was done; UTC.
	At time.Time `json:"at"`
	// Drills are those that held; none in a record of a comparison.
	Drills []RecordedDrill `json:"drills,omitempty"`
}

// RecordedDrill is a drill that held: its scenario, the kind of its figures, and the hash of the plan that it ran.
type RecordedDrill struct {
	Scenario string `json:"scenario"`
	Kind     string `json:"kind"`
	Seed     uint64 `json:"seed,omitempty"`
	Plan     string `json:"plan,omitempty"`
	// System is the system that was drilled where that is another than the record's, such as its sandbox.
	System string `json:"system,omitempty"`
	// Tiers are what was measured beside what was predicted; empty where nobody had predicted.
	Tiers []RecordedTier `json:"tiers,omitempty"`
}

// RecordedTier is how long a tier took to recover, and how long it was predicted to take. Seconds.
type RecordedTier struct {
	Name      string  `json:"name"`
	Took      float64 `json:"took"`
	Predicted float64 `json:"predicted"`
}

// Ratio is the worst of what was measured by what was predicted: 1 is as predicted, 2 twice as long. Zero is unknown.
func (r Record) Ratio() float64 {
	worst := 0.0
	for _, d := range r.Drills {
		for _, t := range d.Tiers {
			if t.Predicted > 0 {
				worst = max(worst, t.Took/t.Predicted)
			}
		}
	}
	return worst
}

// Encode is the record as it is kept.
func (r Record) Encode() ([]byte, error) {
	r.Version, r.At = RecordVersion, r.At.UTC()
	raw, err := json.MarshalIndent(r, "", "  ")
	return append(raw, '\n'), err
}

// DecodeRecord reads a record of the system. One of another system, without a time or of a newer version is refused.
func DecodeRecord(raw []byte, system string) (Record, error) {
	var r Record
	if err := json.Unmarshal(raw, &r); err != nil {
		return Record{}, fmt.Errorf("record: %w", err)
	}
	var errs []error
	if r.Version < 1 || r.Version > RecordVersion {
		errs = append(errs, fmt.Errorf("record: version is %d, want 1 to %d", r.Version, RecordVersion))
	}
	if r.System != system {
		errs = append(errs, fmt.Errorf("record: system is %q, want %q", r.System, system))
	}
	if r.At.IsZero() {
		errs = append(errs, errors.New("record: at is missing"))
	}
	if errs != nil {
		return Record{}, errors.Join(errs...)
	}
	return r, nil
}
