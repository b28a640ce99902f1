package entry

import (
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

const (
	// DrainSeconds is how long a target that leaves may finish its requests; work that takes longer goes
	// through a queue. Replicas live longer than that.
	DrainSeconds = int(system.EntryDeadline / time.Second)
	// slowStartSeconds is how long a new target's share grows.
	slowStartSeconds = 30
	// maxTargetName is what a target group's logical name may have: its physical
	// name is that with eight characters more, of 32.
	maxTargetName = naming.LoadBalancerMax - 8
	// maxPriority is the last priority of a listener rule:
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
	maxPriority = 50000
)

// targets declares a target group for each agent. Pods register themselves in
// it, by address. It has no name of its own, because one that a listener uses
// cannot be deleted before its replacement is there.
func (d *declaration) targets() error {
	for _, agent := range d.args.Agents {
		group, err := lb.NewTargetGroup(d.ctx, d.targetName(agent.Name), &lb.TargetGroupArgs{
			TargetType:                    pulumi.String("ip"),
			VpcId:                         d.args.VpcID.ToStringOutput().ToStringPtrOutput(),
			Port:                          pulumi.Int(agent.Port),
			Protocol:                      pulumi.String("HTTP"),
			DeregistrationDelay:           pulumi.Int(DrainSeconds),
			SlowStart:                     pulumi.Int(slowStartSeconds),
			LoadBalancingCrossZoneEnabled: pulumi.String(crossZone(agent)),
			TargetGroupHealth:             health(agent),
			HealthCheck: lb.TargetGroupHealthCheckArgs{
				Protocol:           pulumi.String("HTTP"),
				Path:               pulumi.String("/readyz"),
				Port:               pulumi.String("traffic-port"),
				Matcher:            pulumi.String("200"),
				Interval:           pulumi.Int(10),
				Timeout:            pulumi.Int(5),
				HealthyThreshold:   pulumi.Int(2),
				UnhealthyThreshold: pulumi.Int(2),
			},
		}, d.options()...)
		if err != nil {
			return err
		}
		d.groups[agent.Name] = group
	}
	return nil
}

func (d *declaration) targetName(agent string) string {
	return d.part(naming.Join(maxTargetName-len(d.part("")), agent))
}

// everyZone reports whether the agent has a replica for each zone.
func everyZone(agent system.Agent) bool { return agent.Replicas >= zones }

// crossZone says whether a zone's address may use the other zones' replicas.
// An agent that stands in every zone keeps each zone to itself: a zone that
// fails half-way spoils only its own third, and a zonal shift takes all of it.
// With fewer replicas than zones some address would have nothing behind it.
func crossZone(agent system.Agent) string {
	if everyZone(agent) {
		return "false"
	}
	return "true"
}

// health says when a zone's address leaves the DNS answer: when none of its
// replicas of an agent that should stand there is healthy. An agent with fewer
// replicas than zones never takes an address away from the others.
func health(agent system.Agent) lb.TargetGroupTargetGroupHealthArgs {
	leave := "off"
	if everyZone(agent) {
		leave = "1"
	}
	return lb.TargetGroupTargetGroupHealthArgs{
		DnsFailover: lb.TargetGroupTargetGroupHealthDnsFailoverArgs{
			MinimumHealthyTargetsCount:      pulumi.String(leave),
			MinimumHealthyTargetsPercentage: pulumi.String("off"),
		},
		UnhealthyStateRouting: lb.TargetGroupTargetGroupHealthUnhealthyStateRoutingArgs{
			MinimumHealthyTargetsCount:      pulumi.Int(1),
			MinimumHealthyTargetsPercentage: pulumi.String("off"),
		},
	}
}

// rules sends each agent's name to its target group.
func (d *declaration) rules(https *lb.Listener) error {
	at := priorities(d.args.Agents)
	for _, agent := range d.args.Agents {
		hosts := pulumi.StringArray{pulumi.String(d.args.under(agent.Name))}
		if d.args.active(agent) {
			hosts = append(hosts, pulumi.String(d.args.under(homeLabel(agent.Name, d.args.Scope.Home))))
		}
		_, err := lb.NewListenerRule(d.ctx, d.part("to-"+agent.Name), &lb.ListenerRuleArgs{
			ListenerArn: https.Arn,
			Priority:    pulumi.Int(at[agent.Name]),
			Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
				HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: hosts},
			}},
			Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
				Type: pulumi.String("forward"), TargetGroupArn: d.groups[agent.Name].Arn,
			}},
		}, d.options()...)
		if err != nil {
			return err
		}
	}
	return nil
}

// priorities gives each rule a number of its own that does not depend on the
// order of the agents, so that a new agent leaves the other rules alone. The
// hosts are all different, so the order of the rules means nothing.
func priorities(agents []system.Agent) map[string]int {
	sorted := slices.Clone(agents)
	slices.SortFunc(sorted, func(a, b system.Agent) int { return strings.Compare(a.Name, b.Name) })
	out, used := map[string]int{}, map[int]bool{}
	for _, agent := range sorted {
		h := fnv.New32a()
		_, _ = h.Write([]byte(agent.Name))
		n := int(h.Sum32()%maxPriority) + 1
		for used[n] {
			n = n%maxPriority + 1
		}
		out[agent.Name], used[n] = n, true
	}
	return out
}
