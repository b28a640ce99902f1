package run

import (
	"fmt"
	"slices"
	"time"

	"redoubt/witness"
)

// Records are the tries of a log, in the order of their beginning.
type Records []Try

// Read reads the log in a folder, also while a witness writes it. Nothing there
// is an error: a log that was lost is not a log without marks.
func Read(dir string) (Records, error) {
	names, err := files(dir)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s holds no log", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	var out Records
	for _, name := range names {
		if err := each(name, func(in line) {
			if in.Try != nil {
				out = append(out, *in.Try)
			}
		}); err != nil {
			return nil, fmt.Errorf("read log: %w", err)
		}
	}
	slices.SortStableFunc(out, func(a, b Try) int { return a.Began.Compare(b.Began) })
	return out, nil
}

// Of are the tries of one store that began at a time or later.
func (r Records) Of(store string, since time.Time) Records {
	return slices.DeleteFunc(slices.Clone(r), func(t Try) bool { return t.Store != store || t.Began.Before(since) })
}

// Outages are the times in which tries of any store among these records were refused.
func (r Records) Outages() []witness.Outage {
	by := map[string][]witness.Attempt{}
	for _, t := range r {
		by[t.Store] = append(by[t.Store], witness.Attempt{At: t.Began, Accepted: t.Refused == ""})
	}
	var out []witness.Outage
	for _, tries := range by {
		out = append(out, witness.Outages(tries)...)
	}
	return witness.Union(out)
}

// Verdict is what the marks of one store tell.
type Verdict struct {
	Loss witness.Loss `json:"loss"`
	// RTO is the time from the first refused try to the first accepted one after it.
	RTO     witness.Figure   `json:"rto"`
	Outages []witness.Outage `json:"outages"`
}

// Judge compares the tries of one store (Of) with the marks that were read back in
// the home that serves now. Marks with a smaller number than the first try are older than what
// is judged and left out. Without any try only what was found is known.
func (r Records) Judge(store string, every time.Duration, found []int64, kind witness.Kind) (Verdict, error) {
	if len(r) == 0 {
		all, err := witness.Compare(nil, sights(store, found, 0), time.Time{}, kind)
		if err != nil || len(all) == 0 {
			return Verdict{Loss: witness.Loss{Store: store}}, err
		}
		return Verdict{Loss: all[0]}, nil
	}
	log := &witness.Log{Interval: every}
	var tries []witness.Attempt
	for _, t := range r {
		m := witness.Mark{Store: store, Seq: t.Seq}
		if t.Refused == "" {
			m.Acked = t.Ended
		}
		log.Marks = append(log.Marks, m)
		tries = append(tries, witness.Attempt{At: t.Began, Accepted: t.Refused == ""})
	}
	v := Verdict{Outages: witness.Outages(tries)}
	lossAt := r[len(r)-1].Ended
	if len(v.Outages) > 0 {
		lossAt = v.Outages[0].From
	}
	all, err := witness.Compare(log, sights(store, found, r[0].Seq), lossAt, kind)
	if err != nil {
		return Verdict{}, err
	}
	v.Loss, v.RTO = all[0], witness.RTO(tries, every, kind)
	r.widen(&v, every, found)
	return v, nil
}

// widen gives the figures the margin that they have where witness or store was slower than the
// interval. A store may have gone or come back at any moment of the try that tells of it, and of the time
// since the try before; a mark may have become safe at any moment of its own try.
func (r Records) widen(v *Verdict, every time.Duration, found []int64) {
	if len(v.Outages) == 0 {
		return
	}
	var gone, back edge
	for n, t := range r {
		switch {
		case t.Began.Equal(v.Outages[0].From):
			gone = r.edge(n)
		case t.Began.Equal(v.Outages[0].To):
			back = r.edge(n)
		}
	}
	lost := r.oldestLost(found)
	v.Loss.RPO.Margin = max(every, gone.before, gone.during+lost.Ended.Sub(lost.Began))
	if v.RTO.Known {
		v.RTO.Margin = max(every, gone.before+back.during, back.before+gone.during)
	}
}

// edge is how long a try took, and how long before it the one before began.
type edge struct{ before, during time.Duration }

func (r Records) edge(n int) edge {
	e := edge{during: r[n].Ended.Sub(r[n].Began)}
	if n > 0 {
		e.before = r[n].Began.Sub(r[n-1].Began)
	}
	return e
}

// oldestLost is the try whose mark was acknowledged first of those that are lost, the zero Try when none is.
func (r Records) oldestLost(found []int64) Try {
	has := make(map[int64]bool, len(found))
	for _, seq := range found {
		has[seq] = true
	}
	var oldest Try
	for _, t := range r {
		if t.Refused == "" && !has[t.Seq] && (oldest.Seq == 0 || t.Ended.Before(oldest.Ended)) {
			oldest = t
		}
	}
	return oldest
}

func sights(store string, found []int64, from int64) []witness.Sight {
	var out []witness.Sight
	for _, seq := range found {
		if seq >= from {
			out = append(out, witness.Sight{Store: store, Seq: seq})
		}
	}
	return out
}
