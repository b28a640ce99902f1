package segments

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"redoubt/witness/run"
)

// TornError says that a segment cannot be read whole: what it held is not known.
type TornError struct {
	Key string
	Err error
}

// Error names the segment.
func (e *TornError) Error() string { return fmt.Sprintf("segment %s is torn: %v", e.Key, e.Err) }

// Unwrap is the cause.
func (e *TornError) Unwrap() error { return e.Err }

// end is the last line of a segment.
type end struct {
	// Tries is how many lines stand before it.
	Tries int `json:"tries"`
}

// encode writes tries as compressed lines of JSON. Gzip's own sum tells a byte that has changed, the last line one that is
// missing.
func encode(tries []run.Try) ([]byte, error) {
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	lines := json.NewEncoder(packed)
	for n := range tries {
		if err := lines.Encode(tries[n]); err != nil {
			return nil, err
		}
	}
	err := lines.Encode(struct {
		End end `json:"end"`
	}{end{len(tries)}})
	err = errors.Join(err, packed.Close()) // its sum comes last
	return out.Bytes(), err
}

// longest is the most that a line may have.
const longest = 1 << 20

func decode(body []byte) ([]run.Try, error) {
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var out []run.Try
	var last *end
	lines := bufio.NewScanner(packed)
	lines.Buffer(nil, longest)
	for n := 1; lines.Scan(); n++ {
		var line struct {
			run.Try
			End *end `json:"end"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		switch {
		case last != nil:
			return nil, fmt.Errorf("line %d stands behind the end", n)
		case line.End != nil:
			last = line.End
		case line.Store == "" || line.Seq < 1:
			return nil, fmt.Errorf("line %d is no try", n)
		default:
			out = append(out, line.Try)
		}
	}
	switch {
	case lines.Err() != nil:
		return nil, lines.Err()
	case last == nil:
		return nil, io.ErrUnexpectedEOF
	case last.Tries != len(out):
		return nil, fmt.Errorf("it has %d tries, want %d", len(out), last.Tries)
	}
	return out, nil
}
