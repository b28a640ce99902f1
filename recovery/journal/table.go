package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Rows is the region-local table that a Table store writes to. The port of AWS
// and the simulator implement it.
type Rows interface {
	// PutNew writes a row under run and seq, and fails with ErrTaken when there
	// is one already. It is one conditional write.
	PutNew(ctx context.Context, run string, seq int, row string) error
	// List returns the rows of a run, read consistently.
	List(ctx context.Context, run string) ([]string, error)
}

// Table is a Store in a table, so that another machine can resume.
type Table struct{ Rows Rows }

var _ Store = Table{}

// Append writes the record unless there is one of that number. An answer that
// was lost is no failure: when the row that stands there is the record itself,
// it was written.
func (t Table) Append(ctx context.Context, r Record) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode record %d: %w", r.Seq, err)
	}
	err = t.Rows.PutNew(ctx, r.Run, r.Seq, string(raw))
	if err == nil {
		return nil
	}
	if rows, listErr := t.Rows.List(ctx, r.Run); listErr == nil && slices.Contains(rows, string(raw)) {
		return nil
	}
	return fmt.Errorf("append record %d of run %s: %w", r.Seq, r.Run, err)
}

// Load returns the records in order, and refuses a journal with a gap.
func (t Table) Load(ctx context.Context, run string) ([]Record, error) {
	rows, err := t.Rows.List(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("read journal of run %s: %w", run, err)
	}
	var out []Record
	for _, row := range rows {
		var r Record
		if err := json.Unmarshal([]byte(row), &r); err != nil {
			return nil, fmt.Errorf("read journal of run %s: %w: %w", run, ErrCorrupt, err)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Record) int { return a.Seq - b.Seq })
	var errs []error
	for n, r := range out {
		if r.Seq != n+1 {
			errs = append(errs, fmt.Errorf("read journal of run %s: %w: record %d is missing", run, ErrCorrupt, n+1))
			break
		}
	}
	return out, errors.Join(errs...)
}
