package stacks

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// Program is the Pulumi program of one stack: of a home, of the arbiter, or of the state.
func Program(ctx *pulumi.Context) error {
	if ctx.Project() == StateProject {
		return stateProgram(ctx)
	}
	if isArbiter(ctx) {
		return arbiterProgram(ctx)
	}
	c, err := Load(ctx)
	if err != nil {
		return err
	}
	s, err := system.Load(c.System)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.System)
	if err != nil {
		return fmt.Errorf("keep the system's text: %w", err)
	}
	c.SystemText = string(text)
	if err := c.checkAgainst(s); err != nil {
		return err
	}
	return Deploy(ctx, c, s)
}

// Deploy declares one home of the system.
func Deploy(ctx *pulumi.Context, c Config, s *system.System) error {
	for _, w := range c.Warnings {
		if err := ctx.Log.Warn(w.String(), nil); err != nil {
			return err
		}
	}
	p, err := lookPeer(ctx, c)
	if err != nil {
		return err
	}
	provider, err := newProvider(ctx, c, s)
	if err != nil {
		return err
	}
	if c.PermissionsBoundary {
		if err := boundRoles(ctx, c.Scope(s.Name)); err != nil {
			return err
		}
	}
	h := &home{ctx: ctx, config: c, system: s, peer: p, provider: provider}
	if err := h.declare(); err != nil {
		return err
	}
	return h.export()
}

// newProvider makes the one AWS provider of the home. Its name and region
// never change: both would replace everything below it.
func newProvider(ctx *pulumi.Context, c Config, s *system.System) (*aws.Provider, error) {
	tags := pulumi.StringMap{
		"redoubt:system": pulumi.String(s.Name),
		"redoubt:home":   pulumi.String(c.Home),
		"managed-by":     pulumi.String("redoubt"),
	}
	for k, v := range c.ExtraTags {
		tags[k] = pulumi.String(v)
	}
	p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{
		Region:            pulumi.String(c.Region),
		AllowedAccountIds: pulumi.StringArray{pulumi.String(c.AccountID)},
		DefaultTags:       &aws.ProviderDefaultTagsArgs{Tags: tags},
	})
	if err != nil {
		return nil, fmt.Errorf("aws provider: %w", err)
	}
	return p, nil
}
