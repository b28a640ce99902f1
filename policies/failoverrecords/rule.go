// Package failoverrecords holds the rule failover-records.
package failoverrecords

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/inventory/directory"
	"redoubt/policies/rule"
	"redoubt/policies/stores"
	"redoubt/system"
)

const (
	record  = "aws:route53/record:Record"
	failing = "failoverRoutingPolicies[0].type"
	check   = "healthCheckId"
)

// Rule is the rule failover-records.
var Rule = rule.Rule{
	ID:    "failover-records",
	Title: "Each name that moves has a record of this home, on the health check that moves it",
	Why: "A name without its second record answers nothing after the failover; one on another check than the switch " +
		"moves before the data, or never.",
	Source:   "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-types.html",
	Severity: rule.High,
	Remedy: "Declare public names with components/entry, and those of the stores with components/discovery, in " +
		"both homes.",
	Stack: &rule.StackRule{Check: judge},
}

func judge(g *rule.Graph, _ rule.Config) []rule.Finding {
	g.About("the domain")
	out := moves(g, "entry-domain")
	for _, st := range g.System.Stores {
		if !directory.Moves(st.Kind) || !stores.Here(g, st) {
			continue
		}
		g.About("store %q", st.Name)
		if g.PeerReady { // without the other home nothing can move, and the name is not there
			out = append(out, moves(g, "names-"+st.Name)...)
		}
	}
	for _, a := range g.System.Agents {
		if !a.Public {
			continue
		}
		g.About("agent %q", a.Name)
		tier, _ := g.System.Tier(a.Tier)
		switch {
		case tier.Strategy == system.ActiveActive:
			out = append(out, answers(g, "entry-name-"+a.Name)...)
		case g.Home == system.Primary && !g.Has(record, "entry-name-"+a.Name):
			out = append(out, none(g, "entry-name-"+a.Name))
		}
	}
	return out
}

func none(g *rule.Graph, name string) rule.Finding {
	return g.Violation("has no record in the %s home, want %s %s", g.Home, record, name)
}

// moves judges the half of a failover record that this home declares.
func moves(g *rule.Graph, name string) []rule.Finding {
	r := g.Get(record, name)
	if r == nil {
		return []rule.Finding{none(g, name)}
	}
	var out []rule.Finding
	if want := strings.ToUpper(string(g.Home)); r.Text(failing) != want {
		out = append(out, g.ViolationAt(r, "%s: %s is %s, want %q", name, failing, r.At(failing), want))
	}
	if r.True("aliases[0].evaluateTargetHealth") {
		out = append(out, g.ViolationAt(r, "%s: aliases[0].evaluateTargetHealth is true, want false: "+
			"it moves before the data", name))
	}
	switch {
	case g.Home == system.Secondary:
		return append(out, otherwise(g, r)...)
	case !g.PeerReady:
		return append(out, g.WaitsForPeer())
	}
	return append(out, obeys(g, r)...)
}

// otherwise judges the secondary's record, which answers whenever the primary's
// does not: only a routing control, which the primary declares, may keep it from that.
func otherwise(g *rule.Graph, r *rule.Resource) []rule.Finding {
	if r.Exists(check) && g.Settings["redoubt:switch"] != "arc" {
		return []rule.Finding{
			g.ViolationAt(r, "%s: obeys a health check of its own, want none in the %s home", r.Name, g.Home),
		}
	}
	return nil
}

// obeys judges the check of the primary's record: a routing control, or the switch.
func obeys(g *rule.Graph, r *rule.Resource) []rule.Finding {
	on := g.Via(r, check)
	if !r.Exists(check) || len(on) != 1 {
		return []rule.Finding{g.ViolationAt(r, "%s: obeys no health check of the program, want the switch", r.Name)}
	}
	switch kind := on[0].Text("type"); kind {
	case "RECOVERY_CONTROL":
		return nil
	case "CALCULATED":
		return isSwitch(g, on[0])
	default:
		return []rule.Finding{g.ViolationAt(r, "%s: obeys a health check of type %q, want the switch", r.Name, kind)}
	}
}

// isSwitch judges the calculated check: healthy while one of two is, that nobody
// took, in the other region, or that this home reclaimed, in its own.
func isSwitch(g *rule.Graph, h *rule.Resource) []rule.Finding {
	var out []rule.Finding
	if n := h.Int("childHealthThreshold"); n != 1 {
		out = append(out, g.ViolationAt(h, "%s: childHealthThreshold is %d, want 1", h.Name, n))
	}
	var seen, regions []string
	for _, child := range g.Via(h, "childHealthchecks") {
		what := fmt.Sprintf("%s, inverted %t", child.Text("type"), child.True("invertHealthcheck"))
		if r := child.Text("cloudwatchAlarmRegion"); !slices.Contains(regions, r) {
			regions = append(regions, r)
		}
		seen = append(seen, what)
	}
	slices.Sort(seen)
	want := []string{"CLOUDWATCH_METRIC, inverted false", "CLOUDWATCH_METRIC, inverted true"}
	if !slices.Equal(seen, want) || len(regions) != 2 {
		out = append(out, g.ViolationAt(h, "%s: stands on %d checks (%s) of %d regions, want one that nobody took (%s) and "+
			"one that this home reclaimed (%s), each of its own region",
			h.Name, len(seen), strings.Join(seen, "; "), len(regions), want[0], want[1]))
	}
	return out
}

// answers judges a name for which both homes answer at once: by latency, while its endpoint is well.
func answers(g *rule.Graph, name string) []rule.Finding {
	r := g.Get(record, name)
	if r == nil {
		return []rule.Finding{none(g, name)}
	}
	var out []rule.Finding
	if !r.Exists("latencyRoutingPolicies[0].region") {
		out = append(out, g.ViolationAt(r, "%s: has no latencyRoutingPolicies, and both homes answer", name))
	}
	on := g.Via(r, check)
	probed := slices.ContainsFunc(on, func(h *rule.Resource) bool {
		return h.Text("type") == "HTTPS" && h.Exists("fqdn")
	})
	if !r.Exists(check) || !probed {
		out = append(out, g.ViolationAt(r, "%s: obeys no check of its endpoint: a home that is dead goes on to answer", name))
	}
	return out
}
