// Package quotas asks AWS for room. A home that is to receive everything can
// be stopped by a number: a region where an account never ran more than a standby may not start the rest.
// Raising a quota can take AWS days, so that it is done long before a recovery needs it.
//
// What the provider does decides how this is declared
// (https://www.pulumi.com/registry/packages/aws/api-docs/servicequotas/servicequota/): it refuses to begin
// with less than the account has, it sends every change to AWS as a request for more, it does not wait for an
// answer, and a deletion does nothing. So what holds is looked up first. An account that has enough is declared as it
// is, and its value is left alone from then on, so that neither a system that shrinks nor a quota that somebody
// raised by hand ends in a request that AWS refuses.
package quotas

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/servicequotas"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/internal/nearest"
)

// Type is part of every URN below a Quotas.
const Type = "redoubt:quotas:Quotas"

// Args configures a Quotas.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Demand is how many of each thing the home needs at most, as Demand counts it. Required.
	Demand map[string]int
}

// Quotas is the room that one home has asked for.
type Quotas struct {
	pulumi.ResourceState

	// Demand is how many of each thing the home needs, for alarms on what is left.
	Demand pulumi.IntMapOutput `pulumi:"demand"`
}

// New registers a request for each demand above AWS's default. The region comes from the AWS provider in
// opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Quotas, error) {
	q, err := newQuotas(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("quotas %q: %w", name, err)
	}
	return q, nil
}

func newQuotas(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Quotas, error) {
	if err := args.check(); err != nil {
		return nil, err
	}
	q := &Quotas{}
	demand := pulumi.ToIntMap(args.Demand)
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(args.Scope.Home), "demand": demand,
	}, q, opts...); err != nil {
		return nil, err
	}
	for _, t := range table {
		if args.Demand[t.name] <= t.standard {
			continue
		}
		if err := t.ask(ctx, q, name, wanted(args.Demand[t.name])); err != nil {
			return nil, err
		}
	}
	q.Demand = demand.ToIntMapOutput()
	return q, ctx.RegisterResourceOutputs(q, pulumi.Map{"demand": q.Demand})
}

// ask declares that the account wants at least so many.
func (q quota) ask(ctx *pulumi.Context, parent *Quotas, name string, want int) error {
	now, err := servicequotas.LookupServiceQuota(ctx, &servicequotas.LookupServiceQuotaArgs{
		ServiceCode: q.service, QuotaCode: pulumi.StringRef(q.code),
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("look up what the account has of %s: %w", q.name, err)
	}
	opts := []pulumi.ResourceOption{pulumi.Parent(parent)}
	value := float64(want)
	if now.Value >= value {
		value = now.Value
		// There is enough: any change would be a request for what the account has, which AWS refuses.
		opts = append(opts, pulumi.IgnoreChanges([]string{"value"}))
	}
	_, err = servicequotas.NewServiceQuota(ctx, name+"-"+q.name, &servicequotas.ServiceQuotaArgs{
		ServiceCode: pulumi.String(q.service), QuotaCode: pulumi.String(q.code), Value: pulumi.Float64(value),
	}, opts...)
	return err
}

func (args *Args) check() error {
	if args == nil {
		return errors.New("args are required")
	}
	var errs []error
	if args.Scope.System == "" || !args.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system and a home", args.Scope))
	}
	if len(args.Demand) == 0 {
		errs = append(errs, errors.New("demand is required"))
	}
	var names []string
	for _, q := range table {
		names = append(names, q.name)
	}
	for _, name := range slices.Sorted(maps.Keys(args.Demand)) {
		if !slices.Contains(names, name) {
			errs = append(errs, fmt.Errorf("demand has %q, want one of %s", name, nearest.List(names)))
		}
		if n := args.Demand[name]; n < 0 {
			errs = append(errs, fmt.Errorf("demand of %s is %d, want 0 or more", name, n))
		}
	}
	return errors.Join(errs...)
}
