package planner

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Reached reports whether the backups hold the moment that a restore goes back to, as the questions were answered. What
// is not restored, or cannot be, waits for no backup.
func Reached(r Request) bool {
	if r.Scenario != Restore {
		return true
	}
	what, err := restoringOf(r)
	if err != nil {
		return true
	}
	return reaches[what.store.Kind](r, what) == ""
}

// reaches say by kind of store why its backups do not hold the point in time, or nothing.
var reaches = map[system.StoreKind]func(Request, restoring) string{
	system.Bucket:   unreachedBucket,
	system.Cache:    unreachedCache,
	system.Postgres: unreachedPostgres,
	system.Table:    unreachedTable,
	system.Queue:    unreachedTable,
}

// unreached compares a point in time with how far the backups reach.
func (r restoring) unreached(req Request, earliest, latest string) string {
	from, err1 := time.Parse(time.RFC3339, earliest)
	to, err2 := time.Parse(time.RFC3339, latest)
	switch {
	case err1 != nil || err2 != nil:
		return fmt.Sprintf("nothing tells how far the backups of %s reach", r.store.Name)
	case r.at.Before(from) || r.at.After(to):
		return fmt.Sprintf("the backups of %s reach from %s to %s, and not to %s", r.of(req), earliest, latest, r.stamped()) +
			r.past(req, from)
	}
	return ""
}

// before reports whether the point in time is before a moment, or nobody can tell.
func (r restoring) before(moment string) bool {
	at, err := time.Parse(time.RFC3339, moment)
	return err != nil || r.at.Before(at)
}

// reach are the moments of which nothing but Reached comes into a plan.
var reach = []string{"EarliestRestorableTime", "LatestRestorableTime", "EarliestRestorableDateTime", "LatestRestorableDateTime"}

// Essences tell requests apart by what their plans depend on. They number what was said, so that an essence is short, and
// know an answer that they met again by where it is: nobody changes one. They serve one goroutine.
type Essences struct {
	numbers map[string]int
	met     map[unsafe.Pointer]met
}

// met keeps the answer, so that no other ever takes its place.
type met struct {
	answer plan.Document
	number int
}

// mostMet bounds the answers that are known by where they are.
const mostMet = 1 << 12

// NewEssences returns essences of nothing yet.
func NewEssences() *Essences { return &Essences{map[string]int{}, map[unsafe.Pointer]met{}} }

// Of is what the request's plan depends on: of two requests about the same system and inventory with one
// essence, both reached, the plans are equal. The backups' reach is not in it. About is what About says of the request.
func (e *Essences) Of(r Request, about string) string {
	out := strconv.AppendInt(nil, int64(e.number(about)), 10)
	out = strconv.AppendInt(append(out, ' '), r.Now.UnixNano(), 10)
	out = appendSeen(append(out, ' '), r.Seen)
	for _, key := range slices.Sorted(maps.Keys(r.Answers)) {
		out = strconv.AppendInt(append(out, ' '), int64(e.answer(r.Answers[key])), 10)
	}
	return string(out)
}

// answer is the number of what an answer says.
func (e *Essences) answer(doc plan.Document) int {
	at := *(*unsafe.Pointer)(unsafe.Pointer(&doc)) //nolint:gosec // a map is a pointer
	if known, is := e.met[at]; is {
		return known.number
	}
	if len(e.met) == mostMet {
		clear(e.met)
	}
	n := e.number(string(appendDocument(nil, doc)))
	e.met[at] = met{doc, n}
	return n
}

func (e *Essences) number(text string) int {
	n, known := e.numbers[text]
	if !known {
		n = len(e.numbers)
		e.numbers[text] = n
	}
	return n
}

func appendSeen(to []byte, s Seen) []byte {
	for _, home := range system.Homes {
		to = append(strconv.AppendInt(to, s.InventoryAt[home].UnixNano(), 10), ' ')
	}
	to = append(strconv.AppendInt(to, s.MovedAt.UnixNano(), 10), ' ')
	for _, writer := range s.OldWriters {
		to = append(strconv.AppendQuote(to, writer), ' ')
	}
	return to
}

// About is a text of what a request is about, whenever it is made and whatever was answered: what its questions depend on.
func About(r Request) string { return string(appendAbout(nil, r)) }

func appendAbout(to []byte, r Request) []byte {
	g, f := r.Goal, r.Finding
	for _, one := range [...]string{string(r.Scenario), string(g.Active), g.Store, g.Zone, g.Dependency, string(f.Kind),
		string(f.Home), f.Name, f.Why} {
		to = append(strconv.AppendQuote(to, one), ' ')
	}
	for _, one := range [...]int64{int64(g.Generation), g.At.UnixNano(), f.Since.UnixNano()} {
		to = append(strconv.AppendInt(to, one, 10), ' ')
	}
	return appendObservations(appendObservations(to, f.For), f.Against)
}

func appendObservations(to []byte, all []diagnose.Observation) []byte {
	to = append(to, '[')
	for n := range all {
		o := &all[n]
		to = strconv.AppendInt(to, o.At.UnixNano(), 10)
		for _, one := range [...]string{o.Observer, string(o.Aspect), string(o.Home), o.Name, string(o.State), o.Detail} {
			to = append(append(to, one...), ',')
		}
	}
	return append(to, ']')
}

// appendValue writes a value of an answer, the same for equal ones.
func appendValue(to []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return strconv.AppendQuote(to, v)
	case bool:
		return strconv.AppendBool(to, v)
	case float64:
		return strconv.AppendFloat(to, v, 'g', -1, 64)
	case []any:
		to = append(to, '[')
		for _, one := range v {
			to = append(appendValue(to, one), ',')
		}
		return append(to, ']')
	case plan.Document:
		return appendDocument(to, v)
	}
	return fmt.Appendf(to, "%T %v", v, v)
}

func appendDocument(to []byte, doc plan.Document) []byte {
	names := make([]string, 0, len(doc))
	for name := range doc {
		if !slices.Contains(reach, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	to = append(to, '{')
	for _, name := range names {
		to = append(appendValue(append(append(to, name...), ':'), doc[name]), ',')
	}
	return append(to, '}')
}
