package entry

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ZoneType is part of every URN below a Zone. Changing it replaces a live zone
// unless NewZone also gains an alias for the old type.
const ZoneType = "redoubt:entry:Zone"

// ZoneArgs configures a Zone.
type ZoneArgs struct {
	// Domain is the zone's name. Required.
	Domain string
	// AdoptID is the id of an existing public zone of the domain to use instead
	// of creating one. The zone is then never changed or deleted.
	AdoptID string
	// Protect guards the zone against deletion.
	Protect bool
}

// Zone is the public hosted zone of the domain. Route 53 belongs to no region:
// the primary declares the zone, the secondary knows it from the inventory.
type Zone struct {
	pulumi.ResourceState

	// ZoneID is the zone's id.
	ZoneID pulumi.StringOutput `pulumi:"zoneId"`
	// NameServers are what the parent domain must delegate to; empty for an
	// adopted zone, which is delegated to already.
	NameServers pulumi.StringArrayOutput `pulumi:"nameServers"`
}

var zoneID = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)

// NewZone registers the zone under name.
func NewZone(ctx *pulumi.Context, name string, args *ZoneArgs, opts ...pulumi.ResourceOption) (*Zone, error) {
	z, err := buildZone(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("zone %q: %w", name, err)
	}
	return z, nil
}

func buildZone(ctx *pulumi.Context, name string, args *ZoneArgs, opts []pulumi.ResourceOption) (*Zone, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	c := &Zone{}
	if err := ctx.RegisterComponentResourceV2(ZoneType, name, pulumi.Map{
		"domain": pulumi.String(args.Domain),
	}, c, opts...); err != nil {
		return nil, err
	}
	c.ZoneID = pulumi.String(args.AdoptID).ToStringOutput()
	c.NameServers = pulumi.StringArray{}.ToStringArrayOutput()
	if args.AdoptID == "" {
		z, err := route53.NewZone(ctx, name+"-zone", &route53.ZoneArgs{
			Name:    pulumi.String(args.Domain),
			Comment: pulumi.String("Public names of " + args.Domain),
			// Records that somebody else made keep the zone from being deleted.
			ForceDestroy: pulumi.Bool(false),
		}, pulumi.Parent(c), pulumi.Protect(args.Protect))
		if err != nil {
			return nil, err
		}
		c.ZoneID, c.NameServers = z.ZoneId, z.NameServers
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"zoneId": c.ZoneID, "nameServers": c.NameServers})
}

func (args *ZoneArgs) check() error {
	if args == nil {
		return errors.New("args are required")
	}
	var errs []error
	if args.Domain == "" || strings.HasSuffix(args.Domain, ".") {
		errs = append(errs, fmt.Errorf("domain is %q, want a name without final dot", args.Domain))
	}
	if args.AdoptID != "" && !zoneID.MatchString(args.AdoptID) {
		errs = append(errs, fmt.Errorf("adoptId is %q, want the id of a hosted zone such as Z0123ABC", args.AdoptID))
	}
	return errors.Join(errs...)
}
