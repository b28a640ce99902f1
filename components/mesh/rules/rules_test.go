package rules

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func example(t testing.TB) *system.System {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "..", "..", "system.yaml"))
	require.NoError(t, err)
	return s
}

func place() Place {
	return Place{Namespace: "atlas", Region: "eu-west-1", Account: "123456789012",
		Entry: []string{"10.40.192.0/22"}, Stores: []string{"10.40.128.0/21"}}
}

// made are the example's objects by kind and name.
func made(t *testing.T, s *system.System) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, o := range Objects(s, s.Agents, place()) {
		id := o.Kind + "/" + o.Name
		require.NotContains(t, out, id)
		out[id] = o.Spec
	}
	return out
}

// at walks into a spec; a number picks an item of a list.
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case int:
			require.Greater(t, len(v.([]any)), p)
			v = v.([]any)[p]
		case string:
			require.IsType(t, map[string]any{}, v, "%v", path)
			v = v.(map[string]any)[p]
		}
	}
	return v
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	require.NoError(t, err)
	return string(out)
}

// Each declared call has a route with the deadlines of the budget, and a pool of its own.
func TestObjects_holdEachDeclaredCall(t *testing.T) {
	t.Parallel()
	s := example(t)
	all := made(t, s)
	calls := 0
	for _, e := range Edges(s) {
		calls++
		vs := all["VirtualService/"+e.Callee]
		require.NotNil(t, vs, e.Callee)
		i := slices.IndexFunc(vs["http"].([]any), func(r any) bool { return at(t, r, "name") == e.Caller })
		require.GreaterOrEqual(t, i, 0, "%s calls %s", e.Caller, e.Callee)
		route := vs["http"].([]any)[i]
		assert.Equal(t, e.Caller, at(t, route, "match", 0, "sourceLabels", AgentLabel))
		assert.Equal(t, e.Total.String(), at(t, route, "timeout"))
		assert.Equal(t, e.Retry.Times, at(t, route, "retries", "attempts"))
		pool := all["DestinationRule/"+e.Caller+"--"+e.Callee]
		require.NotNil(t, pool)
		assert.Equal(t, e.Caller, at(t, pool, "workloadSelector", "matchLabels", AgentLabel), "a pool for each caller")
		for _, of := range [][]string{
			{"tcp", "maxConnections"}, {"http", "http2MaxRequests"}, {"http", "http1MaxPendingRequests"},
		} {
			assert.Equal(t, e.Pool, at(t, pool, "trafficPolicy", "connectionPool", of[0], of[1]))
		}
		assert.Equal(t, "ISTIO_MUTUAL", at(t, pool, "trafficPolicy", "tls", "mode"))
	}
	assert.Equal(t, 4, calls, "gateway calls two, planner and worker call memory")
	for id := range all {
		if kind, name, _ := strings.Cut(id, "/"); kind == "VirtualService" {
			assert.Contains(t, []string{"planner", "memory", "sessions-api"}, name, "nobody calls it")
		}
	}
}

// The loss of a zone is a third of the replicas: a breaker that may not leave out as many protects nobody.
func TestObjects_breakersCanLeaveOutAZone(t *testing.T) {
	t.Parallel()
	for id, spec := range made(t, example(t)) {
		if !strings.HasPrefix(id, "DestinationRule/") {
			continue
		}
		out := at(t, spec, "trafficPolicy", "outlierDetection")
		assert.GreaterOrEqual(t, at(t, out, "maxEjectionPercent"), 34, id)
		assert.LessOrEqual(t, at(t, out, "maxEjectionPercent"), 50, "%s: half is held", id)
		assert.Positive(t, at(t, out, "consecutiveLocalOriginFailures"), id)
		if gateway := at(t, out, "consecutiveGatewayErrors"); gateway != nil {
			assert.Less(t, gateway, at(t, out, "consecutive5xxErrors"), "%s: otherwise it never matters", id)
		}
	}
}

// What may have had an effect is never tried again by the mesh.
func TestObjects_retryOnlyWhatNobodyHeard(t *testing.T) {
	t.Parallel()
	s := example(t)
	safe := []string{"connect-failure", "refused-stream", "reset-before-request"}
	for id, spec := range made(t, s) {
		if !strings.HasPrefix(id, "VirtualService/") {
			continue
		}
		for _, r := range spec["http"].([]any) {
			for _, on := range strings.Split(at(t, r, "retries", "retryOn").(string), ",") {
				assert.Contains(t, safe, on, id)
			}
		}
	}
	for _, id := range []string{"DestinationRule/gateway--planner", "DestinationRule/worker--memory"} {
		assert.Equal(t, 20, at(t, made(t, s)[id], "trafficPolicy", "retryBudget", "percent"), id)
	}
	none := 0
	s.Agents[5].Resilience.Retries = &none
	require.Equal(t, "memory", s.Agents[5].Name)
	retries := at(t, made(t, s)["VirtualService/memory"], "http", 0, "retries")
	assert.Equal(t, map[string]any{"attempts": 0}, retries, "an agent that says so is tried once")
}

// Callers keep to their zone and spill over; nothing names another region.
func TestObjects_failOverBetweenZonesAndNeverBetweenHomes(t *testing.T) {
	t.Parallel()
	s := example(t)
	for id, spec := range made(t, s) {
		assert.NotContains(t, text(t, spec), "eu-central-1", id)
		assert.NotContains(t, text(t, spec), "failover", id)
	}
	lb := at(t, made(t, s)["DestinationRule/gateway--planner"], "trafficPolicy", "loadBalancer")
	assert.Equal(t, map[string]any{"enabled": true, "minClusterSize": 3}, at(t, lb, "zoneAwareLbSetting"))
}

func TestObjects_letInDeclaredCallersOnly(t *testing.T) {
	t.Parallel()
	all := made(t, example(t))
	assert.Equal(t, "STRICT", at(t, all["PeerAuthentication/default"], "mtls", "mode"))
	require.Contains(t, all, "AuthorizationPolicy/closed")
	assert.Empty(t, all["AuthorizationPolicy/closed"], "an empty policy refuses everybody")
	memory := all["AuthorizationPolicy/memory"]
	assert.Equal(t, `[{"from":[{"source":{"principals":["cluster.local/ns/atlas/sa/planner","cluster.local/ns/atlas/sa/worker"]}}],`+
		`"to":[{"operation":{"ports":["8085"]}}]}]`, text(t, memory["rules"]))
	assert.NotContains(t, all["AuthorizationPolicy/worker"], "rules", "nobody calls a worker")
	gateway := all["AuthorizationPolicy/gateway"]
	assert.Equal(t, `[{"from":[{"source":{"ipBlocks":["10.40.192.0/22"]}}],"to":[{"operation":{"ports":["8080"]}}]}]`,
		text(t, gateway["rules"]))
	for id, spec := range all {
		if !strings.HasPrefix(id, "PeerAuthentication/") || id == "PeerAuthentication/default" {
			continue
		}
		name := strings.TrimPrefix(id, "PeerAuthentication/")
		assert.Contains(t, []string{"gateway", "sessions-api"}, name, "only where the load balancer comes in")
		assert.Equal(t, "STRICT", at(t, spec, "mtls", "mode"))
	}
}

func TestObjects_letOutToWhatIsDeclaredOnly(t *testing.T) {
	t.Parallel()
	s := example(t)
	all := made(t, s)
	hosts := func(agent string) []any { return at(t, all["Sidecar/"+agent], "egress", 0, "hosts").([]any) }
	assert.Equal(t, []any{"~/*"}, hosts("default"))
	assert.Equal(t, []any{"./sessions-api.atlas.svc.cluster.local", "./planner.atlas.svc.cluster.local",
		"./credentials.eks.internal", "./ssm.eu-west-1.amazonaws.com",
		"./appconfigdata.eu-west-1.amazonaws.com"}, hosts("gateway"))
	assert.NotContains(t, hosts("scheduler"), "./appconfigdata.eu-west-1.amazonaws.com", "it declares no levels")
	assert.Contains(t, hosts("tool-runner"), "./search.example.com")
	assert.NotContains(t, hosts("planner"), "./search.example.com")
	known := map[string]bool{}
	for id, spec := range all {
		if strings.HasPrefix(id, "ServiceEntry/") {
			for _, h := range spec["hosts"].([]any) {
				assert.False(t, known["./"+h.(string)], "%s stands twice", h)
				known["./"+h.(string)] = true
			}
		}
	}
	for _, a := range s.Agents {
		known["./"+a.Name+".atlas.svc.cluster.local"] = true
	}
	for _, a := range append([]string{"default"}, "gateway", "planner", "worker", "tool-runner", "archivist", "evaluator") {
		assert.Equal(t, "REGISTRY_ONLY", at(t, all["Sidecar/"+a], "outboundTrafficPolicy", "mode"), a)
		for _, h := range hosts(a) {
			assert.True(t, known[h.(string)] || a == "default", "%s of %s is registered", h, a)
		}
	}
	for _, d := range s.Dependencies {
		entry := all["ServiceEntry/outside--"+d.Name]
		assert.Equal(t, []any{d.Host}, entry["hosts"])
		assert.Equal(t, "MESH_EXTERNAL", entry["location"])
	}
	for _, a := range s.Agents {
		for _, name := range s.Asks(a) {
			assert.Contains(t, all, fmt.Sprintf("DestinationRule/%s--outside--%s", a.Name, name))
		}
	}
}

// TestObjects_letOutToLeases: who may write in one home at a time reaches the tables of leases, and nobody else does.
func TestObjects_letOutToLeases(t *testing.T) {
	t.Parallel()
	s, p := example(t), place()
	p.LeaseRegions = []string{"eu-north-1"}
	all := map[string]map[string]any{}
	for _, o := range Objects(s, s.Agents, p) {
		all[o.Kind+"/"+o.Name] = o.Spec
	}
	lease := []any{"./dynamodb.eu-north-1.amazonaws.com", "./" + p.Account + ".ddb.eu-north-1.amazonaws.com"}
	for _, a := range s.Agents {
		hosts := at(t, all["Sidecar/"+a.Name], "egress", 0, "hosts")
		if s.Leased(a) {
			assert.Subset(t, hosts, lease, a.Name)
		} else {
			assert.NotContains(t, hosts, lease[0], a.Name)
		}
	}
	assert.Len(t, at(t, all["ServiceEntry/leases--eu-north-1"], "hosts"), 2)
}

func TestObjects_twoDependenciesAtOneHost(t *testing.T) {
	t.Parallel()
	s := example(t)
	s.Dependencies = append(s.Dependencies, system.Dependency{Name: "image-search", Kind: "http", Host: s.Dependencies[2].Host})
	s.Agents[4].Needs = append(s.Agents[4].Needs, "image-search")
	all := made(t, s)
	assert.Contains(t, all, "ServiceEntry/outside--web-search")
	assert.NotContains(t, all, "ServiceEntry/outside--image-search", "two entries of one host would fight")
}

// A pool is the callee's capacity shared by those who call; a number in the file is taken instead.
func TestEdges_poolsShareWhatTheCalleeHasInHand(t *testing.T) {
	t.Parallel()
	s := example(t)
	sheet, _ := s.Budgets()
	memory, _ := s.Agent("memory")
	assert.Equal(t, 80*int(sheet["memory"].Deadline/time.Second), AtOnce(s, sheet, memory))
	inHand := memory.Replicas * AtOnce(s, sheet, memory)
	sum := 0
	for _, e := range Edges(s) {
		if caller, _ := s.Agent(e.Caller); e.Callee == "memory" {
			sum += e.Pool * caller.Replicas
		}
	}
	assert.GreaterOrEqual(t, sum, inHand)
	assert.Less(t, sum, inHand+18, "no more than rounding up adds for 18 replicas")

	s.Agents[5].Resilience.AtOnce = 30
	for _, e := range Edges(s) {
		if e.Callee == "memory" {
			assert.Equal(t, 10, e.Pool, "6 replicas with 30 in hand, for 18 of callers")
		}
	}
	s.Agents[5].Resilience.AtOnce, s.Agents[5].PerReplica = 0, 1<<60
	for _, e := range Edges(s) {
		assert.LessOrEqual(t, e.Pool, most)
		assert.Positive(t, e.Pool)
	}
}

// A home that leaves an agent out for now has nothing of it.
func TestObjects_leaveOutAgentsThatWait(t *testing.T) {
	t.Parallel()
	s := example(t)
	here := slices.DeleteFunc(slices.Clone(s.Agents), func(a system.Agent) bool { return a.Name == "worker" })
	for _, o := range Objects(s, here, place()) {
		assert.NotContains(t, text(t, o), `worker"`, o.Name)
	}
}
