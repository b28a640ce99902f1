package rules

import (
	"slices"

	"redoubt/system"
)

// Where agents call what stands outside the mesh.
const (
	PostgresPort = 5432
	CachePort    = 6379
	HTTPSPort    = 443
	// IdentityAddress is where the agent of EKS Pod Identity hands out credentials on each node, at IdentityPort:
	// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
	IdentityAddress = "169.254.170.23/32"
	IdentityPort    = 80
)

// service is what stands outside the mesh: a service of AWS, the stores, or one
// that somebody else runs.
type service struct {
	name  string
	hosts []string
	// addresses are the ranges at which it stands, when it is known by these and not by its names.
	addresses []string
	ports     []int
	protocol  string
	// byName has proxies look its addresses up and judge each; else calls go where the caller looked them up.
	byName bool
}

// aws are the services of AWS that agents call, in the home's region. A table is
// called by the account's own name too:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-account-endpoints.html
func (m *mesh) aws() map[string]service {
	end := "." + m.Region + ".amazonaws.com"
	out := map[string]service{}
	for name, hosts := range map[string][]string{
		"appconfigdata": {"appconfigdata" + end}, "ssm": {"ssm" + end},
		"secretsmanager": {"secretsmanager" + end}, "sqs": {"sqs" + end},
		"dynamodb": {"dynamodb" + end, m.Account + ".ddb" + end}, "s3": {"s3" + end, "*.s3" + end},
	} {
		out[name] = service{name: "aws--" + name, hosts: hosts, ports: []int{HTTPSPort}, protocol: "TLS"}
	}
	return out
}

// reached are the services outside that an agent reaches, beside its dependencies.
func (m *mesh) reached(a system.Agent) []service {
	aws, all := m.aws(), []service{m.pods()}
	uses := map[system.StoreKind]bool{}
	for _, u := range a.Stores {
		st, _ := m.sys.Store(u.Store)
		uses[st.Kind] = true
	}
	if a.Consumes != "" {
		uses[system.Queue] = true
	}
	add := func(when bool, s service) {
		if when {
			all = append(all, s)
		}
	}
	add(true, aws["ssm"])
	add(len(a.Degradation) > 0, aws["appconfigdata"])
	add(uses[system.Postgres] || len(a.Needs) > 0, aws["secretsmanager"])
	add(uses[system.Queue], aws["sqs"])
	// Locks and the ledger of work are tables: whoever changes anything calls them.
	add(len(uses) > 0, aws["dynamodb"])
	for _, region := range m.LeaseRegions {
		add(m.sys.Leased(a), m.leases(region))
	}
	add(uses[system.Bucket], aws["s3"])
	add(uses[system.Postgres], m.store("postgres", PostgresPort))
	add(uses[system.Cache], m.store("cache", CachePort))
	return all
}

// leases are the tables of another region that the lease of the active home stands in.
func (m *mesh) leases(region string) service {
	end := "." + region + ".amazonaws.com"
	return service{name: "leases--" + region, hosts: []string{"dynamodb" + end, m.Account + ".ddb" + end}, ports: []int{HTTPSPort},
		protocol: "TLS"}
}

// pods hands out the role of a pod.
func (m *mesh) pods() service {
	return service{name: "aws--credentials", hosts: []string{"credentials.eks.internal"},
		addresses: []string{IdentityAddress}, ports: []int{IdentityPort}, protocol: "TCP"}
}

// store is where the stores of one kind stand: by address, because which name
// leads there follows the switch.
func (m *mesh) store(kind string, port int) service {
	return service{name: "stores--" + kind, hosts: []string{kind + ".stores.internal"}, addresses: m.Stores,
		ports: []int{port}, protocol: "TCP"}
}

// asked are the services of others that an agent calls, one for each host.
func (m *mesh) asked(a system.Agent) []service {
	var out []service
	for _, name := range m.sys.Asks(a) {
		d, _ := m.sys.Dependency(name)
		first := m.first(d.Host)
		if !slices.ContainsFunc(out, func(s service) bool { return s.name == "outside--"+first }) {
			out = append(out, service{name: "outside--" + first, hosts: []string{d.Host}, ports: []int{HTTPSPort},
				protocol: "TLS", byName: true})
		}
	}
	return out
}

// first is the first dependency that stands at the host: two may.
func (m *mesh) first(host string) string {
	for _, d := range m.sys.Dependencies {
		if d.Host == host {
			return d.Name
		}
	}
	return host
}

// services registers all that any agent reaches: nothing else can be called.
func (m *mesh) services() []Object {
	var out []Object
	seen := map[string]bool{}
	for _, a := range m.agents {
		for _, s := range append(m.reached(a), m.asked(a)...) {
			if !seen[s.name] {
				seen[s.name], out = true, append(out, s.entry())
			}
		}
	}
	return out
}

func (s service) entry() Object {
	var ports []any
	for _, p := range s.ports {
		ports = append(ports, map[string]any{"number": p, "name": "port-" + s.protocolName(), "protocol": s.protocol})
	}
	spec := map[string]any{
		"hosts": texts(s.hosts), "ports": ports, "location": "MESH_EXTERNAL", "resolution": "NONE", "exportTo": here(),
	}
	if s.byName {
		spec["resolution"] = "DNS"
	}
	if len(s.addresses) > 0 {
		spec["addresses"] = texts(s.addresses)
	}
	return Object{networking, "ServiceEntry", s.name, spec}
}

func (s service) protocolName() string {
	if s.protocol == "TLS" {
		return "tls"
	}
	return "tcp"
}

// scope is all that an agent's proxies know: what it calls, needs and uses. What
// they do not know they refuse.
func (m *mesh) scope(a system.Agent) Object {
	var hosts []string
	for _, name := range a.Calls {
		hosts = append(hosts, "./"+m.fqdn(name))
	}
	for _, s := range append(m.reached(a), m.asked(a)...) {
		for _, host := range s.hosts {
			hosts = append(hosts, "./"+host)
		}
	}
	return Object{networking, "Sidecar", a.Name, map[string]any{
		"workloadSelector": map[string]any{"labels": map[string]any{AgentLabel: a.Name}},
		"egress":           []any{map[string]any{"hosts": texts(hosts)}}, "outboundTrafficPolicy": registryOnly(),
	}}
}

// outside is the bulkhead and the circuit breaker of an agent's calls of other
// people's services. The agent encrypts these calls itself, so a proxy sees connections only: it
// counts and closes these, and leaves an address out to which none can be made. Time limits, retries and
// fallbacks of such calls are the agent's.
func (m *mesh) outside(a system.Agent) []Object {
	var out []Object
	r := m.sys.Resilience(a)
	for _, s := range m.asked(a) {
		out = append(out, Object{networking, "DestinationRule", a.Name + "--" + s.name, map[string]any{
			"host": s.hosts[0], "exportTo": here(), "workloadSelector": own(a.Name),
			"trafficPolicy": map[string]any{
				"tls": map[string]any{"mode": "DISABLE"},
				"connectionPool": map[string]any{"tcp": map[string]any{
					"maxConnections": AtOnce(m.sys, m.sheet, a), "connectTimeout": span(r.Connect), "tcpKeepalive": keepalive(),
				}},
				"outlierDetection": map[string]any{
					"splitExternalLocalOriginErrors": true, "consecutiveLocalOriginFailures": r.EjectAfter,
					"interval": span(looks), "baseEjectionTime": span(r.EjectFor), "maxEjectionPercent": mostEjected,
				},
			},
		}})
	}
	return out
}
