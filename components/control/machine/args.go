package machine

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/watch"
	"redoubt/internal/naming"
	"redoubt/recovery/plan"
	"redoubt/recovery/rights"
	"redoubt/system"
)

// Image is the path of the function's image, without a version.
const Image = "redoubt/recover"

// LogDays is how long the function's log is kept when Args leaves it out.
const LogDays = 90

// Args configures a Machine.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// PeerRegion is where the other home is, whether it is up or not. Required.
	PeerRegion string
	// ArbiterRegion is where the arbiter is; empty without one.
	ArbiterRegion string
	// Automatic starts the machine without a person when the arbiter's judge has given the home the work: then ArbiterRegion
	// is required.
	Automatic bool
	// Image is the function's image with its digest, redoubt/recover@sha256:...: what runs on the day is what was tried.
	// Required.
	Image string
	// Bucket is the name of the home's control bucket, where plans and inventories are kept. Required.
	Bucket pulumi.StringInput
	// KeyArns are the keys of data and logs, of this home and of the other one as far as it is known; ZoneIDs the zones of
	// the private names. At least one key.
	KeyArns, ZoneIDs pulumi.StringArrayInput
	// SwitchNamespace is that of the metrics which move the traffic. Required.
	SwitchNamespace pulumi.StringInput
	// VpcID and SubnetIDs say where the function is placed: in the private subnets of every zone. Required.
	VpcID     pulumi.StringInput
	SubnetIDs pulumi.StringArrayInput
	// Cluster is the name of the home's cluster, ClusterGroupID the security group of its API server, Namespace that of the
	// agents. Required.
	Cluster, ClusterGroupID pulumi.StringInput
	Namespace               string
	// PeerRoleArn is the role of the other home's function, which may enter the cluster too: a plan that moves work out of
	// this home stops its agents. Empty as long as the other home has no function; EKS takes no role that is not there.
	PeerRoleArn string
	// LogKeyArn encrypts the function's log and the topic. Required.
	LogKeyArn pulumi.StringInput
	// LogDays is how long the log is kept. Default: 90.
	LogDays int
	// Tell are those who are asked for an approval, and told when the function is silent.
	Tell []watch.Subscription
}

// digest is an image by its digest: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
var digest = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	bad := func(wrong bool, format string, values ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, values...))
		}
	}
	if a.LogDays == 0 {
		a.LogDays = LogDays
	}
	s := a.Scope
	bad(s.System == "" || s.Region == "" || len(s.Account) != 12 || !s.Home.Valid(), "scope is %+v, want a system, a home, "+
		"a region and an account", s)
	bad(a.PeerRegion == "" || a.PeerRegion == s.Region, "peerRegion is %q, want another region than %s", a.PeerRegion, s.Region)
	bad(!strings.HasPrefix(a.Image, Image+"@") || !digest.MatchString(a.Image), "image is %q, want %s@sha256:...", a.Image, Image)
	bad(a.ArbiterRegion == a.PeerRegion || a.ArbiterRegion == s.Region, "arbiterRegion is %q, want a third one", a.ArbiterRegion)
	bad(a.Automatic && a.ArbiterRegion == "", "automatic is true and arbiterRegion is empty: nobody decides that a home is lost")
	bad(a.Namespace == "", "namespace is empty")
	bad(a.PeerRoleArn != "" && !strings.HasPrefix(a.PeerRoleArn, "arn:aws:iam::"), "peerRoleArn is %q, want a role", a.PeerRoleArn)
	for name, in := range map[string]pulumi.StringInput{"bucket": a.Bucket, "switchNamespace": a.SwitchNamespace, "vpcId": a.VpcID,
		"cluster": a.Cluster, "clusterGroupId": a.ClusterGroupID, "logKeyArn": a.LogKeyArn} {
		bad(in == nil, "%s is required", name)
	}
	for name, in := range map[string]pulumi.StringArrayInput{"keyArns": a.KeyArns, "zoneIds": a.ZoneIDs, "subnetIds": a.SubnetIDs} {
		bad(in == nil, "%s are required", name)
	}
	return a, errors.Join(append(errs, watch.CheckSubscriptions(a.Tell)...)...)
}

// function is the function as its role knows it.
func (a Args) function() rights.Function {
	f := rights.Function{Home: a.Scope.Home, Arn: FunctionArn(a.Scope), LogGroup: a.logGroup()}
	if a.Automatic {
		f.Starts = Arn(a.Scope)
	}
	return f
}

func (a Args) logGroup() string { return "/aws/lambda/" + a.Scope.Function(part) }

// may is all that the function may do, by what AWS called the keys and zones. AWS reads a policy that is too long as a
// fault in the middle of an update; here it is one before.
func (a Args) may() pulumi.StringOutput {
	place := rights.Place{System: a.Scope.System, Account: a.Scope.Account, Regions: map[system.Home]string{
		a.Scope.Home: a.Scope.Region, a.Scope.Home.Peer(): a.PeerRegion, plan.Arbiter: a.ArbiterRegion}}
	return pulumi.All(a.KeyArns, a.ZoneIDs, a.SwitchNamespace).ApplyT(func(in []any) (string, error) {
		p := place
		p.Keys, p.Zones, p.Namespace = in[0].([]string), in[1].([]string), in[2].(string)
		doc, err := p.Of(a.function())
		return doc.JSON(), err
	}).(pulumi.StringOutput)
}
