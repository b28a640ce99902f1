package cluster

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

var (
	versionForm = regexp.MustCompile(`^1\.[0-9]{2}$`)
	roleForm    = regexp.MustCompile(`^arn:aws:iam::[0-9]{12}:role/.+$`)
)

// resolve returns a checked copy with the defaults filled in.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.Version == "" {
		a.Version = DefaultVersion
	}
	if a.LogDays == 0 {
		a.LogDays = 90
	}
	return a, errors.Join(
		a.checkScope(), a.checkZones(), a.checkRanges(), a.checkAccess(), a.checkInputs(), a.Size.check(),
	)
}

func (a Args) checkScope() error {
	var errs []error
	if a.Scope.System == "" {
		errs = append(errs, errors.New("scope.system is empty"))
	}
	if !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope.home is %q, want primary or secondary", a.Scope.Home))
	}
	if !versionForm.MatchString(a.Version) {
		errs = append(errs, fmt.Errorf("version is %q, want a minor version such as %s", a.Version, DefaultVersion))
	}
	return errors.Join(errs...)
}

func (a Args) checkZones() error {
	var errs []error
	if len(a.Zones) != Zones {
		errs = append(errs, fmt.Errorf("zones are %d, want %d", len(a.Zones), Zones))
	}
	for i, zone := range a.Zones {
		if slices.Contains(a.Zones[:i], zone) {
			errs = append(errs, fmt.Errorf("zone %q is named twice", zone))
		}
		if len(zone) != len(a.Scope.Region)+1 || zone[:len(zone)-1] != a.Scope.Region {
			errs = append(errs, fmt.Errorf("zone %q is not in region %q", zone, a.Scope.Region))
		}
	}
	switch ids := a.SubnetIDs.(type) {
	case nil:
		errs = append(errs, errors.New("subnetIds are required"))
	case pulumi.StringArray:
		if len(ids) != Zones {
			errs = append(errs, fmt.Errorf("subnetIds are %d, want %d, one for each zone", len(ids), Zones))
		}
	}
	return errors.Join(errs...)
}

// checkRanges holds what EKS takes as the range of services:
// https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
func (a Args) checkRanges() error {
	var errs []error
	switch c := a.ServiceCIDR; {
	case !c.IsValid() || !c.Addr().Is4():
		errs = append(errs, fmt.Errorf("serviceCidr is %v, want an IPv4 range", c))
	case c.Bits() < 12 || c.Bits() > 24:
		errs = append(errs, fmt.Errorf("serviceCidr is a /%d, want /12 to /24", c.Bits()))
	case !c.Addr().IsPrivate():
		errs = append(errs, fmt.Errorf("serviceCidr %v is public", c))
	}
	for _, cidr := range a.CallerCIDRs {
		p, err := netip.ParsePrefix(cidr)
		switch {
		case err != nil || p != p.Masked():
			errs = append(errs, fmt.Errorf("callerCidrs has %q, want an address range such as 203.0.113.0/24", cidr))
		case p.Bits() == 0:
			errs = append(errs, fmt.Errorf("callerCidrs has %q, which is everybody: name the ranges of the runners", cidr))
		}
	}
	return errors.Join(errs...)
}

// checkAccess holds that somebody can enter: the creator is no administrator by itself.
func (a Args) checkAccess() error {
	var errs []error
	if len(a.Admins) == 0 {
		errs = append(errs, errors.New("admins are empty: nobody could enter the cluster; "+
			"name the role that runs the updates"))
	}
	errs = append(errs, checkRoles("admin", a.Admins)...)
	errs = append(errs, checkRoles("viewer", a.Viewers)...)
	for _, arn := range a.Viewers {
		if slices.Contains(a.Admins, arn) { // EKS has one entry for each role
			errs = append(errs, fmt.Errorf("viewer %q is an admin too: name it once", arn))
		}
	}
	return errors.Join(errs...)
}

// checkRoles holds that each is the ARN of a role, and that their resources get different names.
func checkRoles(as string, arns []string) (errs []error) {
	for i, arn := range arns {
		if !roleForm.MatchString(arn) {
			errs = append(errs, fmt.Errorf("%s %q is not the ARN of an IAM role", as, arn))
		}
		if slices.ContainsFunc(arns[:i], func(b string) bool { return naming.Last(b) == naming.Last(arn) }) {
			errs = append(errs, fmt.Errorf("two %ss are called %q", as, naming.Last(arn)))
		}
	}
	return errs
}

func (a Args) checkInputs() error {
	var errs []error
	for _, in := range []struct {
		name  string
		value pulumi.StringInput
	}{{"secretKeyArn", a.SecretKeyArn}, {"volumeKeyArn", a.VolumeKeyArn}, {"logKeyArn", a.LogKeyArn}} {
		if in.value == nil {
			errs = append(errs, fmt.Errorf("%s is required", in.name))
		}
	}
	return errors.Join(errs...)
}

// inputs are what the component's own state remembers.
func (a Args) inputs() pulumi.Map {
	return pulumi.Map{
		"version":      pulumi.String(a.Version),
		"instanceType": pulumi.String(a.Size.InstanceType),
		"runningNodes": pulumi.Int(a.Size.Running),
		"activeNodes":  pulumi.Int(a.Size.Active),
		"reserved":     pulumi.Int(a.Size.Reserved),
	}
}
