package segments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"redoubt/witness"
	"redoubt/witness/run"
)

// Gap is a stretch in which no try was noted: what was written then, nobody knows.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

const (
	// slack is how far the clocks of witness and bucket may lie apart, and how long a segment may have waited to be put.
	slack = time.Minute
	// silence is how long nothing must have been noted to be a gap, lately how long nothing until now, since the last segment
	// is still to be put.
	silence = 2 * Every
	lately  = silence + Every
)

// Read reads the tries that began at a time or later, also while a witness runs. A segment that is torn or missing in the
// middle is an error, and so is a log that is not there or begins too late: then nothing is known, which is not no loss.
func Read(ctx context.Context, o Objects, name string, since time.Time) (run.Records, error) {
	all, err := o.List(ctx, witness.Segments(name))
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	wanted, err := whole(name, all, since)
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	var out run.Records
	for _, one := range wanted {
		body, err := o.Get(ctx, one.Key)
		if err != nil {
			return nil, fmt.Errorf("read log: segment %s: %w", one.Key, err)
		}
		tries, err := decode(body)
		if err != nil {
			return nil, fmt.Errorf("read log: %w", &TornError{one.Key, err})
		}
		out = append(out, tries...)
	}
	slices.SortStableFunc(out, func(a, b run.Try) int { return a.Began.Compare(b.Began) })
	return slices.DeleteFunc(out, func(t run.Try) bool { return t.Began.Before(since) }), nil
}

// whole are the segments that hold what began at a time or later. Their numbers must follow each other in each run; only
// the oldest may be gone, and only such as are older than what is asked for.
func whole(name string, all []Object, since time.Time) ([]Object, error) {
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no segment", witness.Segments(name))
	}
	var out []Object
	before := map[int64]int{}
	oldest := true
	for _, one := range all {
		at, err := placeOf(name, one.Key)
		if err != nil {
			return nil, err
		}
		part, seen := before[at.epoch]
		switch {
		case seen && at.part != part+1:
			return nil, fmt.Errorf("segments %d to %d of run %d are missing", part+1, at.part-1, at.epoch)
		case !seen && at.part != 1 && !oldest:
			return nil, fmt.Errorf("segments 1 to %d of run %d are missing", at.part-1, at.epoch)
		case !seen && at.part != 1 && one.Put.After(since.Add(slack)) && !since.IsZero():
			return nil, fmt.Errorf("the log begins at %s, after %s", one.Put.UTC().Format(time.RFC3339), since.UTC().Format(time.RFC3339))
		}
		before[at.epoch], oldest = at.part, false
		if !one.Put.Before(since.Add(-slack)) {
			out = append(out, one)
		}
	}
	return out, nil
}

// Gaps are where no store was tried for longer than two segments take, from a time to another, which is now. A zero time asks
// for no beginning: what was before the first try is none then.
func Gaps(all run.Records, since, now time.Time) []Gap {
	var out []Gap
	last := since
	for _, one := range all {
		if !last.IsZero() && one.Began.Sub(last) > silence {
			out = append(out, Gap{last, one.Began})
		}
		last = one.Ended
	}
	if !last.IsZero() && now.Sub(last) > lately {
		out = append(out, Gap{last, now})
	}
	return out
}
