// Package state builds where the Pulumi state of all stacks stands: a bucket in
// each of two regions, replicated both ways, and the keys that open the stacks' secrets, so that either
// region alone is enough to update the home that is left.
//
// The state belongs to no home. A stack of its own makes it, once
// (docs/decisions/0013-the-state-has-a-stack-of-its-own.md).
package state

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/bucket"
	"redoubt/internal/naming"
	"redoubt/system"
)

// Type is part of every URN below a State.
const Type = "redoubt:state:State"

// Bucket is the part of the bucket's name that says what it is for.
const Bucket = "state"

// Retention is how long what was overwritten stays readable, and how long
// nobody can delete it: every update overwrites the state several times.
func Retention() system.Retention { return system.Retention{PITRDays: 90, LockDays: 7} }

// Args configures a State.
type Args struct {
	// Scope says whose state it is and in which region. It has no home. Required.
	Scope naming.Scope
	// Stacks are the stacks whose secrets get a key each. At least one.
	Stacks []string
	// Of are the keys of the other region's State, of which this one's are replicas.
	// Nil makes them here.
	Of map[string]pulumi.StringOutput
}

// State is where the state stands in one region.
type State struct {
	pulumi.ResourceState

	// Login is what pulumi login takes.
	Login pulumi.StringOutput `pulumi:"login"`
	// SecretsProviders are what pulumi stack init takes, by stack.
	SecretsProviders pulumi.StringMapOutput `pulumi:"secretsProviders"`
	// Keys are the keys in this region: by stack, and under the empty name that of the bucket.
	Keys map[string]pulumi.StringOutput

	scope  naming.Scope
	bucket *bucket.Bucket
}

// New registers the state's place in the region of the provider in opts, under
// name. All of it is protected, whatever a stack's settings say.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*State, error) {
	s, err := newState(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("state %q: %w", name, err)
	}
	return s, nil
}

func newState(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*State, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	s := &State{scope: a.Scope, Keys: map[string]pulumi.StringOutput{}}
	opts = append(slices.Clone(opts), pulumi.Protect(true)) // the children inherit it
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"region": pulumi.String(a.Scope.Region), "stacks": pulumi.ToStringArray(a.Stacks),
	}, s, opts...); err != nil {
		return nil, err
	}
	for _, of := range append([]string{""}, a.Stacks...) {
		if s.Keys[of], err = a.key(ctx, name, of, s); err != nil {
			return nil, err
		}
	}
	if s.bucket, err = bucket.New(ctx, name+"-bucket", &bucket.Args{
		Scope: a.Scope, Name: Bucket, Generation: 1, Retention: Retention(), Lock: true, KeyArn: s.Keys[""], Protect: true,
	}, pulumi.Parent(s)); err != nil {
		return nil, err
	}
	s.Login = pulumi.Sprintf("s3://%s?region=%s", s.bucket.Bucket, a.Scope.Region)
	providers := pulumi.StringMap{}
	for _, of := range a.Stacks {
		providers[of] = pulumi.Sprintf("awskms://%s?region=%s", a.Scope.StateAlias(of), a.Scope.Region)
	}
	s.SecretsProviders = providers.ToStringMapOutput()
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"login": s.Login, "secretsProviders": s.SecretsProviders})
}

// Join replicates two places to each other, deletions included: a lock that an
// update released in one must not be held in the other.
func Join(a, b *State) error {
	for _, pair := range [][2]*State{{a, b}, {b, a}} {
		from, to := pair[0], pair[1]
		if err := from.bucket.Replicate(bucket.Peer{
			Region: to.scope.Region, KeyArn: to.Keys[""], Bucket: to.scope.Bucket(Bucket, 1),
		}, to.bucket); err != nil {
			return err
		}
	}
	return nil
}

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System == "" || a.Scope.Region == "" || len(a.Scope.Account) != 12 {
		add("scope is %+v, want a system, a region and an account", a.Scope)
	}
	if a.Scope.Home != "" {
		add("scope names the home %q, want none: the state belongs to both", a.Scope.Home)
	}
	if len(a.Stacks) == 0 {
		add("stacks are empty")
	}
	for n, s := range a.Stacks {
		if s == "" || slices.Contains(a.Stacks[:n], s) {
			add("stack %q is empty or named twice", s)
		}
	}
	if a.Of != nil {
		want := slices.Sorted(slices.Values(append([]string{""}, a.Stacks...)))
		if got := slices.Sorted(maps.Keys(a.Of)); !slices.Equal(got, want) {
			add("of has the keys of %q, want those of %q", got, want)
		}
	}
	return a, errors.Join(errs...)
}
