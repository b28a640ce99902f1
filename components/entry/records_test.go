package entry

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/system"
)

func TestRecords_domainFailsOverFromThePrimaryToTheSecondary(t *testing.T) {
	t.Parallel()
	cases := []struct {
		home        system.Home
		kind, check any
	}{{system.Primary, "PRIMARY", "main-switch_id"}, {system.Secondary, "SECONDARY", nil}}
	for _, c := range cases {
		t.Run(string(c.home), func(t *testing.T) {
			t.Parallel()
			got := run(t, argsOf(c.home, "atlas.example.com")).Get(t, recordType, "main-domain").Values()
			assert.Equal(t, "atlas.example.com", got["name"])
			assert.Equal(t, "A", got["type"])
			assert.Equal(t, string(c.home), got["setIdentifier"])
			assert.Equal(t, []any{map[string]any{"type": c.kind}}, got["failoverRoutingPolicies"])
			assert.Equal(t, c.check, got["healthCheckId"])
			assertAlias(t, got)
		})
	}
}

// assertAlias checks that a record is an alias of the load balancer that asks
// nobody's health: an alias has no life of its own in seconds.
func assertAlias(t *testing.T, record map[string]any) {
	t.Helper()
	assert.Equal(t, []any{map[string]any{
		"name": "atlas-1.elb.amazonaws.com", "zoneId": "ZELB", "evaluateTargetHealth": false,
	}}, record["aliases"])
	assert.NotContains(t, record, "ttl")
	assert.NotContains(t, record, "records")
}

func TestRecords_homeNameNeverMoves(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		t.Run(string(home), func(t *testing.T) {
			t.Parallel()
			r := run(t, argsOf(home, "atlas.example.com"))
			got := r.Get(t, recordType, "main-home").Values()
			assert.Equal(t, string(home)+".atlas.example.com", got["name"])
			for _, routed := range []string{"failoverRoutingPolicies", "setIdentifier", "healthCheckId"} {
				assert.NotContains(t, got, routed)
			}
			assertAlias(t, got)

			probe := r.Get(t, checkType, "main-probe").Values()
			assert.Equal(t, "HTTPS", probe["type"])
			assert.Equal(t, string(home)+".atlas.example.com", probe["fqdn"])
			assert.Equal(t, "/healthz", probe["resourcePath"])
			for _, record := range r.OfType(recordType) {
				assert.NotEqual(t, "main-probe_id", record.Values()["healthCheckId"],
					"%s: the probe of a home moves no traffic", record.Name)
			}
		})
	}
}

func TestRecords_singleWriterAgentsFollowTheDomain(t *testing.T) {
	t.Parallel()
	r := run(t, primary())
	got := r.Get(t, recordType, "main-name-gateway")
	assert.Equal(t, "gateway.atlas.example.com", got.Values()["name"])
	assert.Equal(t, []any{map[string]any{"name": "atlas.example.com", "zoneId": "Z123", "evaluateTargetHealth": false}},
		got.Values()["aliases"])
	assert.True(t, slices.ContainsFunc(got.RPC.GetDependencies(), func(urn string) bool {
		return strings.HasSuffix(urn, "::main-domain")
	}), "an alias is refused before its target exists")
	for _, record := range run(t, secondary()).OfType(recordType) {
		assert.NotEqual(t, "gateway.atlas.example.com", record.Values()["name"], "one home owns the name")
	}
}

func TestRecords_activeAgentsAnswerInBothHomesUntilTheirEndpointFails(t *testing.T) {
	t.Parallel()
	for home, region := range map[system.Home]string{system.Primary: west, system.Secondary: central} {
		t.Run(string(home), func(t *testing.T) {
			t.Parallel()
			r := run(t, argsOf(home, "atlas.example.com"))
			got := r.Get(t, recordType, "main-name-search").Values()
			assert.Equal(t, "search.atlas.example.com", got["name"])
			assert.Equal(t, string(home), got["setIdentifier"])
			assert.Equal(t, []any{map[string]any{"region": region}}, got["latencyRoutingPolicies"])
			assert.Equal(t, "main-probe-search_id", got["healthCheckId"])
			assertAlias(t, got)

			own := "search-" + string(home) + ".atlas.example.com"
			assert.Equal(t, own, r.Get(t, recordType, "main-home-search").Values()["name"])
			assert.Equal(t, own, r.Get(t, checkType, "main-probe-search").Values()["fqdn"],
				"a check of the common name would ask either home")
		})
	}
}

func TestRecords_agentsNameGoesBeforeItsReplacement(t *testing.T) {
	t.Parallel()
	r := run(t, primary())
	for _, name := range []string{"main-name-gateway", "main-name-search"} {
		rpc := r.Get(t, recordType, name).RPC
		assert.Equal(t, []string{"setIdentifier"}, rpc.GetReplaceOnChanges(), name)
		assert.True(t, rpc.GetDeleteBeforeReplace(), name)
	}
}
