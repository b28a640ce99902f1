package rules

import (
	"time"

	"redoubt/system"
)

// onlyUnheard are the failures after which a call is tried again: the callee did
// not see it, so it had no effect, whatever it asks for. A call that was answered with an error,
// or not in time, is the caller's to try again, with its idempotency token
// (https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry).
const onlyUnheard = "connect-failure,refused-stream,reset-before-request"

const (
	// mostEjected is how many of a callee's replicas may be left out, in percent: a lost
	// zone is 34 of 100, and the default of 10 could not leave it out. Half is held whatever happens.
	mostEjected = 50
	// retriedOfAll is how many of a caller's open requests may be retries, in percent, and
	// fewRetries how many are always let through: retries of a callee that is down would be the load that keeps it down.
	retriedOfAll, fewRetries = 20, 3
	// looks is how often a caller judges the replicas it calls. Until the cluster sees that a lost
	// zone's nodes are gone its replicas are called for about 50 seconds.
	looks = 5 * time.Second
	// warm is how long a new replica is spared the full load, after a move as after a scale-out.
	warm = 60 * time.Second
	// renewed is when a connection is closed, so that what moves away from a zone moves in time.
	renewed = 10 * time.Minute
	idle    = time.Minute
)

// route gives each caller of an agent its own deadline and retries. A caller
// that does not declare the call has no route.
func (m *mesh) route(callee system.Agent) (Object, bool) {
	host, rules := m.fqdn(callee.Name), []any{}
	for _, caller := range m.callers(callee) {
		for _, e := range m.edges(caller) {
			if e.Callee == callee.Name {
				rules = append(rules, m.rule(e, host, callee.Port))
			}
		}
	}
	return Object{networking, "VirtualService", callee.Name, map[string]any{
		"hosts": []any{host}, "gateways": []any{"mesh"}, "exportTo": here(), "http": rules,
	}}, len(rules) > 0
}

// rule is the route of one caller: what it waits for in all, and for one try.
func (m *mesh) rule(e Edge, host string, port int) map[string]any {
	retries := map[string]any{"attempts": e.Retry.Times}
	if e.Retry.Times > 0 {
		retries["perTryTimeout"] = span(e.PerTry)
		retries["retryOn"] = onlyUnheard
		retries["retryRemoteLocalities"] = true
		retries["retryIgnorePreviousHosts"] = true
		retries["backoff"] = span(e.Retry.Backoff)
	}
	return map[string]any{
		"name":    e.Caller,
		"match":   []any{map[string]any{"sourceLabels": map[string]any{AgentLabel: e.Caller}}},
		"route":   []any{map[string]any{"destination": map[string]any{"host": host, "port": map[string]any{"number": port}}}},
		"timeout": span(e.Total),
		"retries": retries,
	}
}

// pool is the bulkhead and the circuit breaker of one call.
func (m *mesh) pool(e Edge) Object {
	return Object{networking, "DestinationRule", e.Caller + "--" + e.Callee, map[string]any{
		"host": m.fqdn(e.Callee), "exportTo": here(), "workloadSelector": own(e.Caller),
		"trafficPolicy": map[string]any{
			"tls": map[string]any{"mode": "ISTIO_MUTUAL"},
			"connectionPool": map[string]any{
				"tcp": map[string]any{
					"maxConnections": e.Pool, "connectTimeout": span(e.Retry.Connect),
					"maxConnectionDuration": span(renewed), "tcpKeepalive": keepalive(),
				},
				"http": map[string]any{
					"http1MaxPendingRequests": e.Pool, "http2MaxRequests": e.Pool, "idleTimeout": span(idle),
					"h2UpgradePolicy": "UPGRADE",
				},
			},
			"outlierDetection": outliers(e.EjectAfter, e.EjectFor),
			"retryBudget":      map[string]any{"percent": retriedOfAll, "minRetryConcurrency": fewRetries},
			"loadBalancer":     balance(),
		},
	}}
}

// balance keeps calls in the caller's zone as far as its replicas there can
// carry them, spills the rest over to the others, and spares replicas that are new.
func balance() map[string]any {
	return map[string]any{
		"simple": "LEAST_REQUEST",
		// The least of Envoy is 6 replicas, below which it ignores zones.
		"zoneAwareLbSetting": map[string]any{"enabled": true, "minClusterSize": zones},
		"warmup":             map[string]any{"duration": span(warm), "minimumPercent": 10, "aggression": 1},
	}
}

// zones is over how many zones a home spreads its replicas.
const zones = 3

// outliers is when a replica is left out, and for how long. Failures of the
// connection are counted apart from answers, and sooner: a replica of a lost zone gives none.
func outliers(after int, first time.Duration) map[string]any {
	fewer := max(1, after*3/5)
	return map[string]any{
		"consecutive5xxErrors": after, "consecutiveGatewayErrors": fewer,
		"splitExternalLocalOriginErrors": true, "consecutiveLocalOriginFailures": fewer,
		"interval": span(looks), "baseEjectionTime": span(first), "maxEjectionPercent": mostEjected,
	}
}

func keepalive() map[string]any {
	return map[string]any{"time": "60s", "interval": "10s", "probes": 3}
}
