// Package control keeps what a recovery needs on the day on which neither the
// other region nor the state backend answers. Each home keeps two inventories in
// its own region: its own, and its peer's as last seen.
package control

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/system"
)

// Type is part of every URN below a Control. Changing it replaces live
// parameters unless New also gains an alias for the old type.
const Type = "redoubt:control:Control"

// Args configures a Control.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Bucket is the name of the home's control bucket. It must not replicate:
	// the two homes write the same keys, each with what it knows. Required.
	Bucket pulumi.StringInput
	// KeyArn is the home's key that encrypts the documents. Required.
	KeyArn pulumi.StringInput
	// Own is the inventory of this home, as inventory.Encode writes it. Required.
	Own pulumi.StringInput
	// Peer is the peer's inventory as last seen; empty as long as the peer was
	// never seen. It is plain Go because it decides what exists. A blank
	// document is refused, so it can never replace one that was stored.
	Peer string
	// Protect keeps the stored copies from being deleted, also by a run that
	// was given no peer. Only taking everything down switches it off.
	Protect bool
}

// Control is one home's copies of the inventories: an object for each, and a
// parameter that points to the object and tells its hash.
type Control struct {
	pulumi.ResourceState

	// OwnKey is the key of the object that holds this home's inventory.
	OwnKey pulumi.StringOutput `pulumi:"ownKey"`
	// OwnParameter is the name of the parameter that points to it.
	OwnParameter pulumi.StringOutput `pulumi:"ownParameter"`
}

// New registers the copies under name, in the region of the provider in opts.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Control, error) {
	c, err := newControl(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("control %q: %w", name, err)
	}
	return c, nil
}

func newControl(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Control, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Control{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "bucket": a.Bucket, "peerSeen": pulumi.Bool(a.Peer != ""),
	}, c, opts...); err != nil {
		return nil, err
	}
	own, parameter, err := keep(ctx, c, name+"-own", document{a, a.Scope.Home, a.Own})
	if err != nil {
		return nil, err
	}
	if a.Peer != "" {
		peer := document{a, a.Scope.Home.Peer(), pulumi.String(a.Peer)}
		if _, _, err := keep(ctx, c, name+"-peer", peer); err != nil {
			return nil, err
		}
	}
	c.OwnKey, c.OwnParameter = own.Key, parameter.Name
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"ownKey": c.OwnKey, "ownParameter": c.OwnParameter})
}

// document is one inventory and the home that it speaks for.
type document struct {
	Args
	of      system.Home
	content pulumi.StringInput
}

// keep stores one document and the pointer to it. The pointer comes second, so
// that it never tells of bytes that are not there.
func keep(ctx *pulumi.Context, c *Control, name string, d document) (*s3.BucketObjectv2, *ssm.Parameter, error) {
	child := func(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
		return append(more, pulumi.Parent(c), pulumi.Protect(d.Protect))
	}
	key := inventory.ObjectKey(d.of)
	object, err := s3.NewBucketObjectv2(ctx, name, &s3.BucketObjectv2Args{
		Bucket:               d.Bucket,
		Key:                  pulumi.String(key),
		Content:              d.checked(),
		ContentType:          pulumi.String("application/json"),
		ServerSideEncryption: pulumi.String("aws:kms"),
		KmsKeyId:             d.KeyArn,
		BucketKeyEnabled:     pulumi.Bool(true),
	}, child()...)
	if err != nil {
		return nil, nil, err
	}
	parameter, err := ssm.NewParameter(ctx, name+"-pointer", &ssm.ParameterArgs{
		Name:        pulumi.String(d.Scope.Path("inventory", string(d.of))),
		Description: pulumi.Sprintf("Where the inventory of the %s home is kept, and its hash.", d.of),
		Type:        pulumi.String("String"),
		Tier:        pulumi.String("Standard"),
		// A pointer is no secret; shown in previews, it tells whether an inventory changes.
		InsecureValue: pulumi.All(d.Bucket, d.content).ApplyT(func(in []any) (string, error) {
			return pointer(in[0].(string), key, in[1].(string))
		}).(pulumi.StringOutput),
	}, child(pulumi.DependsOn([]pulumi.Resource{object}))...)
	return object, parameter, err
}

// checked passes the content on only if it is an inventory of this system and home.
func (d document) checked() pulumi.StringOutput {
	return d.content.ToStringOutput().ApplyT(func(content string) (string, error) {
		return content, d.check(content)
	}).(pulumi.StringOutput)
}

func (d document) check(content string) error {
	inv, err := inventory.Decode([]byte(content))
	if err != nil {
		return err
	}
	var errs []error
	if inv.Home != d.of {
		errs = append(errs, fmt.Errorf("inventory is of the %s home, want %s", inv.Home, d.of))
	}
	if inv.System != d.Scope.System {
		errs = append(errs, fmt.Errorf("inventory is of system %q, want %q", inv.System, d.Scope.System))
	}
	return errors.Join(errs...)
}

func pointer(bucket, key, content string) (string, error) {
	p, err := inventory.PointTo(bucket, key, []byte(content))
	if err != nil {
		return "", err
	}
	raw, err := p.Encode()
	return string(raw), err
}

// resolve returns a checked copy. A peer's document is plain, so it is checked
// before anything is registered.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	if a.Scope.System == "" || a.Scope.Region == "" || !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system, a home and a region", a.Scope))
	}
	for name, in := range map[string]pulumi.StringInput{"bucket": a.Bucket, "keyArn": a.KeyArn, "own": a.Own} {
		if in == nil {
			errs = append(errs, fmt.Errorf("%s is required", name))
		}
	}
	if a.Peer != "" {
		if err := (document{Args: a, of: a.Scope.Home.Peer()}).check(a.Peer); err != nil {
			errs = append(errs, fmt.Errorf("peer (pass the last known copy, or nothing before the first): %w", err))
		}
	}
	return a, errors.Join(errs...)
}
