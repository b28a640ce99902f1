package witness

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Loss is what became of the marks of one store.
type Loss struct {
	Store string `json:"store"`
	// Known is false without the witness's log: then only Found, Duplicates
	// and Reordered say something.
	Known bool `json:"known"`
	// Acknowledged marks are those in the log that the store confirmed; Lost
	// are those of them that were not found.
	Acknowledged int `json:"acknowledged"`
	Lost         int `json:"lost"`
	// Unconfirmed marks were found although the store never acknowledged them.
	Unconfirmed int `json:"unconfirmed"`
	// Found is how many different marks were read back.
	Found int `json:"found"`
	// Duplicates counts every sight of a mark after its first.
	Duplicates int `json:"duplicates"`
	// Reordered counts the marks that were first seen after a mark with a higher number.
	Reordered int `json:"reordered"`
	// RPO is the span of acknowledged writes that were lost: from the oldest
	// lost mark to the loss, or to the newest lost mark where a home went on
	// accepting after the loss.
	RPO Figure `json:"rpo"`
}

// Compare tells for each store what was lost at the given time. Stores come
// in the order of their names. A log that contradicts itself is refused: a
// figure from it would be worse than none.
func Compare(log *Log, seen []Sight, lossAt time.Time, kind Kind) ([]Loss, error) {
	if err := log.check(); err != nil {
		return nil, fmt.Errorf("compare marks: %w", err)
	}
	marks, sights := map[string][]Mark{}, map[string][]int64{}
	for _, s := range seen {
		sights[s.Store] = append(sights[s.Store], s.Seq)
	}
	stores := slices.Collect(maps.Keys(sights))
	if log != nil {
		for _, m := range log.Marks {
			marks[m.Store] = append(marks[m.Store], m)
		}
		stores = slices.AppendSeq(stores, maps.Keys(marks))
	}
	slices.Sort(stores)
	var out []Loss
	for _, store := range slices.Compact(stores) {
		l, found := read(store, sights[store])
		if log != nil {
			l.confirm(marks[store], found)
			l.RPO = rpo(marks[store], found, lossAt, log.Interval, kind)
		}
		out = append(out, l)
	}
	return out, nil
}

func (l *Log) check() error {
	if l == nil {
		return nil
	}
	var errs []error
	if l.Interval <= 0 {
		errs = append(errs, fmt.Errorf("log: interval is %s, want more than none", l.Interval))
	}
	type key struct {
		store string
		seq   int64
	}
	twice := map[key]bool{}
	for _, m := range l.Marks {
		k := key{m.Store, m.Seq}
		if twice[k] {
			errs = append(errs, fmt.Errorf("log: mark %d of store %q stands twice", m.Seq, m.Store))
		}
		twice[k] = true
	}
	return errors.Join(errs...)
}

// read counts what needs no log.
func read(store string, seqs []int64) (Loss, map[int64]bool) {
	l, found, highest := Loss{Store: store}, make(map[int64]bool, len(seqs)), int64(0)
	for _, seq := range seqs {
		if found[seq] {
			l.Duplicates++
			continue
		}
		found[seq] = true
		if seq < highest {
			l.Reordered++
		}
		highest = max(highest, seq)
	}
	l.Found = len(found)
	return l, found
}

func (l *Loss) confirm(marks []Mark, found map[int64]bool) {
	l.Known = true
	confirmed := 0
	for _, m := range marks {
		switch {
		case m.Acked.IsZero():
		case found[m.Seq]:
			l.Acknowledged++
			confirmed++
		default:
			l.Acknowledged++
			l.Lost++
		}
	}
	l.Unconfirmed = l.Found - confirmed
}

// Tally is what a witness that keeps marks as intervals has counted of one store.
type Tally struct {
	Store                           string
	Acknowledged, Lost, Unconfirmed int
	Found, Duplicates, Reordered    int
	// OldestLost and NewestLost are when the first and the last lost mark were acknowledged.
	OldestLost, NewestLost time.Time
}

// Loss is what Compare would tell of the same marks.
func (t Tally) Loss(lossAt time.Time, interval time.Duration, kind Kind) Loss {
	f := Figure{Margin: interval, Kind: kind, Known: true}
	if t.Lost > 0 {
		f.Value = lostSpan(t.OldestLost, t.NewestLost, lossAt)
	}
	return Loss{Store: t.Store, Known: true, Acknowledged: t.Acknowledged, Lost: t.Lost, Unconfirmed: t.Unconfirmed,
		Found: t.Found, Duplicates: t.Duplicates, Reordered: t.Reordered, RPO: f}
}

// lostSpan is from the oldest lost mark to the loss, or to the newest lost mark where a home went on accepting.
func lostSpan(oldest, newest, lossAt time.Time) time.Duration {
	if newest.Before(lossAt) {
		newest = lossAt
	}
	return newest.Sub(oldest)
}

func rpo(marks []Mark, found map[int64]bool, lossAt time.Time, interval time.Duration, kind Kind) Figure {
	f := Figure{Margin: interval, Kind: kind, Known: true}
	lost := slices.DeleteFunc(slices.Clone(marks), func(m Mark) bool { return m.Acked.IsZero() || found[m.Seq] })
	if len(lost) == 0 {
		return f
	}
	byTime := func(a, b Mark) int { return cmp.Compare(a.Acked.UnixNano(), b.Acked.UnixNano()) }
	f.Value = lostSpan(slices.MinFunc(lost, byTime).Acked, slices.MaxFunc(lost, byTime).Acked, lossAt)
	return f
}
