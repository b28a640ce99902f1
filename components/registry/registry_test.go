package registry_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/registry"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	repositoryType  = "aws:ecr/repository:Repository"
	policyType      = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
	replicationType = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
)

func args(n int) *registry.Args {
	name := "atlas"
	if n > 0 {
		name = fmt.Sprint(name, n)
	}
	return &registry.Args{
		Scope: naming.Scope{System: name, Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		Images: []string{
			"registry.example.com/atlas/gateway:2.8.1", "registry.example.com/atlas/worker:3.2.0",
			"registry.example.com/atlas/worker:3.1.9", "quay.io/tools/watcher@sha256:" + strings.Repeat("0", 64),
		},
		Peer: &registry.Peer{Region: "eu-central-1"}, Protect: true,
	}
}

func TestRegistry_holdsToTheEightChecks(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[registry.Args, *registry.Registry]{
		Args: args,
		New:  registry.New,
		Bad: []pulumitest.Bad[registry.Args]{
			{Name: "no scope", Mutate: func(a *registry.Args) { a.Scope = naming.Scope{} }, Want: "want a system, a region"},
			{Name: "no images", Mutate: func(a *registry.Args) { a.Images = nil }, Want: "images are required"},
			{
				Name: "a name that ECR refuses", Mutate: func(a *registry.Args) { a.Images = []string{"quay.io/a__b/c:1"} },
				Want: `ECR takes no repository "atlas/a__b/c"`,
			},
			{
				Name:   "two registries in one repository",
				Mutate: func(a *registry.Args) { a.Images = []string{"quay.io/a/b:1", "ghcr.io/a/b:1"} },
				Want:   "images of ghcr.io/a/b and of quay.io/a/b both become atlas/a/b",
			},
			{
				Name: "one that is optional and is not", Mutate: func(a *registry.Args) { a.Optional = []string{"registry.example.com/atlas/worker:9"} },
				Want: "its repository atlas/atlas/worker holds one that is not",
			},
			{
				Name: "itself as its peer", Mutate: func(a *registry.Args) { a.Peer.Region = "eu-west-1" },
				Want: "want another region than eu-west-1",
			},
		},
		Changes: []pulumitest.Change[registry.Args]{
			{
				Name: "a version", Mutate: func(a *registry.Args) { a.Images[0] = "registry.example.com/atlas/gateway:2.9.0" },
				Want: []string{"main images", "main-atlas/gateway-lifecycle policy"},
				// A policy is put anew as a whole; no image goes with it.
				Replaces: []string{"main-atlas/gateway-lifecycle policy"},
			},
			{
				Name:   "an image more",
				Mutate: func(a *registry.Args) { a.Images = append(a.Images, "registry.example.com/atlas/memory:1.0") },
				Want:   []string{"+main-atlas/memory", "+main-atlas/memory-lifecycle", "main images"},
			},
			{
				Name:   "an optional image, which is not protected",
				Mutate: func(a *registry.Args) { a.Optional = []string{"redoubt/witness:1"} },
				Want:   []string{"+main-redoubt/witness", "+main-redoubt/witness-lifecycle", "main images"},
			},
			{
				Name: "the peer", Mutate: func(a *registry.Args) { a.Peer = nil },
				Want: []string{"-main-replication"},
			},
			{
				Name: "adoption", Mutate: func(a *registry.Args) { a.AdoptReplication = true },
				Want: []string{"-main-replication", "main adoptReplication"},
			},
			{
				Name: "protection", Mutate: func(a *registry.Args) { a.Protect = false },
				Want: []string{
					"main-atlas/gateway protect", "main-atlas/worker protect", "main-replication protect",
					"main-tools/watcher protect",
				},
			},
		},
	}.Run(t)
}

func TestRegistry_aTagMeansOneImageForEver(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(0)))
	repos := r.OfType(repositoryType)
	require.Len(t, repos, 3)
	for _, repo := range repos {
		v := repo.Values()
		assert.Equal(t, "IMMUTABLE", v["imageTagMutability"], repo.Name)
		assert.Equal(t, false, v["forceDelete"], repo.Name)
		assert.Equal(t, map[string]any{"scanOnPush": true}, v["imageScanningConfiguration"], repo.Name)
	}
	arrivals := r.Get(t, "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", "main-arrivals").Values()
	assert.Equal(t, "IMMUTABLE", arrivals["imageTagMutability"], "also where replication comes first")
	assert.Equal(t, []any{"atlas", []any{"REPLICATION"}}, []any{arrivals["prefix"], arrivals["appliedFors"]})
}

// TestRegistry_anOptionalPlaceGoesWithItsSetting: with what is in it, and by no other step than the update without it.
func TestRegistry_anOptionalPlaceGoesWithItsSetting(t *testing.T) {
	t.Parallel()
	a := args(0)
	a.Optional = []string{"redoubt/witness:1"}
	r := pulumitest.Run(t, program(a))
	for _, repo := range r.OfType(repositoryType) {
		optional := repo.Name == "main-redoubt/witness"
		assert.Equal(t, optional, repo.Values()["forceDelete"], repo.Name)
		assert.Equal(t, !optional, repo.Protected(), repo.Name)
	}
}

// expired is what ECR's rules let go of a repository, the newest image first:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
func expired(t *testing.T, policy string, tags []string) (gone []string) {
	t.Helper()
	var doc struct {
		Rules []struct {
			Selection struct {
				TagStatus                     string
				TagPrefixList, TagPatternList []string
				CountNumber                   int
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(policy), &doc))
	taken := map[string]bool{}
	for _, rule := range doc.Rules {
		s, seen := rule.Selection, 0
		require.Equal(t, "tagged", s.TagStatus, "images without a tag are parts of others")
		for _, tag := range tags {
			if len(s.TagPrefixList) > 0 && !strings.HasPrefix(tag, s.TagPrefixList[0]) {
				continue
			}
			if seen++; seen > s.CountNumber && !taken[tag] {
				gone = append(gone, tag)
			}
			taken[tag] = true
		}
	}
	return gone
}

func TestRegistry_neverLosesWhatAHomeRuns(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(0)))
	policy := r.Get(t, policyType, "main-atlas/worker-lifecycle").Values()["policy"].(string)
	var tags []string
	for n := range 500 { // a year of pushes of which none was deployed
		tags = append(tags, fmt.Sprintf("4.0.%d", 500-n))
	}
	for n := range 200 { // and as many whose tags only begin like one that runs
		tags = append(tags, fmt.Sprintf("3.2.0-build.%d", n))
	}
	tags = append(tags, "3.2.0", "3.1.9", "3.1.8")
	gone := expired(t, policy, tags)
	assert.NotContains(t, gone, "3.2.0")
	assert.NotContains(t, gone, "3.1.9")
	assert.Contains(t, gone, "3.1.8", "what nobody runs goes")
	assert.NotContains(t, gone, "4.0.450", "the last hundred stay, to go back to")
	assert.Contains(t, gone, "4.0.300")
	for _, p := range r.OfType(policyType) {
		assert.NotContains(t, p.Name, "watcher", "an image known by its digest alone is safe only without rules")
	}
}

func TestRegistry_replicatesOnlyThisSystemBothWays(t *testing.T) {
	t.Parallel()
	for home, to := range map[string]string{"eu-west-1": "eu-central-1", "eu-central-1": "eu-west-1"} {
		a := args(0)
		a.Scope.Region, a.Peer.Region = home, to
		conf := pulumitest.Run(t, program(a)).Get(t, replicationType, "main-replication").Values()
		assert.Equal(t, map[string]any{"rules": []any{map[string]any{
			"destinations":      []any{map[string]any{"region": to, "registryId": "123456789012"}},
			"repositoryFilters": []any{map[string]any{"filter": "atlas/", "filterType": "PREFIX_MATCH"}},
		}}}, conf["replicationConfiguration"])
	}
}

func program(a *registry.Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := registry.New(ctx, "main", a)
		return err
	}
}
