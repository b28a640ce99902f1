package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The keys of the records in each home's control bucket.
const (
	// DriftKey is that of the last comparison of the home that found nothing, DrillKey that of the last drills, which held.
	DriftKey = "records/drift"
	DrillKey = "records/drill"
)

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
