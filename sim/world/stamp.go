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
	arrived       = "Arrived"
	startedAt     = "StartedAt"
	completedAt   = "CompletedAt"
	answersUntil  = "AnswersAsUntil"
)

// stamps are those of the kinds that have any but those of versions.
var stamps = map[string][]stampOf{
	kindTable:           {{recoversSince, time.RFC3339Nano}, {streamLabel, "2006-01-02T15:04:05.000"}, {sourceUntil, timeFormat}},
	kindFlagsDeployment: {{startedAt, timeFormat}, {completedAt, timeFormat}},
	kindRecord:          {{answersUntil, time.RFC3339Nano}},
}

// versionStamps are those of each version of an object or an item.
var versionStamps = map[string]struct {
	stampOf
	ref func(e *Entity, version Document) Ref
}{
	kindKeyVersions: {stampOf{lastModified, rfc3339Milli}, func(e *Entity, v Document) Ref { return versionRef(e.ID, v) }},
	kindItem:        {stampOf{arrived, time.RFC3339Nano}, arrivedRef},
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

// arrivedRef is where it stands when a version of an item arrived in the region of its table.
func arrivedRef(item *Entity, version Document) Ref {
	return Ref{kindItem + "/" + arrived, item.Region, item.ID + "/" + text(numOr(version, nth, 0))}
}

// stamp puts a time beside an entity: that of the transaction, or one that is always as far from it.
func (t *tx) stamp(r Ref, at time.Time) { t.puts(stamping{ref: r, at: at.UnixNano()}) }

// stampBy puts a stamp ahead by how long a behaviour of an entity takes.
func (t *tx) stampBy(b behaviour, entity string, r Ref) {
	t.puts(stamping{ref: r, at: t.at.Add(t.spent(b, entity, countsOf(b, entity))).UnixNano(), takes: b, entity: entity})
}

// stampAs lets a stamp, or when a thing was made, be the same as another one, which an earlier transaction put.
func (t *tx) stampAs(r, other Ref) {
	t.puts(stamping{ref: r, at: nanosOf(t.state.createdAt(other)), as: t.dir.seat(other).at + 1})
}

func (t *tx) puts(s stamping) {
	if t.stamped == nil {
		t.stamped = map[Ref]stamping{}
	}
	if was, twice := t.stamped[s.ref]; twice && was.lasts() {
		t.notes.never() // the first draw counts, too
	}
	t.stamped[s.ref] = s
}

// stampedAt is a stamp, for those whose act depends on it.
func (t *tx) stampedAt(r Ref) time.Time {
	if s, mine := t.stamped[r]; mine {
		if s.lasts() {
			t.notes.never()
		}
		t.notes.time(t.at)
		return timeOf(s.at)
	}
	t.notes.birth(t.state, r)
	return t.state.createdAt(r)
}

// stampNow puts the time of the transaction beside an entity under a name of its Out.
func (t *tx) stampNow(e *Entity, name string) {
	e.Out[name] = true
	t.stamp(e.stampRef(name), t.birth())
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
	if of, has := versionStamps[e.Kind]; has {
		e.Out["Versions"] = eachVersion(e, func(v Document) {
			if v[of.name] == true {
				v[of.name] = at(of.ref(e, v)).Format(of.layout)
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
	if old := docs(e.Out, answersAs); e.Kind == kindRecord && len(old) > 0 && has(old[0], "Until") {
		e.Out[answersUntil] = old[0]["Until"] // as an older program wrote them
		delete(e.Out, answersAs)
		if was, is := old[0]["Was"]; is {
			e.Out[answersAs] = was
		}
	}
	for _, of := range stamps[e.Kind] {
		take(e.Out, of.name, of.layout, e.stampRef(of.name))
	}
	if e.Kind == kindTable && str(e.Out, streamArn) != "" {
		e.Out[streamArn] = true
	}
	if of, has := versionStamps[e.Kind]; has {
		if e.Kind == kindItem {
			number(e)
		}
		e.Out["Versions"] = eachVersion(e, func(v Document) { take(v, of.name, of.layout, of.ref(e, v)) })
	}
	return found
}

// number gives the versions of an item their numbers that has none, because an older program wrote it.
func number(item *Entity) {
	n := float64(len(docs(item.Out, "Versions")))
	item.Out["Versions"] = eachVersion(item, func(v Document) {
		if !has(v, nth) {
			v[nth] = n
		}
		n--
	})
}

// eachVersion is the list of the versions of an object or an item, each changed by itself.
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
func hasStamps(kind string) bool {
	_, versions := versionStamps[kind]
	return len(stamps[kind]) > 0 || versions
}

func streamOf(table, label string) string { return table + "/stream/" + label }
