package configuration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/configuration"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/inventory/objects"
	"redoubt/system"
)

func exportArgs(n int) *configuration.ExportArgs {
	name := fmt.Sprintf("agora%d", n)
	return &configuration.ExportArgs{
		Scope:   naming.Scope{System: name, Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		Cluster: pulumi.String(name + "-primary"), Namespace: name,
		Bucket:   pulumi.String("agora-configuration"),
		KeyArn:   pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/data"),
		Services: []string{"10.40.48.0/20", "172.21.0.0/16"}, Homes: []string{"10.40.0.0/16", "10.41.0.0/16"},
	}
}

var exportSuite = pulumitest.Suite[configuration.ExportArgs, *configuration.Export]{
	Args: exportArgs, New: configuration.NewExport, Golden: "export.golden", Cluster: true,
	Bad: []pulumitest.Bad[configuration.ExportArgs]{
		{Name: "no home", Mutate: func(a *configuration.ExportArgs) { a.Scope.Home = "" }, Want: "want a system, a home"},
		{Name: "no account", Mutate: func(a *configuration.ExportArgs) { a.Scope.Account = "" }, Want: "and an account"},
		{Name: "no namespace", Mutate: func(a *configuration.ExportArgs) { a.Namespace = "" }, Want: "namespace is required"},
		{Name: "no cluster", Mutate: func(a *configuration.ExportArgs) { a.Cluster = nil }, Want: "cluster is required"},
		{Name: "no bucket", Mutate: func(a *configuration.ExportArgs) { a.Bucket = nil }, Want: "bucket is required"},
		{Name: "no key", Mutate: func(a *configuration.ExportArgs) { a.KeyArn = nil }, Want: "keyArn is required"},
		{Name: "no services", Mutate: func(a *configuration.ExportArgs) { a.Services = nil }, Want: "services are empty"},
		{
			Name: "a wrong range", Mutate: func(a *configuration.ExportArgs) { a.Homes = []string{"10.40.0.1/16"} },
			Want: `homes have "10.40.0.1/16"`,
		},
	},
	Changes: []pulumitest.Change[configuration.ExportArgs]{
		{
			Name: "the bucket", Mutate: func(a *configuration.ExportArgs) { a.Bucket = pulumi.String("other") },
			Want: []string{"main-allowed policy", "main-job spec"},
		},
		{
			Name: "the key", Mutate: func(a *configuration.ExportArgs) { a.KeyArn = pulumi.String("arn:aws:kms:eu-west-1:1:key/b") },
			Want: []string{"main-allowed policy"},
		},
		{
			Name: "the cluster", Mutate: func(a *configuration.ExportArgs) { a.Cluster = pulumi.String("other") },
			Want: []string{"main-identity clusterName"}, Replaces: []string{"main-identity clusterName"},
		},
		{
			Name: "where the API server is", Mutate: func(a *configuration.ExportArgs) { a.Services = a.Services[:1] },
			Want: []string{"main-network spec"},
		},
		{
			Name: "what is not outside", Mutate: func(a *configuration.ExportArgs) { a.Homes = a.Homes[:1] },
			Want: []string{"main-network spec"},
		},
	},
}

func TestExport_component(t *testing.T) {
	t.Parallel()
	exportSuite.Run(t)
}

func exported(t *testing.T) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, exportSuite.Program(exportArgs(0)))
}

// in walks into plain values by names and numbers.
func in(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch key := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			require.True(t, ok, "%v is no map at %q", v, key)
			v = m[key]
		case int:
			l, ok := v.([]any)
			require.True(t, ok && key < len(l), "%v has no item %d", v, key)
			v = l[key]
		}
	}
	return v
}

func TestExport_mayWriteBelowOnePrefixAndNothingElse(t *testing.T) {
	t.Parallel()
	r := exported(t)
	doc, err := iampolicy.Parse(r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-allowed").Values()["policy"].(string))
	require.NoError(t, err)
	actions := map[string][]string{}
	for _, s := range doc.Statements {
		for _, a := range s.Actions {
			actions[a] = append(actions[a], s.Resources...)
		}
	}
	assert.Equal(t, map[string][]string{
		"s3:PutObject":        {"arn:aws:s3:::agora-configuration/kubernetes/primary/*"},
		"kms:GenerateDataKey": {"arn:aws:kms:eu-west-1:123456789012:key/data"},
	}, actions)
	for _, s := range doc.Statements {
		if s.Sid == "Seal" {
			assert.Equal(t, map[string]map[string][]string{
				"StringEquals": {"kms:ViaService": {"s3.eu-west-1.amazonaws.com"}},
				"StringLike": {"kms:EncryptionContext:aws:s3:arn": {"arn:aws:s3:::agora-configuration",
					"arn:aws:s3:::agora-configuration/kubernetes/primary/*"}},
			}, s.Conditions, "the key serves S3 and this bucket alone")
		}
	}
	trust := r.Get(t, "aws:iam/role:Role", "main-role").Values()["assumeRolePolicy"]
	assert.Equal(t, iampolicy.PodTrust("agora0", "redoubt-export").JSON(), trust)
	assert.True(t, strings.HasPrefix(configuration.ObjectsKey(system.Primary), configuration.ObjectsPrefix(system.Primary)))
}

func TestExport_mayReadWhatIsKeptAndNoSecret(t *testing.T) {
	t.Parallel()
	r := exported(t)
	may := map[string]string{}
	for _, res := range append(r.OfType("kubernetes:rbac.authorization.k8s.io/v1:Role"),
		r.OfType("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole")...) {
		for _, rule := range res.Values()["rules"].([]any) {
			if names, whole := rule.(map[string]any)["resourceNames"], in(t, rule, "verbs", 0) == "list"; whole {
				assert.Nil(t, names)
			} else {
				assert.Equal(t, []any{"agora0"}, names, "what belongs to nobody's namespace is read by its name")
			}
			for _, plural := range in(t, rule, "resources").([]any) {
				for _, verb := range in(t, rule, "verbs").([]any) {
					key := fmt.Sprint(in(t, rule, "apiGroups", 0), "/", plural)
					may[key] += fmt.Sprint(verb)
				}
			}
		}
	}
	want := map[string]string{}
	for _, k := range objects.Kinds {
		want[k.Group()+"/"+k.Plural] = map[bool]string{true: "get", false: "list"}[k.Scope == objects.Itself]
	}
	assert.Equal(t, want, may)
	assert.NotContains(t, may, "/secrets")
}

// A pod that starts before its rights stand fails, and the export with it.
func TestExport_startsWhenItsRightsStand(t *testing.T) {
	t.Parallel()
	r := exported(t)
	job := r.Get(t, "kubernetes:batch/v1:CronJob", "main-job")
	for name, typ := range map[string]string{
		"main-account":  "kubernetes:core/v1:ServiceAccount",
		"main-reads":    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
		"main-network":  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
		"main-identity": "aws:eks/podIdentityAssociation:PodIdentityAssociation", "main-cluster-reads": "kubernetes:rbac." +
			"authorization.k8s.io/v1:ClusterRoleBinding",
	} {
		assert.True(t, job.DependsOn(r.Get(t, typ, name)), name)
	}
}

func TestExport_runsAsNobodyInTheHomesOwnImage(t *testing.T) {
	t.Parallel()
	job := exported(t).Get(t, "kubernetes:batch/v1:CronJob", "main-job").Values()
	assert.Equal(t, "Forbid", in(t, job, "spec", "concurrencyPolicy"))
	pod := in(t, job, "spec", "jobTemplate", "spec", "template")
	c := in(t, pod, "spec", "containers", 0)
	assert.Equal(t, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agora0/redoubt/export:1", in(t, c, "image"))
	assert.Equal(t, []any{"-namespace=agora0", "-region=eu-west-1", "-bucket=agora-configuration",
		"-key=kubernetes/primary/objects.json"}, in(t, c, "args"))
	assert.Equal(t, true, in(t, pod, "spec", "securityContext", "runAsNonRoot"))
	assert.Equal(t, "RuntimeDefault", in(t, pod, "spec", "securityContext", "seccompProfile", "type"))
	assert.Equal(t, []any{"ALL"}, in(t, c, "securityContext", "capabilities", "drop"))
	assert.Equal(t, false, in(t, c, "securityContext", "allowPrivilegeEscalation"))
	assert.Equal(t, "redoubt-export", in(t, pod, "spec", "serviceAccountName"))

	network := exported(t).Get(t, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "main-network").Values()
	assert.Equal(t, in(t, network, "spec", "podSelector", "matchLabels", "app.kubernetes.io/name"),
		in(t, pod, "metadata", "labels", "app.kubernetes.io/name"), "the policy is about the export's own pods")
	assert.Equal(t, []any{"Ingress", "Egress"}, in(t, network, "spec", "policyTypes"))
	assert.NotContains(t, in(t, network, "spec"), "ingress", "nobody gets in")
	assert.Equal(t, []any{"10.40.0.0/16", "10.41.0.0/16", "169.254.0.0/16"},
		in(t, network, "spec", "egress", 3, "to", 0, "ipBlock", "except"), "no way into the homes' networks")
}
