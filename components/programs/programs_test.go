package programs_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/programs"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/inventory/objects"
	"redoubt/system"
)

func allowed(action string) pulumi.StringInput {
	return pulumi.String(iampolicy.Document{Statements: []iampolicy.Statement{{
		Sid: "Look", Actions: []string{action}, Resources: []string{"arn:aws:s3:::agora-control/inventory/*"},
	}}}.JSON())
}

func args(n int) *programs.Args {
	name := fmt.Sprintf("agora%d", n)
	return &programs.Args{
		Scope: naming.Scope{System: name, Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		Part:  "watcher", Cluster: pulumi.String(name + "-primary"), Namespace: name, Image: "redoubt/watcher:1",
		Arguments: []string{"-home=primary"}, Environment: map[string]pulumi.StringInput{"PLACE": pulumi.String("here")},
		Files: map[string]pulumi.StringInput{"system.yaml": pulumi.String("name: agora")}, AlivePort: 8080,
		Allowed: allowed("s3:GetObject"),
		Inside:  []objects.Rule{{Group: "apps", Resources: []string{"deployments"}, Verb: "list"}},
		Wide:    []objects.Rule{{Resources: []string{"nodes"}, Verb: "list"}},
		Ways:    []programs.Way{{Ranges: []string{"10.40.0.0/16"}, Ports: []int{443}}, programs.Outside([]string{"10.40.0.0/15"})},
	}
}

var suite = pulumitest.Suite[programs.Args, *programs.Program]{
	Args: args, New: programs.New, Cluster: true,
	Bad: []pulumitest.Bad[programs.Args]{
		{Name: "no home", Mutate: func(a *programs.Args) { a.Scope.Home = "" }, Want: "want a system, a home"},
		{Name: "no part", Mutate: func(a *programs.Args) { a.Part = "" }, Want: "part is required"},
		{Name: "no cluster", Mutate: func(a *programs.Args) { a.Cluster = nil }, Want: "cluster is required"},
		{Name: "no namespace", Mutate: func(a *programs.Args) { a.Namespace = "" }, Want: "namespace is required"},
		{Name: "no image", Mutate: func(a *programs.Args) { a.Image = "" }, Want: "image is required"},
		{Name: "no policy", Mutate: func(a *programs.Args) { a.Allowed = nil }, Want: "allowed is required"},
		{Name: "a port of the system", Mutate: func(a *programs.Args) { a.AlivePort = 80 }, Want: "alivePort is 80"},
		{Name: "less than nothing", Mutate: func(a *programs.Args) { a.Replicas = -1 }, Want: "-1 replicas"},
		{
			Name:   "a file in a folder",
			Mutate: func(a *programs.Args) { a.Files = map[string]pulumi.StringInput{"a/b": pulumi.String("")} }, Want: `file "a/b"`,
		},
		{Name: "a way to nowhere", Mutate: func(a *programs.Args) { a.Ways[0].Ports = nil }, Want: "ways[0] has no ranges"},
		{
			Name: "a wrong range", Mutate: func(a *programs.Args) { a.Ways[0].Ranges = []string{"10.40.0.1/16"} },
			Want: `ways[0] has "10.40.0.1/16"`,
		},
	},
	Changes: []pulumitest.Change[programs.Args]{
		{Name: "the image", Mutate: func(a *programs.Args) { a.Image = "redoubt/watcher:2" }, Want: []string{"main-deployment spec"}},
		{Name: "the replicas", Mutate: func(a *programs.Args) { a.Replicas = 2 }, Want: []string{"main-deployment spec"}},
		{Name: "an argument", Mutate: func(a *programs.Args) { a.Arguments = nil }, Want: []string{"main-deployment spec"}},
		{
			Name: "the environment", Mutate: func(a *programs.Args) { a.Environment = nil },
			Want: []string{"main-deployment spec"},
		},
		{
			Name: "a file, which starts new pods",
			Mutate: func(a *programs.Args) {
				a.Files = map[string]pulumi.StringInput{"system.yaml": pulumi.String("name: other")}
			},
			Want: []string{"main-files data", "main-deployment spec"},
		},
		{
			Name: "what it may do", Mutate: func(a *programs.Args) { a.Allowed = allowed("s3:GetObjectVersion") },
			Want: []string{"main-allowed policy"},
		},
		{
			Name: "what it reads", Mutate: func(a *programs.Args) { a.Wide[0].Verb = "get" },
			Want: []string{"main-cluster-reader rules"},
		},
		{
			Name: "nothing to read", Mutate: func(a *programs.Args) { a.Inside, a.Wide = nil, nil },
			Want: []string{"-main-reader", "-main-reads", "-main-cluster-reader", "-main-cluster-reads", "main-deployment spec"},
		},
		{
			Name: "where it may go", Mutate: func(a *programs.Args) { a.Ways = a.Ways[:1] }, Want: []string{"main-network spec"},
		},
		{
			Name: "the cluster", Mutate: func(a *programs.Args) { a.Cluster = pulumi.String("other") },
			Want: []string{"main-identity clusterName"}, Replaces: []string{"main-identity clusterName"},
		},
	},
}

func TestProgram_component(t *testing.T) {
	t.Parallel()
	suite.Run(t)
}

// A pod that starts before its rights stand fails.
func TestProgram_startsWhenItsRightsStand(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite.Program(args(0)))
	deployment := r.Get(t, "kubernetes:apps/v1:Deployment", "main-deployment")
	for name, typ := range map[string]string{
		"main-account":       "kubernetes:core/v1:ServiceAccount",
		"main-reads":         "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
		"main-cluster-reads": "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
		"main-network":       "kubernetes:networking.k8s.io/v1:NetworkPolicy",
		"main-files":         "kubernetes:core/v1:ConfigMap",
		"main-identity":      "aws:eks/podIdentityAssociation:PodIdentityAssociation",
	} {
		assert.True(t, deployment.DependsOn(r.Get(t, typ, name)), name)
	}
	trust := r.Get(t, "aws:iam/role:Role", "main-role").Values()["assumeRolePolicy"]
	assert.Equal(t, iampolicy.PodTrust("agora0", "redoubt-watcher").JSON(), trust)
}

// What a program may do is read before it is given.
func TestProgram_isNotAllowedEverything(t *testing.T) {
	t.Parallel()
	a := args(0)
	a.Allowed = allowed("s3:*")
	_, err := pulumitest.RunErr(suite.Program(a))
	require.Error(t, err)
}
