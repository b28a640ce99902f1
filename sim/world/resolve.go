package world

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// Answer is what a client's DNS query gets.
type Answer struct {
	Name string
	Type string
	// Values are the addresses or names that the client sees.
	Values []string
	// Target is the AWS name at the end of aliases and CNAMEs, if any.
	Target string
	// Region is the home of what the client reaches; empty when that is not AWS.
	Region string
	// SetIdentifier names the record that won among several.
	SetIdentifier string
	// TTL is how long the client may keep the answer.
	TTL time.Duration
}

// Resolve answers a client's DNS query as Route 53's data plane does, which no
// region's loss stops. It follows aliases, CNAMEs, failover, latency and
// weights; AWS's own names resolve too.
func (w *World) Resolve(name, typ string) (Answer, error) { return w.ResolveFrom("", name, typ) }

// ResolveFrom is Resolve for a client near a region, which latency records ask.
func (w *World) ResolveFrom(region, name, typ string) (Answer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begin().resolve(asker{region: region}, name, typ, 0)
}

// ResolveIn is Resolve for a client inside a network, which private zones answer too.
func (w *World) ResolveIn(region, vpc, name, typ string) (Answer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begin().resolve(asker{region, vpc}, name, typ, 0)
}

// mostHops bounds a chain of names.
const mostHops = 16

func (t *tx) resolve(by asker, name, typ string, hops int) (Answer, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if hops > mostHops {
		return Answer{}, &Error{Code: "SERVFAIL", Message: name + ": the names go round in circles", Status: 500}
	}
	if a, ok := t.awsName(name); ok {
		a.Name, a.Type = name, typ
		return a, nil
	}
	sees := func(zone *Entity) bool { return t.sees(by, zone) }
	records := t.answersFor(sees, name, typ)
	if len(records) == 0 && typ != "CNAME" {
		records = t.answersFor(sees, name, "CNAME")
	}
	if len(records) == 0 {
		return Answer{}, missing("NXDOMAIN", "%s has no record of type %s", name, typ)
	}
	r := t.choose(records, by.region)
	a := Answer{Name: name, Type: typ, SetIdentifier: str(r.In, "SetIdentifier"), TTL: duration(numOr(r.In, "Ttl", 0))}
	next := ""
	if alias := docs(r.In, "Aliases"); len(alias) > 0 {
		next, a.TTL = str(alias[0], "Name"), aliasTTL
	} else if a.Values = strs(r.In, "Records"); str(r.In, "Type") == "CNAME" && typ != "CNAME" {
		next = a.Values[0]
	}
	if next == "" {
		return a, nil
	}
	end, err := t.resolve(by, next, typ, hops+1)
	if err != nil {
		// A name outside the world is as far as it can be followed.
		a.Target, a.Values = strings.TrimSuffix(next, "."), []string{strings.TrimSuffix(next, ".")}
		return a, nil //nolint:nilerr // the client follows it on the real internet
	}
	a.Values, a.Target, a.Region = end.Values, end.Target, end.Region
	if a.SetIdentifier == "" {
		a.SetIdentifier = end.SetIdentifier
	}
	return a, nil
}

// answersFor lists the records of a name and type in the zone that fits best
// among those that are seen.
func (t *tx) answersFor(sees func(zone *Entity) bool, name, typ string) []*Entity {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	var out []*Entity
	longest := 0
	for _, r := range t.list(kindRecord, Global) {
		if str(r.In, "Type") != typ || recordName(t, r) != name {
			continue
		}
		at := t.get(kindZone, Global, str(r.In, "ZoneId"))
		if !sees(at) {
			continue
		}
		zone := len(str(at.In, "Name"))
		if zone > longest {
			longest, out = zone, nil
		}
		if in := t.answered(r); zone == longest && in != nil {
			now := *r
			now.In = in
			out = append(out, &now)
		}
	}
	return out
}

// choose applies the routing policy. When nothing is healthy, Route 53 answers
// as if all were.
func (t *tx) choose(records []*Entity, from string) *Entity {
	good := slices.DeleteFunc(slices.Clone(records), func(r *Entity) bool { return !t.recordHealthy(r) })
	if len(good) == 0 {
		good = records
	}
	rank := func(r *Entity) float64 { return 0 }
	switch policyOf(records[0]) {
	case "FailoverRoutingPolicies":
		rank = func(r *Entity) float64 {
			if str(r.In, "FailoverRoutingPolicies.Type") == "PRIMARY" {
				return 0
			}
			return 1
		}
	case "LatencyRoutingPolicies":
		// The client's own region is the nearest; beyond that the order of names (assumed).
		rank = func(r *Entity) float64 {
			if str(r.In, "LatencyRoutingPolicies.Region") == from {
				return 0
			}
			return 1
		}
	case "WeightedRoutingPolicies":
		// The heaviest answers (assumed: a share of clients is not simulated).
		rank = func(r *Entity) float64 { return -numOr(r.In, "WeightedRoutingPolicies.Weight", 0) }
	}
	sort.SliceStable(good, func(i, j int) bool { return rank(good[i]) < rank(good[j]) })
	return good[0]
}

func (t *tx) recordHealthy(r *Entity) bool {
	if id := str(r.In, "HealthCheckId"); id != "" && !t.healthyCheck(id) {
		return false
	}
	for _, a := range docs(r.In, "Aliases") {
		if !yes(a, "EvaluateTargetHealth") {
			continue
		}
		lb := t.loadBalancerAt(str(a, "Name"))
		if lb != nil && !t.down(lb.Region) && !t.targetsHealthy(lb, false) {
			return false // of a region that is lost nobody tells how its targets are (assumed): an endpoint check finds out
		}
	}
	return true
}

// loadBalancerAt finds the load balancer with the DNS name.
func (t *tx) loadBalancerAt(name string) *Entity {
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSuffix(name, ".")), "dualstack.")
	if name == "" {
		return nil
	}
	for _, lb := range t.list(kindLB, "") {
		if strings.ToLower(str(lb.Out, "DnsName")) == name {
			return lb
		}
	}
	return nil
}

// awsName resolves a name that AWS gave: of a load balancer, a cluster, a
// global cluster (which follows its writer), an instance or a proxy.
func (t *tx) awsName(name string) (Answer, bool) {
	if lb := t.loadBalancerAt(name); lb != nil {
		return Answer{Values: []string{t.addressOf(lb)}, Target: str(lb.Out, "DnsName"), Region: lb.Region,
			TTL: aliasTTL}, true
	}
	if !strings.HasSuffix(name, ".rds.amazonaws.com") {
		return Answer{}, false
	}
	for _, kind := range []string{kindCluster, kindInstance, kindProxy, kindProxyEndpoint} {
		for _, e := range t.list(kind, "") {
			if name == str(e.Out, "Endpoint") || name == str(e.Out, "ReaderEndpoint") {
				return Answer{Values: []string{t.addressOf(e)}, Target: name, Region: e.Region, TTL: rdsTTL}, true
			}
		}
	}
	for _, g := range t.list(kindGlobalCluster, Global) {
		if writer := t.arn(str(g.Out, "Writer")); name == str(g.Out, "Endpoint") && writer != nil {
			return Answer{Values: []string{t.addressOf(writer)}, Target: str(writer.Out, "Endpoint"), Region: writer.Region,
				TTL: rdsTTL}, true
		}
	}
	return Answer{}, false
}

// addressOf invents the address behind an AWS name.
func (t *tx) addressOf(e *Entity) string {
	d := t.digest(e, "address")
	return strings.Join([]string{"198", text(float64(18 + d[0]%2)), text(float64(d[1])), text(float64(d[2]%254) + 1)}, ".")
}
