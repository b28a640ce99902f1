package stacks

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/pipeline"
	"redoubt/components/state"
	"redoubt/internal/naming"
	"redoubt/system"
)

// declarePipeline makes the roles of the repository's workflows, if there is a
// repository. It stands beside the state because the roles must be there before a home is.
func declarePipeline(ctx *pulumi.Context, c StateConfig, name string, provider *aws.Provider) error {
	if c.Repository == "" {
		return nil
	}
	p, err := pipeline.New(ctx, "pipeline", pipelineArgs(c, name), pulumi.Provider(provider))
	if err != nil {
		return err
	}
	ctx.Export("previewRole", p.PreviewRole)
	ctx.Export("driftRole", p.DriftRole)
	ctx.Export("recordRole", p.RecordRole)
	ctx.Export("deployRoles", p.DeployRoles)
	return nil
}

// pipelineArgs are the pipeline's arguments for the system of that name.
func pipelineArgs(c StateConfig, name string) *pipeline.Args {
	at := func(home system.Home, region string) naming.Scope {
		return naming.Scope{System: name, Home: home, Region: region, Account: c.AccountID}
	}
	args := &pipeline.Args{
		Scope: at("", c.Region), Repository: c.Repository, Project: Namespace, AdoptProvider: c.GitHubProvider,
	}
	for _, region := range []string{c.Region, c.PeerRegion} {
		args.StateBuckets = append(args.StateBuckets, at("", region).Bucket(state.Bucket, 1))
	}
	for _, h := range system.Homes {
		args.Homes = append(args.Homes, at(h, c.HomeRegions[h]))
	}
	return args
}
