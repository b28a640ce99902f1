package world

import (
	"fmt"
	"maps"
)

// operation is one AWS API operation that plans and agents use.
type operation struct {
	// data operations are served by the data plane.
	data bool
	// at is the region whose endpoint serves it, when that is a fixed one.
	at  string
	run func(t *tx, r Request) (Document, error)
}

// operations are by service and operation in AWS's own names.
var operations map[string]operation

// The tables of the services are joined at start-up because their functions read the kinds.
func init() {
	operations = map[string]operation{}
	for _, table := range []map[string]operation{
		dynamoOperations(), sqsOperations(),
		trafficOperations(), storageOperations(), rdsOperations(), backupOperations(), copyOperations(),
		eksOperations(),
		registryOperations(),
		restoreOperations(), lookOperations(),
		tableRestoreOperations(),
		cacheOperations(), cacheRestoreOperations(),
		kubernetesOperations(),
		appconfigOperations(), experimentOperations(),
	} {
		maps.Copy(operations, table)
	}
}

// Operations lists what Call understands, as service.Operation.
func Operations() []string {
	out := make([]string, 0, len(operations))
	for name := range operations {
		out = append(out, name)
	}
	return sorted(out)
}

const kindCall = "Redoubt::World::Call"

// Call performs one AWS API operation. Input and answer are documents in the
// operation's own names. A token makes a repeat answer as the first did.
func (w *World) Call(r Request) (Document, error) {
	name := r.Service + "." + r.Operation
	op, ok := operations[name]
	if !ok {
		return nil, &Error{Code: "UnknownOperationException", Status: 404, Message: name + " is not simulated"}
	}
	if _, ok := zones[r.Region]; !ok {
		return nil, refuse("InvalidRegion", "region %q is not known", r.Region)
	}
	in, err := w.normal(&r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r.Input = in
	out, err := w.perform(name, r, op)
	if err != nil || r.Kept {
		return out, err
	}
	return copyDoc(out), nil
}

// normal is the input of a request in the types of documents.
func (w *World) normal(r *Request) (Document, error) {
	m := w.st.memory
	if m == nil || !r.Fixed {
		return normalDoc(r.Input)
	}
	known, is := m.inputs[address(r.Input)]
	if !is {
		if len(m.inputs) == mostLists {
			clear(m.inputs)
		}
		in, err := normalDoc(r.Input)
		if err != nil {
			return nil, err
		}
		known = input{r.Input, in}
		m.inputs[address(r.Input)] = known
	}
	return known.normal, nil
}

// perform lets the endpoint admit the request and then serve it. A call that a fault may want to fail
// is counted first, whatever becomes of it.
func (w *World) perform(name string, r Request, op operation) (out Document, err error) {
	c := call{from: r.From, region: r.Region, service: r.Service, operation: r.Operation, data: op.data}
	if op.at != "" {
		c.region = op.at
	}
	if w.counts() {
		if err := w.admit(c); err != nil {
			return nil, err
		}
		c = call{}
	}
	err = w.mutate(func(t *tx) error {
		if c.service != "" {
			if err := t.admit(c); err != nil {
				return err
			}
		}
		t.still = r.Still
		out, err = t.once(name, r, op)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// once runs the operation, or answers as it did for the same token. The same
// token with another input is refused.
func (t *tx) once(name string, r Request, op operation) (Document, error) {
	if r.Token == "" {
		return op.run(t, r)
	}
	id := r.Region + "/" + name + "/" + r.Token
	if e := t.get(kindCall, Global, id); e != nil {
		if !same(e.In, Document{"Input": r.Input}) {
			return nil, refuse("IdempotentParameterMismatch", "token %q was used with another input", r.Token)
		}
		return e.Out, nil
	}
	t.still = true // what is kept for a repeat does not move
	out, err := op.run(t, r)
	if err != nil {
		return nil, err
	}
	if out, err = normalDoc(out); err != nil {
		return nil, err
	}
	t.save(&Entity{Kind: kindCall, Region: Global, ID: id, In: Document{"Input": r.Input}, Out: out, Created: t.birth()})
	return out, nil
}

// listResourceRecordSets is route53 ListResourceRecordSets
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html), always in one page (assumed).
func listResourceRecordSets(t *tx, r Request) (Document, error) {
	zone := str(r.Input, "HostedZoneId")
	if t.get(kindZone, Global, zone) == nil {
		return nil, kinds[kindZone].notFound(zone)
	}
	list := []any{}
	for _, rec := range t.recordsFrom(zone, r.Input) {
		list = append(list, t.recall(recordPart, rec, func() any { return recordDocument(t, rec) }))
	}
	return Document{"ResourceRecordSets": list, "IsTruncated": false}, nil
}

var recordPart = TextOf("record")

func recordDocument(t *tx, e *Entity) Document {
	d := Document{"Name": dot(recordName(t, e)), "Type": str(e.In, "Type")}
	optional := map[string]string{
		"SetIdentifier": str(e.In, "SetIdentifier"), "HealthCheckId": str(e.In, "HealthCheckId"),
		"Failover": str(e.In, "FailoverRoutingPolicies.Type"), "Region": str(e.In, "LatencyRoutingPolicies.Region"),
	}
	for k, v := range optional {
		if v != "" {
			d[k] = v
		}
	}
	if ttl, ok := num(e.In, "Ttl"); ok {
		d["TTL"] = ttl
	}
	if a := docs(e.In, "Aliases"); len(a) > 0 {
		d["AliasTarget"] = Document{
			"DNSName": dot(str(a[0], "Name")), "HostedZoneId": str(a[0], "ZoneId"),
			"EvaluateTargetHealth": yes(a[0], "EvaluateTargetHealth"),
		}
		return d
	}
	list := []any{}
	for _, v := range strs(e.In, "Records") {
		list = append(list, Document{"Value": v})
	}
	d["ResourceRecords"] = list
	return d
}

// getParameter is ssm GetParameter.
func getParameter(t *tx, r Request) (Document, error) {
	name := str(r.Input, "Name")
	p := t.get(kindParameter, r.Region, name)
	if p == nil {
		return nil, kinds[kindParameter].notFound(name)
	}
	return Document{"Parameter": Document{
		"Name": name, "Type": str(p.In, "Type"), "Value": parameterValue(p), "Version": numOr(p.Out, "Version", 1),
		"ARN": p.ARN, "DataType": "text",
	}}, nil
}

// putParameter is ssm PutParameter; without Overwrite an existing name is refused.
func putParameter(t *tx, r Request) (Document, error) {
	k, in := kinds[kindParameter], copyDoc(r.Input)
	old := t.get(kindParameter, r.Region, str(in, "Name"))
	overwrite := yes(in, "Overwrite")
	delete(in, "Overwrite")
	if old == nil {
		e, err := k.create(t, r.Region, "ssm/"+str(in, "Name"), in)
		if err != nil {
			return nil, err
		}
		return Document{"Version": numOr(e.Out, "Version", 1), "Tier": firstOf(str(in, "Tier"), "Standard")}, nil
	}
	if !overwrite {
		return nil, k.exists(old.ID)
	}
	e := old.clone()
	for p, v := range in {
		e.In[p] = v
	}
	// A parameter has one value; the provider reads it back where it was declared.
	if v, given := in["Value"]; given && has(old.In, "InsecureValue") {
		e.In["InsecureValue"] = v
		delete(e.In, "Value")
	}
	if err := k.settle(t, e, old); err != nil {
		return nil, err
	}
	return Document{"Version": numOr(e.Out, "Version", 1), "Tier": firstOf(str(e.In, "Tier"), "Standard")}, nil
}
