package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"redoubt/components/state"
	"redoubt/internal/naming"
	"redoubt/regions"
	"redoubt/system"
)

// StateProject is the project whose stack is where the state of all stacks
// stands. It is no part of any home, and has settings of its own: bootstrap/Pulumi.yaml describes them.
const StateProject = "redoubt-state"

// StateKeys lists every setting of the state's stack.
var StateKeys = []string{
	"region", "peerRegion", "accountId", "system", "tags", "repository", "homeRegions", "githubProvider",
}

// StateConfig is the settings of the state's stack.
type StateConfig struct {
	// Region is where the state is written, PeerRegion where its copy is.
	Region, PeerRegion string
	AccountID          string
	System             string
	ExtraTags          map[string]string
	// Repository is the one whose workflows get roles, OWNER/NAME. Empty: none do.
	Repository string
	// HomeRegions are the regions of the homes. Both are needed with a repository.
	HomeRegions map[system.Home]string
	// GitHubProvider is the ARN of the identity provider that the account has already.
	GitHubProvider string
}

// LoadState reads the settings of the state's stack and reports every fault at once.
func LoadState(ctx *pulumi.Context) (StateConfig, error) {
	raw := config.New(ctx, StateProject)
	c := StateConfig{
		Region: raw.Get("region"), PeerRegion: raw.Get("peerRegion"), AccountID: raw.Get("accountId"),
		System: or(raw.Get("system"), "system.yaml"), Repository: raw.Get("repository"),
		GitHubProvider: raw.Get("githubProvider"),
	}
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s:%s %s", StateProject, key, fmt.Sprintf(format, args...)))
	}
	if err := raw.TryObject("tags", &c.ExtraTags); err != nil && !errors.Is(err, config.ErrMissingVar) {
		bad("tags", "is no object of texts: %v", err)
	}
	if err := raw.TryObject("homeRegions", &c.HomeRegions); err != nil && !errors.Is(err, config.ErrMissingVar) {
		bad("homeRegions", "is no object of texts: %v", err)
	}
	c.checkPipeline(bad)
	if !accountID.MatchString(c.AccountID) {
		bad("accountId", "is %q, want twelve digits", c.AccountID)
	}
	for _, in := range []struct{ key, region string }{{"region", c.Region}, {"peerRegion", c.PeerRegion}} {
		if _, known := regions.Lookup(in.region); !known {
			bad(in.key, "is %q, want a region of the catalogue", in.region)
		}
	}
	if c.Region == c.PeerRegion {
		bad("peerRegion", "is %q as region is, want another: the loss of one must leave the state", c.PeerRegion)
	}
	return c, errors.Join(errs...)
}

// checkPipeline holds that a repository comes with all that its roles are made of.
func (c StateConfig) checkPipeline(bad func(key, format string, args ...any)) {
	if c.Repository == "" {
		if c.GitHubProvider != "" {
			bad("githubProvider", "is %q without a repository", c.GitHubProvider)
		}
		return
	}
	for _, h := range system.Homes {
		if _, known := regions.Lookup(c.HomeRegions[h]); !known {
			bad("homeRegions", "has %q for the %s home, want a region of the catalogue", c.HomeRegions[h], h)
		}
	}
}

// stateProgram is the Pulumi program of the state's stack. It spans two regions,
// which no home's stack may: it runs once, and nothing in a recovery updates it.
func stateProgram(ctx *pulumi.Context) error {
	c, err := LoadState(ctx)
	if err != nil {
		return err
	}
	s, err := system.Load(c.System)
	if err != nil {
		return err
	}
	var stacks []string
	for _, h := range system.Homes {
		stacks = append(stacks, string(h))
	}
	providers := map[string]*aws.Provider{}
	place := func(name, region string, of *state.State) (*state.State, error) {
		provider, err := stateProvider(ctx, name, region, c, s, "state")
		if err != nil {
			return nil, err
		}
		providers[name] = provider
		args := &state.Args{
			Scope: naming.Scope{System: s.Name, Region: region, Account: c.AccountID}, Stacks: stacks,
		}
		if of != nil {
			args.Of = of.Keys
		}
		return state.New(ctx, name, args, pulumi.Provider(provider))
	}
	first, err := place("state", c.Region, nil)
	if err != nil {
		return err
	}
	second, err := place("copy", c.PeerRegion, first)
	if err != nil {
		return err
	}
	ctx.Export("login", first.Login)
	ctx.Export("copyLogin", second.Login)
	ctx.Export("secretsProviders", first.SecretsProviders)
	ctx.Export("copySecretsProviders", second.SecretsProviders)
	if err := declarePipeline(ctx, c, s.Name, providers["state"]); err != nil {
		return err
	}
	return state.Join(first, second)
}

// stateProvider makes the AWS provider of one region of what belongs to no home.
func stateProvider(ctx *pulumi.Context, name, region string, c StateConfig, s *system.System, part string,
) (*aws.Provider, error) {
	tags := pulumi.StringMap{
		"redoubt:system": pulumi.String(s.Name), "redoubt:part": pulumi.String(part),
		"managed-by": pulumi.String("redoubt"),
	}
	for k, v := range c.ExtraTags {
		tags[k] = pulumi.String(v)
	}
	p, err := aws.NewProvider(ctx, name, &aws.ProviderArgs{
		Region:            pulumi.String(region),
		AllowedAccountIds: pulumi.StringArray{pulumi.String(c.AccountID)},
		DefaultTags:       &aws.ProviderDefaultTagsArgs{Tags: tags},
	})
	if err != nil {
		return nil, fmt.Errorf("aws provider in %s: %w", region, err)
	}
	return p, nil
}
