package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Store keeps journals.
type Store interface {
	// Append returns once the record is safe. It fails with ErrTaken when the
	// journal already has a record of that number: somebody else writes the run.
	Append(ctx context.Context, r Record) error
	// Load returns the records of a run in order; none is no error.
	Load(ctx context.Context, run string) ([]Record, error)
}

// ErrTaken means that another writer has written the record of that number.
var ErrTaken = errors.New("the record was written by somebody else")

// Memory is a Store without a disk, for simulated runs.
type Memory struct {
	mu   sync.Mutex
	runs []*kept
	// spare is room for the records of the next run.
	spare []Record
}

type kept struct {
	run     string
	records []Record
}

var _ Store = (*Memory)(nil)

// Clear forgets all runs. Nobody may look any more at what was loaded: the next run takes the room of the first.
func (m *Memory) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.runs) == 0 {
		return
	}
	m.spare, m.runs = m.runs[0].records[:0], m.runs[:0]
}

// usual is how many records a run of a region's loss writes, about.
const usual = 112

// Append keeps the record.
func (m *Memory) Append(_ context.Context, r Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.of(r.Run)
	if k == nil {
		if m.spare == nil {
			m.spare = make([]Record, 0, usual)
		}
		k = &kept{r.Run, m.spare}
		m.spare = nil
		m.runs = append(m.runs, k)
	}
	if r.Seq != len(k.records)+1 {
		return fmt.Errorf("record %d of run %s: %w", r.Seq, r.Run, ErrTaken)
	}
	k.records = append(k.records, r)
	return nil
}

// of is what is kept of a run, or nil. There are few runs: mostly one.
func (m *Memory) of(run string) *kept {
	for _, k := range m.runs {
		if k.run == run {
			return k
		}
	}
	return nil
}

// Load returns the run's records. Nobody may change them.
func (m *Memory) Load(_ context.Context, run string) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.of(run); k != nil {
		return slices.Clip(k.records), nil
	}
	return nil, nil
}
