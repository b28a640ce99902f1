// Package nodecapacity holds the rule node-capacity.
package nodecapacity

import (
	"fmt"
	"strconv"
	"strings"

	"redoubt/policies/rule"
)

const (
	deployment  = "kubernetes:apps/v1:Deployment"
	group       = "aws:eks/nodeGroup:NodeGroup"
	reservation = "aws:ec2/capacityReservation:CapacityReservation"
)

// Rule is the rule node-capacity.
var Rule = rule.Rule{
	ID:    "node-capacity",
	Title: "The machines of all zones but one have room for every critical agent",
	Why: "A pod without a machine waits for one that is launched, in the hour in which everybody launches: it " +
		"may never come.",
	Source:   "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/static-stability.html",
	Severity: rule.High,
	Remedy: "Give the node groups the size that components/cluster counts (NodesPerZone), or reserve so many " +
		"machines.",
	Stack: &rule.StackRule{Check: check},
}

// room is processors in thousandths of a core, and memory in MiB.
type room struct{ cpu, memory int }

func (r room) times(n int) room { return room{r.cpu * n, r.memory * n} }
func (r room) plus(o room) room { return room{r.cpu + o.cpu, r.memory + o.memory} }

// String says what it is for a person.
func (r room) String() string {
	return fmt.Sprintf("%dm of processor and %d MiB of memory", r.cpu, r.memory)
}

// check compares sums, which is less than the scheduler asks for: what does not
// fit in sum fits in no way (components/cluster places the pods one by one).
func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	g.About("the machines of the %s home", g.Home)
	running, active := need(g)
	out := fits(g, "run", group, "scalingConfig.desiredSize", "instanceTypes[0]", running)
	return append(out, fits(g, "are kept", reservation, "instanceCount", "instanceType", active)...)
}

// need is what the critical agents ask for: those that run here from the start,
// and all that a plan may start here.
func need(g *rule.Graph) (running, active room) {
	for _, a := range g.System.Agents {
		d := g.Get(deployment, "agents-"+a.Name+"-deployment")
		if tier, _ := g.System.Tier(a.Tier); d == nil || !tier.Critical {
			continue
		}
		each := room{}
		for _, c := range lasting(d) {
			asks := c.At("resources.requests")
			each = each.plus(room{
				quantity(asks.At("cpu").Text(), 1000, map[string]float64{"m": 1}),
				quantity(asks.At("memory").Text(), 1.0/(1<<20), map[string]float64{"Ki": 1.0 / 1024, "Mi": 1, "Gi": 1024}),
			})
		}
		first := d.Int("spec.replicas")
		running = running.plus(each.times(first))
		active = active.plus(each.times(max(first, a.Replicas)))
	}
	return running, active
}

// lasting are the containers that run together: the agent's, and those that begin before it and stay.
func lasting(d *rule.Resource) []rule.Value {
	out := d.List("spec.template.spec.containers")
	for _, c := range d.List("spec.template.spec.initContainers") {
		if c.At("restartPolicy").Text() == "Always" {
			out = append(out, c)
		}
	}
	return out
}

// fits judges what is left of the machines of a type when the zone with most of them is lost.
func fits(g *rule.Graph, how, typ, count, machine string, want room) []rule.Finding {
	var all, most room
	zones := g.OfType(typ)
	for _, z := range zones {
		one, err := instance(z.Text(machine))
		if err != nil {
			return []rule.Finding{g.NotJudged("%s: %v", z.Name, err)}
		}
		here := one.times(z.Int(count))
		all = all.plus(here)
		most = room{max(most.cpu, here.cpu), max(most.memory, here.memory)}
	}
	left := room{all.cpu - most.cpu, all.memory - most.memory}
	switch {
	case len(zones) == 0 || left.cpu >= want.cpu && left.memory >= want.memory:
		return nil // not every home reserves
	case len(zones) < 3:
		return []rule.Finding{g.NotJudged("%d zones that have %s are too few to lose one (nodes-per-zone)", len(zones), typ)}
	}
	return []rule.Finding{g.ViolationAt(zones[0], "those that %s (%s) have %s without the zone that has most, "+
		"want %s for the critical agents", how, count, left, want)}
}

// quantity reads a number of Kubernetes (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
func quantity(text string, plain float64, units map[string]float64) int {
	for unit, factor := range units {
		if number, has := strings.CutSuffix(text, unit); has {
			text, plain = number, factor
		}
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return int(n * plain)
}

// memoryOf is the memory of a processor in MiB, by the first letter of a family
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
var memoryOf = map[byte]int{'c': 2 << 10, 'm': 4 << 10, 'r': 8 << 10}

// instance is what a machine of a type has, before the system's own share.
func instance(name string) (room, error) {
	family, size, _ := strings.Cut(name, ".")
	cpus := 0
	switch times, large := strings.CutSuffix(size, "xlarge"); {
	case size == "large":
		cpus = 2
	case size == "xlarge":
		cpus = 4
	case large:
		n, _ := strconv.Atoi(times)
		cpus = 4 * n
	}
	if family == "" || memoryOf[family[0]] == 0 || cpus == 0 {
		return room{}, fmt.Errorf("nobody knows how large a machine of type %q is", name)
	}
	return room{1000 * cpus, memoryOf[family[0]] * cpus}, nil
}
