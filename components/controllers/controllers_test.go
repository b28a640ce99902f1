package controllers

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func suite() pulumitest.Suite[Args, *Controllers] {
	return pulumitest.Suite[Args, *Controllers]{Args: argsFor, New: New, Cluster: true}
}

func argsFor(int) *Args {
	scope := naming.Scope{System: "demo", Home: system.Primary, Region: "eu-west-1", Account: "123456789012"}
	return &Args{
		Scope: scope, ClusterName: "demo-primary", Cluster: pulumi.String("demo-primary"), VpcID: pulumi.String("vpc-0123"),
		TargetGroupArns: map[string]pulumi.StringInput{
			"front": pulumi.String(scope.ARN("elasticloadbalancing", "targetgroup/front/0123")),
		},
		Nodes: Nodes{Least: 2, Most: 6, Groups: map[string]pulumi.StringInput{
			"eu-west-1b": pulumi.String("eks-b"), "eu-west-1a": pulumi.String("eks-a")}},
		QueueArns: map[string]pulumi.StringInput{"jobs": pulumi.String(scope.ARN("sqs", "demo-jobs"))},
	}
}

func TestControllers_suite(t *testing.T) {
	t.Parallel()
	s := suite()
	s.Bad = []pulumitest.Bad[Args]{
		{Name: "no scope", Mutate: func(a *Args) { a.Scope = naming.Scope{} }, Want: "scope is incomplete"},
		{Name: "no cluster", Mutate: func(a *Args) { a.Cluster = nil }, Want: "cluster is required"},
		{Name: "no cluster name", Mutate: func(a *Args) { a.ClusterName = "" }, Want: "clusterName is empty"},
		{Name: "no vpc", Mutate: func(a *Args) { a.VpcID = nil }, Want: "vpcId is required"},
		{Name: "no target group", Mutate: func(a *Args) { a.TargetGroupArns = nil }, Want: "no agent is public"},
		{Name: "no nodes", Mutate: func(a *Args) { a.Nodes.Groups = nil }, Want: "the autoscaler would know no node"},
		{Name: "no least", Mutate: func(a *Args) { a.Nodes.Least = 0 }, Want: "nodes are 0 to 6 in a zone"},
		{Name: "more than the most", Mutate: func(a *Args) { a.Nodes.Least = 7 }, Want: "nodes are 7 to 6 in a zone"},
	}
	s.Changes = []pulumitest.Change[Args]{
		{Name: "the network", Mutate: func(a *Args) { a.VpcID = pulumi.String("x") },
			Want: []string{"main-kube-system-deployment-load-balancer spec"}},
		{Name: "the target groups", Mutate: func(a *Args) { a.TargetGroupArns["front"] = pulumi.String("arn:x") },
			Want: []string{"main-load-balancer-allowed policy"}},
		{Name: "the queues", Mutate: func(a *Args) { a.QueueArns["jobs"] = pulumi.String("arn:x") },
			Want: []string{"main-queue-scaler-allowed policy"}},
		{Name: "no queues", Mutate: func(a *Args) { a.QueueArns = nil },
			Want: []string{"-main-queue-scaler-role", "-main-queue-scaler-allowed", "-main-queue-scaler-identity"}},
		{Name: "how many nodes", Mutate: func(a *Args) { a.Nodes.Least, a.Nodes.Most = 3, 7 },
			Want: []string{"main-kube-system-deployment-cluster-autoscaler spec"}},
		{Name: "the cluster's name", Mutate: func(a *Args) { a.ClusterName = "x" }, Want: []string{"main cluster",
			"main-autoscaler-allowed policy", "main-kube-system-deployment-load-balancer spec"}},
		{Name: "the cluster", Mutate: func(a *Args) { a.Cluster = pulumi.String("x") },
			Want: []string{"main-autoscaler-identity clusterName", "main-load-balancer-identity clusterName",
				"main-queue-scaler-identity clusterName"},
			Replaces: []string{"main-autoscaler-identity clusterName", "main-load-balancer-identity clusterName",
				"main-queue-scaler-identity clusterName"}},
	}
	s.Run(t)
}

func run(t *testing.T) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, suite().Program(argsFor(0)))
}

const deployment = "kubernetes:apps/v1:Deployment"

func TestControllers_surviveTheLossOfAZone(t *testing.T) {
	t.Parallel()
	r := run(t)
	require.Len(t, r.OfType(deployment), 5)
	for _, d := range r.OfType(deployment) {
		m := manifest(d.Values())
		spec := m["spec"].(map[string]any)
		pod := spec["template"].(map[string]any)["spec"].(map[string]any)
		assert.Equal(t, 3.0, spec["replicas"], d.Name)
		assert.Equal(t, "system-cluster-critical", pod["priorityClassName"], d.Name)
		zone := pod["topologySpreadConstraints"].([]any)[0].(map[string]any)
		assert.Equal(t, []any{"DoNotSchedule", "Honor", 2.0}, []any{zone["whenUnsatisfiable"], zone["nodeTaintsPolicy"],
			zone["minDomains"]}, d.Name)
		labels := spec["template"].(map[string]any)["metadata"].(map[string]any)["labels"].(map[string]any)
		for k, v := range zone["labelSelector"].(map[string]any)["matchLabels"].(map[string]any) {
			assert.Equal(t, labels[k], v, "%s spreads its own pods", d.Name)
		}
		budget := r.Get(t, "kubernetes:policy/v1:PodDisruptionBudget",
			"main-"+m.meta("namespace")+"-poddisruptionbudget-"+m.meta("name")).Values()["spec"].(map[string]any)
		assert.Equal(t, spec["selector"], budget["selector"], d.Name)
		assert.Equal(t, []any{1.0, "AlwaysAllow"}, []any{budget["maxUnavailable"], budget["unhealthyPodEvictionPolicy"]})
	}
}

// A home that grows tells its numbers to the autoscaler, which must hold the
// least also while no pod waits: the room is there before a zone is lost.
func TestControllers_theAutoscalerKeepsTheLeast(t *testing.T) {
	t.Parallel()
	spec := run(t).Get(t, deployment, "main-kube-system-deployment-cluster-autoscaler").Values()["spec"].(map[string]any)
	pod := spec["template"].(map[string]any)["spec"].(map[string]any)
	command := pod["containers"].([]any)[0].(map[string]any)["command"].([]any)
	assert.Subset(t, command, []any{"--nodes=2:6:eks-a", "--nodes=2:6:eks-b", "--enforce-node-group-min-size=true"})
	for _, arg := range command {
		assert.NotContains(t, arg, "auto-discovery", "it would take the groups' own least, which is one")
		assert.NotContains(t, arg, "${")
	}
}

// A webhook that does not answer stops pods from starting, just when many must.
func TestControllers_noWebhookStandsBeforeAPod(t *testing.T) {
	t.Parallel()
	for _, res := range run(t).Custom() {
		assert.NotContains(t, res.Type, "WebhookConfiguration", res.Name)
	}
}

func TestControllers_imagesComeFromTheHomesOwnRegistry(t *testing.T) {
	t.Parallel()
	sources, err := Images()
	require.NoError(t, err)
	assert.Equal(t, []string{
		"docker.io/alpine/openssl:3.5.4", "ghcr.io/kedacore/keda-metrics-apiserver:2.21.0", "ghcr.io/kedacore/keda:2.21.0",
		"public.ecr.aws/eks/aws-load-balancer-controller:v3.5.0", "registry.istio.io/release/install-cni:1.31.4",
		"registry.istio.io/release/pilot:1.31.4",
		"registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0",
	}, sources)
	own := argsFor(0).Scope.Registry() + "/demo/"
	for _, d := range run(t).OfType(deployment) {
		eachImage(d.Values(), func(image string) string {
			assert.True(t, strings.HasPrefix(image, own), "%s: %s", d.Name, image)
			return image
		})
	}
}

func TestControllers_comeInOrder(t *testing.T) {
	t.Parallel()
	r := run(t)
	crd := r.Get(t, "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
		"main-customresourcedefinition-targetgroupbindings-elbv2-k8s-aws")
	account := r.Get(t, "kubernetes:core/v1:ServiceAccount", "main-kube-system-serviceaccount-load-balancer")
	controller := r.Get(t, deployment, "main-kube-system-deployment-load-balancer")
	assert.True(t, account.DependsOn(crd))
	assert.True(t, controller.DependsOn(account))
	assert.True(t, crd.DependsOn(r.Get(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "main-load-balancer-identity")),
		"a pod that starts before the association has no role")
}

// A role is for one account of one namespace: another pod of the same name elsewhere cannot have it.
func TestControllers_rolesAreForTheirOwnPods(t *testing.T) {
	t.Parallel()
	r := run(t)
	for part, of := range map[string][2]string{
		"load-balancer": {"kube-system", "load-balancer"}, "autoscaler": {"kube-system", "cluster-autoscaler"},
		"queue-scaler": {"keda", "keda-operator"},
	} {
		trust := r.Get(t, "aws:iam/role:Role", "main-"+part+"-role").Values()["assumeRolePolicy"].(string)
		assert.JSONEq(t, iampolicy.PodTrust(of[0], of[1]).JSON(), trust, part)
		association := r.Get(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "main-"+part+"-identity").Values()
		assert.Equal(t, of[0], association["namespace"], part)
		assert.Equal(t, of[1], association["serviceAccount"], part)
	}
}

// reads are the first words of actions that change nothing.
var reads = []string{"Describe", "Get", "List"}

func TestControllers_changeOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	r := run(t)
	for _, p := range r.OfType("aws:iam/rolePolicy:RolePolicy") {
		doc, err := iampolicy.Parse(p.Values()["policy"].(string))
		require.NoError(t, err)
		for _, s := range doc.Statements {
			if len(s.Resources) != 1 || s.Resources[0] != "*" {
				continue
			}
			for _, a := range s.Actions {
				_, verb, _ := strings.Cut(a, ":")
				read := false
				for _, word := range reads {
					read = read || strings.HasPrefix(verb, word)
				}
				assert.True(t, read && !strings.Contains(a, "*"), "%s: %s on everything", p.Name, a)
			}
		}
	}
	for _, part := range []string{"load-balancer", "autoscaler", "queue-scaler"} {
		association := r.Get(t, "aws:eks/podIdentityAssociation:PodIdentityAssociation", "main-"+part+"-identity")
		assert.True(t, association.DependsOn(r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-"+part+"-allowed")), part)
	}
	nodes := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-autoscaler-allowed").Values()["policy"].(string)
	assert.Regexp(t, `"aws:ResourceTag/k8s\.io/cluster-autoscaler/[a-z0-9-]+":\[?"owned"`, nodes, "only groups of this cluster")
	text := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-load-balancer-allowed").Values()["policy"].(string)
	assert.Contains(t, text, "targetgroup/front/0123")
	assert.NotContains(t, text, "AuthorizeSecurityGroupIngress")
}

func TestRendered_tellWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]string{
		"rendered/istio.yaml": {"istio.io/istio", "v0.0.0-20260827124520-eed52ebb66ad", "Apache-2.0"},
		"rendered/keda.yaml":  {"github.com/kedacore/keda/v2", "v2.21.0", "Apache-2.0"},
	} {
		text, err := files.ReadFile(file)
		require.NoError(t, err)
		head, _, _ := strings.Cut(string(text), "\n---\n")
		assert.Contains(t, head, "origin: "+want[0])
		assert.Contains(t, head, "version: "+want[1])
		assert.Contains(t, head, "license: "+want[2])
		assert.NotContains(t, string(text), ":latest")
		assert.NotContains(t, string(text), "\n          description: ", "%s: a schema's descriptions would fill the state", file)
	}
}
