// Package registry holds one home's images: a repository for each image that
// an agent or a controller runs, and their replication to the other home.
//
// A home pulls from its own region only. A standby that pulled from the region
// that is lost would not start.
//
// Each home replicates what is pushed to it, so that pushes may go to whichever
// home serves. Nothing goes in circles: ECR replicates what was pushed, not what
// was replicated
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html).
// What was pushed before the other home stood, or while it was away, is brought
// over by a backfill
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication-backfill.html).
//
// Images are encrypted with keys of ECR, not with one of ours: an image holds no
// data of the system, and a key that somebody disables must not be able to keep a
// home from starting.
package registry

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is part of every URN below a Registry. Changing it replaces live
// repositories unless New also gains an alias for the old type.
const Type = "redoubt:registry:Registry"

// Registry is where one home pulls its images from.
type Registry struct {
	pulumi.ResourceState

	// Host is the registry that the home's images are named by.
	Host pulumi.StringOutput `pulumi:"host"`
	// Arns maps each repository to its ARN.
	Arns pulumi.StringMapOutput `pulumi:"arns"`
}

// New registers the repositories under name. The region comes from the AWS
// provider in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Registry, error) {
	r, err := newRegistry(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("registry %q: %w", name, err)
	}
	return r, nil
}

func newRegistry(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Registry, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	r := &Registry{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"images": pulumi.ToStringArray(slices.Concat(a.Images, a.Optional)), "adoptReplication": pulumi.Bool(a.AdoptReplication),
	}, r, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: r, arns: pulumi.StringMap{}}
	for _, step := range []func() error{b.template, b.repositories, b.replication} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	r.Host, r.Arns = pulumi.String(a.Scope.Registry()).ToStringOutput(), b.arns.ToStringMapOutput()
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"host": r.Host, "arns": r.Arns})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Registry
	arns      pulumi.StringMap
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// repositories declares a repository for each image. A tag means the same image
// for ever, so that both homes run the same thing under one name.
func (b *builder) repositories() error {
	for _, repo := range b.args.repositories() {
		r, err := ecr.NewRepository(b.ctx, b.name+"-"+repo.part, &ecr.RepositoryArgs{
			Name:               pulumi.String(repo.name),
			ImageTagMutability: pulumi.String("IMMUTABLE"),
			ForceDelete:        pulumi.Bool(repo.optional), // ECR deletes none that holds images without it
			ImageScanningConfiguration: &ecr.RepositoryImageScanningConfigurationArgs{
				ScanOnPush: pulumi.Bool(true),
			},
			EncryptionConfigurations: ecr.RepositoryEncryptionConfigurationArray{
				&ecr.RepositoryEncryptionConfigurationArgs{EncryptionType: pulumi.String("AES256")},
			},
		}, b.child(pulumi.Protect(b.args.Protect && !repo.optional), pulumi.DeleteBeforeReplace(true))...) // the name is chosen
		if err != nil {
			return err
		}
		b.arns[repo.name] = r.Arn
		policy, err := repo.lifecycle()
		if err != nil {
			return err
		}
		if policy == "" {
			continue
		}
		if _, err := ecr.NewLifecyclePolicy(b.ctx, b.name+"-"+repo.part+"-lifecycle", &ecr.LifecyclePolicyArgs{
			Repository: r.Name, Policy: pulumi.String(policy),
		}, b.child()...); err != nil {
			return err
		}
	}
	return nil
}

// template says how ECR makes a repository when an image arrives before this
// home has declared its place: with tags that do not move, too. Such a repository
// is then imported, not lost.
func (b *builder) template() error {
	_, err := ecr.NewRepositoryCreationTemplate(b.ctx, b.name+"-arrivals", &ecr.RepositoryCreationTemplateArgs{
		Prefix:             pulumi.String(strings.TrimSuffix(b.args.Scope.RepositoryPrefix(), "/")),
		Description:        pulumi.String("Repositories that replication makes"),
		AppliedFors:        pulumi.StringArray{pulumi.String("REPLICATION")},
		ImageTagMutability: pulumi.String("IMMUTABLE"),
	}, b.child(pulumi.DeleteBeforeReplace(true))...) // one template a prefix
	return err
}

// replication sends what is pushed here to the peer. AWS has one such
// configuration in an account's region, for everybody in it: whoever has one
// already keeps it, adds our prefix to it and says so.
func (b *builder) replication() error {
	if b.args.Peer == nil || b.args.AdoptReplication {
		return nil
	}
	rule := &ecr.ReplicationConfigurationReplicationConfigurationRuleArgs{
		Destinations: ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArray{
			&ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArgs{
				Region: pulumi.String(b.args.Peer.Region), RegistryId: pulumi.String(b.args.Scope.Account),
			},
		},
		RepositoryFilters: ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArray{
			&ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArgs{
				Filter: pulumi.String(b.args.Scope.RepositoryPrefix()), FilterType: pulumi.String("PREFIX_MATCH"),
			},
		},
	}
	_, err := ecr.NewReplicationConfiguration(b.ctx, b.name+"-replication", &ecr.ReplicationConfigurationArgs{
		ReplicationConfiguration: &ecr.ReplicationConfigurationReplicationConfigurationArgs{
			Rules: ecr.ReplicationConfigurationReplicationConfigurationRuleArray{rule},
		},
	}, b.child(pulumi.Protect(b.args.Protect))...)
	return err
}
