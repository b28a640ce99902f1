package entry

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func TestTargets_areUnnamedAndDrain(t *testing.T) {
	t.Parallel()
	got := run(t, primary()).Get(t, groupType, "main-gateway").Values()
	assert.NotContains(t, got, "name", "a named group cannot be replaced while a listener uses it")
	assert.Equal(t, "ip", got["targetType"])
	assert.EqualValues(t, 8080, got["port"])
	assert.EqualValues(t, 60, got["deregistrationDelay"])
	assert.EqualValues(t, 30, got["slowStart"])
	check := got["healthCheck"].(map[string]any)
	assert.Equal(t, "/readyz", check["path"])
	assert.Less(t, check["timeout"], check["interval"])
}

func TestTargets_keepAZoneToItselfOnlyWhenEveryZoneHasAReplica(t *testing.T) {
	t.Parallel()
	cases := []struct {
		replicas         int
		cross, dnsLeaves string
	}{{1, "true", "off"}, {2, "true", "off"}, {3, "false", "1"}, {9, "false", "1"}}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%d replicas", c.replicas), func(t *testing.T) {
			t.Parallel()
			args := primary()
			args.Agents[0].Replicas = c.replicas
			got := run(t, args).Get(t, groupType, "main-gateway").Values()
			assert.Equal(t, c.cross, got["loadBalancingCrossZoneEnabled"])
			dns := got["targetGroupHealth"].(map[string]any)["dnsFailover"].(map[string]any)
			assert.Equal(t, c.dnsLeaves, dns["minimumHealthyTargetsCount"])
		})
	}
}

func TestTargets_logicalNameLeavesRoomForThePhysicalOne(t *testing.T) {
	t.Parallel()
	args := primary()
	args.Agents[0].Name = "a-gateway-with-a-very-long-name-one"
	args.Agents[1].Name = "a-gateway-with-a-very-long-name-two"
	groups := run(t, args).OfType(groupType)
	require.Len(t, groups, 2)
	assert.NotEqual(t, groups[0].Name, groups[1].Name)
	for _, g := range groups {
		assert.LessOrEqual(t, len(g.Name), 24, g.Name)
		assert.True(t, strings.HasPrefix(g.Name, "main-a-gate"), g.Name)
	}
}

func TestRules_sendEachNameToItsAgent(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		t.Run(string(home), func(t *testing.T) {
			t.Parallel()
			r := run(t, argsOf(home, "atlas.example.com"))
			hosts := func(rule string) any {
				first := r.Get(t, ruleType, rule).Values()["conditions"].([]any)[0].(map[string]any)
				return first["hostHeader"].(map[string]any)["values"]
			}
			assert.Equal(t, []any{"gateway.atlas.example.com"}, hosts("main-to-gateway"))
			assert.Equal(t, []any{"search.atlas.example.com", "search-" + string(home) + ".atlas.example.com"},
				hosts("main-to-search"))
			action := r.Get(t, ruleType, "main-to-search").Values()["actions"].([]any)[0].(map[string]any)
			assert.Contains(t, action["targetGroupArn"], "main-search")
		})
	}
}

func TestPriorities_areDistinctAndDoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	var agents, backwards []system.Agent
	for n := range 100 {
		agents = append(agents, system.Agent{Name: fmt.Sprintf("agent-%d", n)})
		backwards = append([]system.Agent{agents[n]}, backwards...)
	}
	kept := slices.Clone(backwards)
	got := priorities(agents)
	assert.Equal(t, got, priorities(backwards))
	assert.Equal(t, kept, backwards, "the caller's list is left alone")
	used := map[int]bool{}
	for name, n := range got {
		assert.False(t, used[n], "%s shares priority %d", name, n)
		assert.True(t, n >= 1 && n <= 50000, "%s has priority %d", name, n)
		used[n] = true
	}
}
