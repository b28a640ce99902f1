// Package journal holds what a run wrote down before and after each of its
// acts. The journal is the truth about a run: whoever has it can resume.
package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"
)

// Kind says what a record tells.
type Kind string

// The kinds of record, in the order in which a run writes them.
const (
	// Started opens a run: which plan, which seed.
	Started Kind = "started"
	// Decided tells what became of a gate: who allowed or refused it, and why.
	Decided Kind = "decided"
	// Began tells that a step is looked at.
	Began Kind = "began"
	// Intended tells that a call is about to be made. The call is made only
	// after this record is safe.
	Intended Kind = "intended"
	// Returned tells how the call was answered.
	Returned Kind = "returned"
	// Ended tells how a step ended.
	Ended Kind = "ended"
	// Paused ends a run that can be resumed, Finished one that cannot.
	Paused   Kind = "paused"
	Finished Kind = "finished"
)

// Record is one entry of a journal.
type Record struct {
	// Run names the run, Seq counts its records from 1.
	Run string    `json:"run"`
	Seq int       `json:"seq"`
	At  time.Time `json:"at"`
	// Generation is that of the lease under which the record was written.
	Generation int  `json:"generation"`
	Kind       Kind `json:"kind"`
	// Step is the step, or the gate of a Decided record. A Paused record has one where that step alone was walked.
	Step string `json:"step,omitempty"`
	// Attempt counts the calls of a step from 1; Token is what makes its repeat harmless.
	Attempt int    `json:"attempt,omitempty"`
	Token   string `json:"token,omitempty"`
	// Result is the class of an answer, the outcome of a step or of a run, or
	// allowed or refused for a gate.
	Result string `json:"result,omitempty"`
	Why    string `json:"why,omitempty"`
	// By is who decided.
	By string `json:"by,omitempty"`
	// Plan and Seed are of a Started record: the plan's hash and the seed of the jitter.
	Plan string `json:"plan,omitempty"`
	Seed uint64 `json:"seed,omitempty"`
}

// ErrCorrupt means that a journal is damaged before its last record. A cut last
// record is no damage: it was never safe.
var ErrCorrupt = errors.New("journal is damaged")

// Encode writes one record as a line: its checksum, a space, JSON, a line feed.
func Encode(r Record) ([]byte, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode record %d: %w", r.Seq, err)
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(raw), raw), nil
}

// EncodeAll writes records, a line each.
func EncodeAll(all []Record) ([]byte, error) {
	var out []byte
	for _, r := range all {
		line, err := Encode(r)
		if err != nil {
			return nil, err
		}
		out = append(out, line...)
	}
	return out, nil
}

// Decode reads records and returns how many bytes hold them. Any prefix of a
// journal is a valid one, also when it ends inside a record: that record was
// never safe and is left out.
func Decode(raw []byte) ([]Record, int, error) {
	var out []Record
	read := 0
	for read < len(raw) {
		line, rest, whole := bytes.Cut(raw[read:], []byte("\n"))
		if !whole {
			return out, read, nil
		}
		r, err := decodeLine(line)
		switch {
		case err != nil && len(rest) == 0:
			return out, read, nil
		case err != nil:
			return out, read, fmt.Errorf("record %d: %w: %w", len(out)+1, ErrCorrupt, err)
		case r.Seq != len(out)+1:
			return out, read, fmt.Errorf("record %d: %w: its number is %d", len(out)+1, ErrCorrupt, r.Seq)
		}
		out = append(out, r)
		read += len(line) + 1
	}
	return out, read, nil
}

func decodeLine(line []byte) (Record, error) {
	var sum uint32
	text, raw, ok := bytes.Cut(line, []byte(" "))
	if _, err := fmt.Sscanf(string(text), "%08x", &sum); !ok || err != nil {
		return Record{}, errors.New("no checksum")
	}
	if got := crc32.ChecksumIEEE(raw); got != sum {
		return Record{}, fmt.Errorf("checksum is %08x, want %08x", got, sum)
	}
	var r Record
	err := json.Unmarshal(raw, &r)
	return r, err
}
