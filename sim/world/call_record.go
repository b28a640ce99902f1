package world

import (
	"slices"
	"strings"
)

// changeResourceRecordSets is route53 ChangeResourceRecordSets as far as a plan
// needs it: UPSERT of records that are no alias. All changes are made or none is.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
func changeResourceRecordSets(t *tx, r Request) (Document, error) {
	zone := str(r.Input, "HostedZoneId")
	if t.get(kindZone, Global, zone) == nil {
		return nil, kinds[kindZone].notFound(zone)
	}
	changes := docs(r.Input, "ChangeBatch.Changes")
	if len(changes) == 0 {
		return nil, refuse("InvalidChangeBatch", "no change is asked for")
	}
	for _, c := range changes {
		sets := docs(c, "ResourceRecordSet")
		if str(c, "Action") != "UPSERT" || len(sets) != 1 || has(sets[0], "AliasTarget") {
			return nil, refuse("InvalidChangeBatch", "%s of %s is not simulated, want UPSERT of a record that is no alias",
				str(c, "Action"), str(c, "ResourceRecordSet.Name"))
		}
		if err := t.upsert(zone, sets[0]); err != nil {
			return nil, err
		}
	}
	info := Document{"Id": "/change/C" + zone, "Status": "INSYNC"}
	if !t.still {
		info[submittedAt] = t.clock().Format(timeFormat)
	}
	return Document{"ChangeInfo": info}, nil
}

// upsert makes a record, or gives the one of its name, type and identifier what the set says.
func (t *tx) upsert(zone string, set Document) error {
	in := Document{
		"ZoneId": zone, "Name": strings.TrimSuffix(str(set, "Name"), "."), "Type": str(set, "Type"), "Ttl": set["TTL"],
		"Records": anyList(strs(set, "ResourceRecords.Value")...),
	}
	for from, to := range map[string]string{"SetIdentifier": "SetIdentifier", "HealthCheckId": "HealthCheckId"} {
		if v := str(set, from); v != "" {
			in[to] = v
		}
	}
	if side := str(set, "Failover"); side != "" {
		in["FailoverRoutingPolicies"] = []any{Document{"Type": side}}
	}
	if region := str(set, "Region"); region != "" {
		in["LatencyRoutingPolicies"] = []any{Document{"Region": region}}
	}
	k := kinds[kindRecord]
	e := &Entity{Kind: kindRecord, Region: Global, In: in, Out: Document{}, Created: t.birth()}
	e.ID = k.id(t, e)
	old := t.get(kindRecord, Global, e.ID)
	if old == nil {
		made, err := k.create(t, Global, "", in)
		if err == nil {
			t.spread(made.ID, nil)
		}
		return err
	}
	now := old.clone()
	now.In = in
	if err := k.settle(t, now, old); err != nil {
		return err
	}
	t.spread(e.ID, t.answered(old))
	return nil
}

const submittedAt = "SubmittedAt"

// answersAs is kept of a record whose change has not reached Route 53's servers (answersUntil), if they knew of it before.
const answersAs = "AnswersAs"

// spread lets a change of a record reach the servers some time later; until then they
// answer with what it was, nil for nothing.
func (t *tx) spread(id string, was Document) {
	r := t.edit(t.get(kindRecord, Global, id))
	delete(r.Out, answersAs)
	delete(r.Out, answersUntil)
	if t.draw == nil {
		t.notes.never() // in a world that draws it takes time
		return
	}
	r.Out[answersUntil] = true
	t.stampBy(recordChange, id, r.stampRef(answersUntil))
	if was != nil {
		r.Out[answersAs] = was
	}
}

// answered is what Route 53's servers say of a record now; nil is nothing.
func (t *tx) answered(r *Entity) Document {
	if r.Out[answersUntil] != true || !t.ahead(r.stampRef(answersUntil), 0) {
		return r.In
	}
	was, _ := r.Out[answersAs].(Document) // none of a new record
	return was
}

var recordOrderPart = TextOf("order of a record")

// recordsFrom lists the records of a zone in the order of AWS: by the labels of the
// name from the last to the first, then by type. That those of one name and type follow
// in the order of their identifiers is assumed. It begins at the record that the request names.
func (t *tx) recordsFrom(zone string, in Document) []*Entity {
	order := func(name, typ, set string) string {
		labels := strings.Split(strings.TrimSuffix(strings.ToLower(name), "."), ".")
		slices.Reverse(labels)
		return strings.Join(labels, ".") + "\x00" + typ + "\x00" + set
	}
	first := str(in, "StartRecordName")
	start := order(first, str(in, "StartRecordType"), str(in, "StartRecordIdentifier"))
	type placed struct {
		at  string
		rec *Entity
	}
	var all []placed
	for _, e := range t.recordsOf(zone) {
		at := t.recall(recordOrderPart, e, func() any {
			return order(recordName(t, e), str(e.In, "Type"), str(e.In, "SetIdentifier"))
		})
		one := placed{at.(string), e}
		if first == "" || one.at >= start {
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return strings.Compare(a.at, b.at) })
	list := make([]*Entity, len(all))
	for n, one := range all {
		list[n] = one.rec
	}
	return list
}
