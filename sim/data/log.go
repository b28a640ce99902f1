package data

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Run is a stretch of marks written at one pace under one lag. Mark First+k
// is acknowledged at Start + k*Every.
type Run struct {
	Span
	Start time.Time     `json:"start"`
	Every time.Duration `json:"every"`
	// Lag is how long after its acknowledgement a mark is visible in the other region.
	Lag time.Duration `json:"lag"`
	// Held is until when nothing of the run is visible there, because the way was cut meanwhile.
	Held time.Time `json:"held,omitzero"`
}

// Acked is when a mark of the run is acknowledged.
func (r Run) Acked(seq int64) time.Time { return r.Start.Add(time.Duration(seq-r.First) * r.Every) }

// until returns the marks of the run that are there at the given time, when
// each comes lag after its acknowledgement.
func (r Run) until(at time.Time, lag time.Duration) Span {
	since := at.Sub(r.Start) - lag
	if since < 0 {
		return Span{r.First, r.First - 1}
	}
	return Span{r.First, min(r.Last, r.First+int64(since/r.Every))}
}

// Log is the history of one store: what the active region acknowledged, and
// through the lag of each run what the other region holds. The zero Log is empty.
type Log struct {
	// Ordered stores, such as a database that ships its log, show a mark only
	// after all earlier ones. In others (tables, buckets) marks overtake.
	Ordered bool  `json:"ordered"`
	Runs    []Run `json:"runs,omitempty"`
	// Gone are marks that were acknowledged and then lost with a region.
	Gone Set `json:"gone,omitempty"`
	// Written is the highest number that a mark has.
	Written int64 `json:"written"`
}

// Write appends count marks, the first acknowledged at start and then one
// every so often. Marks are numbered on; time does not run back.
func (l *Log) Write(start time.Time, count int64, every, lag time.Duration) error {
	var errs []error
	if count < 1 || every <= 0 || lag < 0 {
		errs = append(errs, fmt.Errorf(
			"%d marks every %s with a lag of %s, want at least 1, more than 0s and not less than 0s", count, every, lag))
	}
	if n := len(l.Runs); n > 0 {
		if last := l.Runs[n-1].Acked(l.Runs[n-1].Last); !start.After(last) {
			errs = append(errs, fmt.Errorf("start is %s, want later than the last mark at %s",
				start.Format(time.RFC3339Nano), last.Format(time.RFC3339Nano)))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("write marks: %w", err)
	}
	run := Run{Span: Span{l.Written + 1, l.Written + count}, Start: start, Every: every, Lag: lag}
	l.Written = run.Last
	l.Runs = append(l.Runs, run)
	return nil
}

// Acknowledged returns the marks that the active region had acknowledged at
// the given time, the lost ones too: they were promised.
func (l *Log) Acknowledged(at time.Time) Set {
	spans := make([]Span, 0, len(l.Runs))
	for _, r := range l.Runs {
		spans = append(spans, r.until(at, 0))
	}
	return SetOf(spans...)
}

// Active returns the marks that the active region holds at the given time.
func (l *Log) Active(at time.Time) Set { return l.Acknowledged(at).Minus(l.Gone) }

// Arrived returns the marks that the other region holds at the given time.
func (l *Log) Arrived(at time.Time) Set {
	var spans []Span
	for _, r := range l.Runs {
		here := r.until(at, r.Lag)
		if at.Before(r.Held) {
			here.Last = here.First - 1
		}
		spans = append(spans, here)
		if l.Ordered && here.Last < r.Last {
			break // nothing passes a mark that is still on its way
		}
	}
	return SetOf(spans...).Minus(l.Gone)
}

// Lose takes the active region away at the given time. The other one goes on
// with what had arrived; what was acknowledged and had not is returned, and gone
// for good. Marks that would have been written later are not written: the caller
// writes anew, and numbers go on after the lost ones. From then on Arrived speaks of the region
// that was lost, as it is once it has been rebuilt.
func (l *Log) Lose(at time.Time) Set {
	l.cut(at)
	lost := l.Active(at).Minus(l.Arrived(at))
	l.Gone = SetOf(append(slices.Clone(lost), l.Gone...)...)
	for i := range l.Runs {
		l.Runs[i].Lag, l.Runs[i].Held = 0, time.Time{} // what is left stands in the region that is now active
	}
	return lost
}

// cut drops the marks that are not yet acknowledged at the given time.
func (l *Log) cut(at time.Time) {
	var kept []Run
	for _, r := range l.Runs {
		if r.Span = r.until(at, 0); r.Last >= r.First {
			kept = append(kept, r)
		}
	}
	l.Runs, l.Written = kept, 0
	if n := len(kept); n > 0 {
		l.Written = kept[n-1].Last
	}
}

// Acks yields every mark that was acknowledged at the given time, and when.
func (l *Log) Acks(at time.Time) iter.Seq2[int64, time.Time] {
	return func(yield func(int64, time.Time) bool) {
		for _, r := range l.Runs {
			span := r.until(at, 0)
			for seq := span.First; seq <= span.Last; seq++ {
				if !yield(seq, r.Acked(seq)) {
					return
				}
			}
		}
	}
}

// Clone returns a copy that shares nothing with l.
func (l *Log) Clone() *Log {
	out := *l
	out.Runs, out.Gone = slices.Clone(l.Runs), slices.Clone(l.Gone)
	return &out
}
