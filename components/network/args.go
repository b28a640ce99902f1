package network

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/regions"
	"redoubt/system"
)

// DefaultEndpoints are the services that agents, nodes and stores call by
// themselves. Without an endpoint each such call would need a NAT gateway, and a cluster
// whose NAT gateways are lost could not even report so. The nodes' part:
// https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
var DefaultEndpoints = []string{
	"appconfigdata", "autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "events",
	"kms", "logs", "monitoring", "rds", "secretsmanager", "sns", "sqs", "ssm", "ssmmessages", "sts", "xray",
}

// retentions are the days that CloudWatch Logs can keep a group:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var retentions = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

var (
	endpointForm = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*$`)
	accountForm  = regexp.MustCompile(`^[0-9]{12}$`)
)

// resolved is a checked copy of Args with what follows from it.
type resolved struct {
	Args
	// letters are the suffixes of the zones: eu-west-1a is "a".
	letters []string
	// carved are the subnets' ranges; empty for an adopted VPC.
	carved regions.Subnets
}

// resolve returns a checked copy with the defaults filled in.
func (args *Args) resolve() (resolved, error) {
	if args == nil {
		return resolved{}, errors.New("args are required")
	}
	r := resolved{Args: *args}
	if r.FlowLogDays == 0 {
		r.FlowLogDays = 90
	}
	if r.Endpoints == nil {
		r.Endpoints = DefaultEndpoints
	}
	r.Endpoints = slices.Clone(r.Endpoints)
	slices.Sort(r.Endpoints)
	err := errors.Join(r.checkSite(), r.checkZones(), r.checkPeer(), r.checkAdopt(), r.checkServices())
	if err != nil {
		return r, err
	}
	if r.Adopt == nil {
		r.carved, err = regions.CarveSubnets(r.Site.CIDR, Zones)
	}
	return r, err
}

func (r *resolved) checkSite() error {
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	s, site := r.Scope, r.Site
	if s.System == "" {
		add("scope has no system")
	}
	if !site.Home.Valid() {
		add("home is %q, want primary or secondary", site.Home)
	}
	if site.Region == "" {
		add("site has no region")
	}
	if !accountForm.MatchString(site.Account) {
		add("account is %q, want twelve digits", site.Account)
	}
	if s.Home != site.Home || s.Region != site.Region || s.Account != site.Account {
		add("scope is of %s in %s of %s, but the site is %s in %s of %s",
			s.Home, s.Region, s.Account, site.Home, site.Region, site.Account)
	}
	switch {
	case !site.CIDR.IsValid():
		add("cidr is missing")
	case site.CIDR != site.CIDR.Masked():
		add("cidr is %s, want %s", site.CIDR, site.CIDR.Masked())
	}
	return errors.Join(errs...)
}

func (r *resolved) checkZones() error {
	var errs []error
	if got := len(r.Site.Zones); got != Zones {
		errs = append(errs, fmt.Errorf("zones are %d, want %d", got, Zones))
	}
	for n, zone := range r.Site.Zones {
		letter, ok := strings.CutPrefix(zone, r.Site.Region)
		if !ok || letter == "" {
			errs = append(errs, fmt.Errorf("zone %q is not in region %q", zone, r.Site.Region))
		}
		if slices.Contains(r.Site.Zones[:n], zone) {
			errs = append(errs, fmt.Errorf("zone %q is named twice", zone))
		}
		r.letters = append(r.letters, letter)
	}
	return errors.Join(errs...)
}

func (r *resolved) checkPeer() error {
	if r.Peer == nil {
		return nil
	}
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf("peer: "+format, values...)) }
	switch {
	case r.Peer.Region == "":
		add("region is missing")
	case r.Peer.Region == r.Site.Region:
		add("region is %s, which is this home's own", r.Peer.Region)
	}
	switch {
	case !r.Peer.CIDR.IsValid():
		add("cidr is missing")
	case r.Peer.CIDR != r.Peer.CIDR.Masked():
		add("cidr is %s, want %s", r.Peer.CIDR, r.Peer.CIDR.Masked())
	case r.Site.CIDR.IsValid() && r.Peer.CIDR.Overlaps(r.Site.CIDR):
		add("cidr %s overlaps this home's %s", r.Peer.CIDR, r.Site.CIDR)
	}
	if r.Site.Home == system.Secondary && r.Peer.VpcID == "" {
		add("vpc is missing: the secondary home requests the peering with the primary's")
	}
	if r.Site.Home == system.Primary && r.Peer.PeeringID == "" {
		add("peering is missing: the primary home accepts what the secondary has requested")
	}
	return errors.Join(errs...)
}

func (r *resolved) checkAdopt() error {
	if r.Adopt == nil {
		return nil
	}
	var errs []error
	if r.Adopt.VpcID == "" {
		errs = append(errs, errors.New("adopt: vpc is missing"))
	}
	seen := map[string]string{}
	check := func(what string, ids []string, fewest, most int) {
		if len(ids) < fewest || len(ids) > most {
			errs = append(errs, fmt.Errorf("adopt: %s are %d, want %s", what, len(ids), span(fewest, most)))
		}
		for _, id := range ids {
			if first, again := seen[id]; again {
				errs = append(errs, fmt.Errorf("adopt: %q is among the %s and the %s", id, first, what))
			}
			if id == "" {
				errs = append(errs, fmt.Errorf("adopt: %s have an empty id", what))
			}
			seen[id] = what
		}
	}
	check("public subnets", r.Adopt.PublicSubnetIDs, Zones, Zones)
	check("private subnets", r.Adopt.PrivateSubnetIDs, Zones, Zones)
	check("isolated subnets", r.Adopt.IsolatedSubnetIDs, Zones, Zones)
	check("private route tables", r.Adopt.PrivateRouteTableIDs, 1, Zones)
	check("isolated route tables", r.Adopt.IsolatedRouteTableIDs, 0, Zones)
	return errors.Join(errs...)
}

func span(fewest, most int) string {
	if fewest == most {
		return fmt.Sprint(most)
	}
	return fmt.Sprintf("%d to %d", fewest, most)
}

func (r *resolved) checkServices() error {
	var errs []error
	if !slices.Contains(retentions, r.FlowLogDays) {
		errs = append(errs, fmt.Errorf("flow logs are kept for %d days, want one of %v", r.FlowLogDays, retentions))
	}
	if r.Adopt == nil && r.LogKeyArn == nil {
		errs = append(errs, errors.New("log key is missing"))
	}
	for n, e := range r.Endpoints {
		switch {
		case e == "s3" || e == "dynamodb":
			errs = append(errs, fmt.Errorf("endpoint %q is a gateway and always there", e))
		case !endpointForm.MatchString(e):
			errs = append(errs, fmt.Errorf("endpoint %q is no name of a service, such as ecr.api", e))
		case n > 0 && r.Endpoints[n-1] == e:
			errs = append(errs, fmt.Errorf("endpoint %q is named twice", e))
		}
	}
	return errors.Join(errs...)
}

// inputs are what the component shows of its args in the state.
func (r *resolved) inputs() pulumi.Map {
	in := pulumi.Map{
		"home":  pulumi.String(r.Site.Home),
		"cidr":  pulumi.String(r.Site.CIDR.String()),
		"zones": pulumi.ToStringArray(r.Site.Zones),
	}
	if r.Adopt != nil {
		in["adopted"] = pulumi.String(r.Adopt.VpcID)
	} else {
		in["flowLogDays"] = pulumi.Int(r.FlowLogDays)
		in["endpoints"] = pulumi.ToStringArray(r.Endpoints)
	}
	if r.Peer != nil {
		in["peer"] = pulumi.String(r.Peer.Region)
	}
	return in
}
