package segments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"redoubt/witness"
	"redoubt/witness/run"
)

// Reading is what the segments of a witness tell.
type Reading struct {
	Records run.Records
	// Gaps are the stretches in which no try was noted: what was written then, nobody knows.
	Gaps []Gap
}

// Gap is a stretch without a witness.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

const (
	// slack is how far the clocks of witness and bucket may lie apart, and how long a segment may have waited to be put.
	slack = time.Minute
	// silence is how long nothing must have been noted to be a gap.
	silence = 2 * Every
)

// Read reads the tries that began at a time or later, also while a witness runs. A segment that is torn or missing in the
// middle is an error, and so is a log that is not there or begins too late: then nothing is known, which is not no loss.
func Read(ctx context.Context, o Objects, name string, since time.Time) (Reading, error) {
	all, err := o.List(ctx, witness.Segments(name))
	if err != nil {
		return Reading{}, fmt.Errorf("read log: %w", err)
	}
	wanted, err := whole(name, all, since)
	if err != nil {
		return Reading{}, fmt.Errorf("read log: %w", err)
	}
	var out Reading
	for _, one := range wanted {
		body, err := o.Get(ctx, one.Key)
		if err != nil {
			return Reading{}, fmt.Errorf("read log: segment %s: %w", one.Key, err)
		}
		tries, err := decode(body)
		if err != nil {
			return Reading{}, fmt.Errorf("read log: %w", &TornError{one.Key, err})
		}
		out.Records = append(out.Records, tries...)
	}
	slices.SortStableFunc(out.Records, func(a, b run.Try) int { return a.Began.Compare(b.Began) })
	out.Records = slices.DeleteFunc(out.Records, func(t run.Try) bool { return t.Began.Before(since) })
	out.Gaps = gaps(out.Records)
	return out, nil
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

// gaps are where no store was tried for longer than two segments take.
func gaps(all run.Records) []Gap {
	var out []Gap
	for n := 1; n < len(all); n++ {
		if all[n].Began.Sub(all[n-1].Ended) > silence {
			out = append(out, Gap{all[n-1].Ended, all[n].Began})
		}
	}
	return out
}
