package world

import (
	"maps"
	"time"
)

// Stamps stand beside an entity as the time does at which it was made (born.go), each in a seat of its own. In the state
// true stands where a stamp is; on disk, and for callers, its text.

// stampOf is a stamp of a kind's Out.
type stampOf struct{ name, layout string }

const (
	recoversSince = "RecoversSince"
	streamLabel   = "StreamLabel"
	streamArn     = "StreamArn"
	sourceUntil   = "SourceUntil"
	lastModified  = "LastModified"
	startedAt     = "StartedAt"
	completedAt   = "CompletedAt"
	answersUntil  = "AnswersAsUntil"
)

// stamps are those of the kinds that have any but those of versions of objects.
var stamps = map[string][]stampOf{
	kindTable:           {{recoversSince, time.RFC3339Nano}, {streamLabel, "2006-01-02T15:04:05.000"}, {sourceUntil, timeFormat}},
	kindFlagsDeployment: {{startedAt, timeFormat}, {completedAt, timeFormat}},
	kindRecord:          {{answersUntil, time.RFC3339Nano}},
}

// stampRef is where a stamp stands.
func (e *Entity) stampRef(name string) Ref { return Ref{e.Kind + "/" + name, e.Region, e.ID} }

// versionRef is where it stands when a version of an object was written. A replica keeps the id and the time of its version.
func versionRef(object string, version Document) Ref {
	id := str(version, "VersionId")
	if id == "null" {
		id = object + "/null"
	}
	return Ref{kindKeyVersions + "/" + lastModified, Global, id}
}

// stamp puts a time beside an entity: that of the transaction, or one that is always as far from it.
func (t *tx) stamp(r Ref, at time.Time) {
	if t.stamped == nil {
		t.stamped = map[Ref]int64{}
	}
	t.stamped[r] = at.UnixNano()
}

// stampBy puts a stamp ahead by how long a behaviour of an entity takes.
func (t *tx) stampBy(b behaviour, entity string, r Ref) {
	if _, twice := t.stamped[r]; twice {
		t.notes.never() // the first draw counts, too
	}
	if t.notes != nil {
		t.lasting = append(t.lasting, stamping{ref: r, takes: b, entity: entity})
	}
	t.stamp(r, t.at.Add(t.spent(b, entity, countsOf(b, entity))))
}

// stampedAt is a stamp, for those whose act depends on it.
func (t *tx) stampedAt(r Ref) time.Time {
	if at, mine := t.stamped[r]; mine {
		t.notes.time(t.at)
		return timeOf(at)
	}
	t.notes.birth(t.state, r)
	return t.state.createdAt(r)
}

// stampNow puts the time of the transaction beside an entity under a name of its Out.
func (t *tx) stampNow(e *Entity, name string) {
	e.Out[name] = true
	t.stamp(e.stampRef(name), t.birth())
}

// left is how long it still is until some time after the whole second of a stamp, between 0 and most. An act that asks depends
// on no more of the time than it is told.
func (t *tx) left(r Ref, in, most time.Duration) time.Duration {
	if _, mine := t.stamped[r]; mine {
		return min(max(t.stampedAt(r).Truncate(time.Second).Add(in).Sub(t.at), 0), most)
	}
	is := beforeRead{seat: t.dir.seat(r).at, in: in}
	switch left := is.left(t.state, t.at); {
	case left <= 0:
		t.notes.before(is)
		return 0
	case left >= most:
		is.in, is.was = in-most+1, true
		t.notes.before(is)
		return most
	default:
		t.notes.time(t.at)
		t.notes.birth(t.state, r)
		return left
	}
}

// ahead reports whether a stamp lies ahead. An act that asks depends on no more of the time than it is told.
func (t *tx) ahead(r Ref) bool {
	if _, mine := t.stamped[r]; mine {
		return t.stampedAt(r).After(t.at)
	}
	is := beforeRead{seat: t.dir.seat(r).at, exact: true}
	is.was = is.left(t.state, t.at) > 0
	t.notes.before(is)
	return is.was
}

// beforeRead is whether it was before some time after the whole second of a stamp, or after the very stamp.
type beforeRead struct {
	seat  int
	in    time.Duration
	exact bool
	was   bool
}

func (b beforeRead) left(s *state, now time.Time) time.Duration {
	stamp := timeOf(at(s.born, b.seat))
	if !b.exact {
		stamp = stamp.Truncate(time.Second)
	}
	return stamp.Add(b.in).Sub(now)
}

// holds reports whether it is so now.
func (b beforeRead) holds(s *state) bool { return (b.left(s, s.now) > 0) == b.was }

// before notes that somebody asks whether it is before some time after a stamp.
func (n *notes) before(b beforeRead) {
	switch {
	case !n.taking():
	case n.written.seats[b.seat]:
		n.never()
	default:
		n.way.befores = append(n.way.befores, b)
	}
}

// stampedText is a stamp of an entity's Out as its text, or "" where there is none.
func (t *tx) stampedText(e *Entity, name string) string {
	if e.Out[name] != true {
		return ""
	}
	for _, of := range stamps[e.Kind] {
		if of.name == name {
			return t.stampedAt(e.stampRef(name)).Format(of.layout)
		}
	}
	return ""
}

// modified is when a version of an object was written, as its text; nil where nobody looks at that.
func (t *tx) modified(object string, version Document) any {
	if t.still {
		return nil
	}
	return t.stampedAt(versionRef(object, version)).Format(rfc3339Milli)
}

// outward writes the texts of its stamps into an entity whose documents nobody else holds at the top.
func outward(e *Entity, at func(Ref) time.Time) {
	for _, of := range stamps[e.Kind] {
		if e.Out[of.name] == true {
			e.Out[of.name] = at(e.stampRef(of.name)).Format(of.layout)
		}
	}
	if e.Out[streamArn] == true {
		e.Out[streamArn] = streamOf(e.ARN, str(e.Out, streamLabel))
	}
	if e.Kind == kindKeyVersions {
		e.Out["Versions"] = eachVersion(e, func(v Document) {
			if v[lastModified] == true {
				v[lastModified] = at(versionRef(e.ID, v)).Format(rfc3339Milli)
			}
		})
	}
}

// inward takes the texts of its stamps out of an entity whose documents nobody else holds at the top.
func inward(e *Entity) map[Ref]int64 {
	found := map[Ref]int64{}
	take := func(d Document, name, layout string, r Ref) {
		if at, err := time.Parse(layout, str(d, name)); err == nil {
			d[name], found[r] = true, at.UnixNano()
		}
	}
	for _, of := range stamps[e.Kind] {
		take(e.Out, of.name, of.layout, e.stampRef(of.name))
	}
	if e.Kind == kindTable && str(e.Out, streamArn) != "" {
		e.Out[streamArn] = true
	}
	if e.Kind == kindKeyVersions {
		e.Out["Versions"] = eachVersion(e, func(v Document) { take(v, lastModified, rfc3339Milli, versionRef(e.ID, v)) })
	}
	return found
}

// eachVersion is the list of an object's versions, each changed by itself.
func eachVersion(e *Entity, change func(Document)) []any {
	list := []any{}
	for _, v := range docs(e.Out, "Versions") {
		v = maps.Clone(v)
		change(v)
		list = append(list, v)
	}
	return list
}

// hasStamps reports whether entities of the kind may have stamps.
func hasStamps(kind string) bool { return len(stamps[kind]) > 0 || kind == kindKeyVersions }

func streamOf(table, label string) string { return table + "/stream/" + label }
