package entry

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/system"
)

const (
	anywhere = "0.0.0.0/0"
	// zones is how many zones a home stands in.
	zones = 3
	// maxAgents is how many target groups a load balancer serves:
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
	maxAgents = 100
	// maxName leaves room for an agent's name in the 24 characters that a target
	// group's logical name may have, because its physical name adds eight.
	maxName = 12
)

// Args configures an Entry.
type Args struct {
	// Scope says whose entry it is and where. Required.
	Scope naming.Scope
	// Peer is the other home's entry, nil while it does not exist. Only the
	// primary waits for it: the switch stands on the secondary's alarm.
	Peer *Peer
	// Domain is the name users call. Required.
	Domain string
	// ZoneID is the hosted zone of the domain: the primary's own (see NewZone),
	// which the secondary knows from the inventory. Required.
	ZoneID pulumi.StringInput
	// VpcID and PublicSubnetIDs, one in each of three zones, hold the load
	// balancer. Required.
	VpcID           pulumi.StringInput
	PublicSubnetIDs pulumi.StringArrayInput
	// CertificateArn is this region's certificate for the domain and the names
	// right below it. Required.
	CertificateArn pulumi.StringInput
	// Agents are the public agents. The first one also answers for the domain
	// itself and for the home's own name. At least one.
	Agents []system.Agent
	// Strategies are the strategies of the agents' tiers, by tier.
	Strategies map[string]system.Strategy
	// ClientCIDRs may call the entry. Nil means everybody.
	ClientCIDRs []string
	// CheckerPrefixListID is this region's managed prefix list
	// com.amazonaws.REGION.route53-healthchecks. Required when ClientCIDRs does not
	// let everybody in, because the health checkers must get in.
	CheckerPrefixListID string
	// TargetCIDRs are the addresses of the agents, as narrow as they are known.
	// Nil means any address, on the agents' ports only.
	TargetCIDRs []string
	// AccessLogs is where requests are logged. Nil means nowhere.
	AccessLogs *AccessLogs
	// Switch is inventory.MetricSwitch or inventory.ARCSwitch, whose cluster costs
	// 2.50 dollars an hour. Empty means MetricSwitch.
	Switch string
	// Protect guards load balancer, records and switch against deletion.
	Protect bool
}

// Peer is the other home's entry.
type Peer struct {
	// Region is the other home's region. Required.
	Region string
	// HealthCheckID is the health check that the primary made for the secondary's
	// record; only an ARCSwitch has one.
	HealthCheckID pulumi.StringInput
}

// AccessLogs is where a load balancer logs requests.
type AccessLogs struct {
	// Bucket must be encrypted with S3's own keys, because log delivery knows no
	// others, and its policy must let log delivery write. Required.
	Bucket pulumi.StringInput
	Prefix string
}

var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// resolve returns a checked copy with the defaults filled in. It reads plain
// Go values only: outputs are unknown during a preview.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.Switch == "" {
		a.Switch = inventory.MetricSwitch
	}
	if len(a.ClientCIDRs) == 0 {
		a.ClientCIDRs = []string{anywhere}
	}
	if len(a.TargetCIDRs) == 0 {
		a.TargetCIDRs = []string{anywhere}
	}
	errs := slices.Concat(a.checkPlace(), a.checkInputs(), a.checkCallers(), a.checkAgents())
	return a, errors.Join(errs...)
}

func (a Args) checkPlace() []error {
	var errs []error
	if s := a.Scope; s.System == "" || s.Region == "" || s.Account == "" || !s.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want system, home, region and account", s))
	}
	if strings.HasPrefix(a.balancerName(), "internal-") {
		errs = append(errs, fmt.Errorf("load balancer would be called %q, and AWS keeps internal- for itself",
			a.balancerName()))
	}
	if p := a.Peer; p != nil && (p.Region == "" || p.Region == a.Scope.Region) {
		errs = append(errs, fmt.Errorf("peer.region is %q, want another region than %q", p.Region, a.Scope.Region))
	}
	if a.Switch != inventory.MetricSwitch && a.Switch != inventory.ARCSwitch {
		errs = append(errs, fmt.Errorf("switch is %q, want %s or %s", a.Switch, inventory.MetricSwitch, inventory.ARCSwitch))
	}
	if a.needsPeerCheck() && (a.Peer == nil || a.Peer.HealthCheckID == nil) {
		errs = append(errs, errors.New("peer.healthCheckId is not given, and an arc switch needs it in the secondary"))
	}
	if a.Domain == "" || strings.HasSuffix(a.Domain, ".") {
		errs = append(errs, fmt.Errorf("domain is %q, want a name without final dot", a.Domain))
	}
	return errs
}

func (a Args) checkInputs() []error {
	var errs []error
	given := map[string]bool{
		"zoneId": a.ZoneID != nil, "vpcId": a.VpcID != nil, "publicSubnetIds": a.PublicSubnetIDs != nil,
		"certificateArn":    a.CertificateArn != nil,
		"accessLogs.bucket": a.AccessLogs == nil || a.AccessLogs.Bucket != nil,
	}
	for _, name := range []string{"zoneId", "vpcId", "publicSubnetIds", "certificateArn", "accessLogs.bucket"} {
		if !given[name] {
			errs = append(errs, fmt.Errorf("%s is not given", name))
		}
	}
	return errs
}

func (a Args) checkCallers() []error {
	var errs []error
	for _, cidr := range slices.Concat(a.ClientCIDRs, a.TargetCIDRs) {
		if p, err := netip.ParsePrefix(cidr); err != nil || !p.Addr().Is4() {
			errs = append(errs, fmt.Errorf("%q is not an IPv4 range such as 203.0.113.0/24", cidr))
		}
	}
	if !slices.Contains(a.ClientCIDRs, anywhere) && a.CheckerPrefixListID == "" {
		errs = append(errs, errors.New("checkerPrefixListId is not given, and clientCidrs keeps the health checkers out"))
	}
	return errs
}

func (a Args) checkAgents() []error {
	var errs []error
	if n := len(a.Agents); n < 1 || n > maxAgents {
		errs = append(errs, fmt.Errorf("agents has %d, want 1 to %d public ones", n, maxAgents))
	}
	taken := map[string]string{string(system.Primary): "a home", string(system.Secondary): "a home"}
	claim := func(name, by string) {
		if other, twice := taken[name]; twice {
			errs = append(errs, fmt.Errorf("name %q of %s is taken by %s", name, by, other))
		}
		taken[name] = by
	}
	for _, agent := range a.Agents {
		who := fmt.Sprintf("agent %q", agent.Name)
		if !label.MatchString(agent.Name) {
			errs = append(errs, fmt.Errorf("%s: want a DNS label", who))
		}
		if !agent.Public {
			errs = append(errs, fmt.Errorf("%s is not public", who))
		}
		if agent.Port < 1 || agent.Port > 65535 {
			errs = append(errs, fmt.Errorf("%s: port is %d, want 1 to 65535", who, agent.Port))
		}
		strategy, known := a.Strategies[agent.Tier]
		if !known {
			errs = append(errs, fmt.Errorf("%s: tier %q has no strategy", who, agent.Tier))
		}
		claim(agent.Name, who)
		if strategy == system.ActiveActive {
			for _, home := range system.Homes {
				claim(homeLabel(agent.Name, home), who)
			}
		}
	}
	return errs
}

// needsPeerCheck is true for the home whose record obeys a check of the other's.
func (a Args) needsPeerCheck() bool {
	return a.Switch == inventory.ARCSwitch && a.Scope.Home == system.Secondary
}

// active reports whether both homes answer for the agent at the same time.
func (a Args) active(agent system.Agent) bool { return a.Strategies[agent.Tier] == system.ActiveActive }

func (a Args) balancerName() string { return a.Scope.LoadBalancer("entry") }

// under returns a name right below the domain.
func (a Args) under(label string) string { return label + "." + a.Domain }

// homeName is this home's own name.
func (a Args) homeName() string { return a.under(string(a.Scope.Home)) }

// homeLabel is the label under which one home alone answers for an agent. It
// stays one label below the domain, so that the wildcard certificate covers it.
func homeLabel(agent string, home system.Home) string { return agent + "-" + string(home) }
