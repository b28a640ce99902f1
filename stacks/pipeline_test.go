package stacks

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/pipeline"
	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const homeRegions = `{"primary":"eu-west-1","secondary":"eu-central-1"}`

func TestProgram_ofTheStateHasRolesOnlyForARepository(t *testing.T) {
	t.Parallel()
	run := func(changes map[string]string) *pulumitest.Recorder {
		return pulumitest.Run(t, stateProgram, append(stateKeys(), pulumitest.WithConfig(stateSettings(t, changes)))...)
	}
	assert.Empty(t, run(nil).OfType(pipeline.Type), "without a repository nothing changes")
	r := run(map[string]string{"repository": "acme/atlas", "homeRegions": homeRegions})
	pulumitest.CheckTree(t, r)
	pulumitest.CheckPolicies(t, r)
	require.Len(t, r.OfType(pipeline.Type), 1)
	trust := r.Get(t, "aws:iam/role:Role", "pipeline-deploy-secondary").Values()["assumeRolePolicy"]
	assert.Contains(t, trust, "repo:acme/atlas:environment:secondary")
	for _, name := range []string{"state", "copy"} {
		bucket := r.Get(t, "aws:s3/bucketV2:BucketV2", name+"-bucket-bucket").Values()["bucket"].(string)
		assert.Contains(t, r.Get(t, "aws:iam/policy:Policy", "pipeline-read-policy").Values()["policy"], bucket+"/*")
	}
	for _, alias := range r.OfType("aws:kms/alias:Alias") {
		assert.True(t, strings.HasPrefix(alias.Values()["name"].(string), "alias/atlas-state"), "the roles find keys by that")
	}
}

func TestLoadState_wantsTheHomesOfARepository(t *testing.T) {
	t.Parallel()
	load := func(changes map[string]string) (err error) {
		_, _ = pulumitest.RunErr(func(ctx *pulumi.Context) error {
			_, err = LoadState(ctx)
			return nil
		}, pulumitest.WithConfig(stateSettings(t, changes)))
		return err
	}
	require.NoError(t, load(map[string]string{"repository": "acme/atlas", "homeRegions": homeRegions}))
	err := load(map[string]string{"repository": "acme/atlas", "homeRegions": `{"primary":"mars-1"}`})
	require.ErrorContains(t, err, `redoubt-state:homeRegions has "mars-1" for the primary home`)
	require.ErrorContains(t, err, `has "" for the secondary home`)
	require.ErrorContains(t, load(map[string]string{"homeRegions": "{"}), "homeRegions is no object of texts")
	require.ErrorContains(t, load(map[string]string{"githubProvider": "arn:x"}), `is "arn:x" without a repository`)
}

// pipelineOf is what the stack of the state declares for the pipeline of the system of that name, with the homes in
// these regions.
func pipelineOf(t *testing.T, name string, regions map[system.Home]string) map[string]iampolicy.Document {
	t.Helper()
	c := StateConfig{Region: "eu-central-1", PeerRegion: "eu-west-1", AccountID: "123456789012", Repository: "acme/atlas",
		HomeRegions: regions}
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := pipeline.New(ctx, "pipeline", pipelineArgs(c, name))
		return err
	})
	out := map[string]iampolicy.Document{}
	for _, res := range r.OfType("aws:iam/policy:Policy") {
		doc, err := iampolicy.Parse(res.Values()["policy"].(string))
		require.NoError(t, err)
		out[strings.TrimPrefix(res.Name, "pipeline-")] = doc
	}
	return out
}

// exampleRegions are those of the example's homes.
var exampleRegions = map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"}

// allowed is a statement of the policies of a home's deploy role.
func allowed(t *testing.T, home system.Home, sid string) iampolicy.Statement {
	t.Helper()
	for name, doc := range pipelineOf(t, "atlas", exampleRegions) {
		for _, s := range doc.Statements {
			if s.Sid == sid && strings.HasPrefix(name, "deploy-"+string(home)) {
				return s
			}
		}
	}
	require.Fail(t, "no statement "+sid)
	return iampolicy.Statement{}
}

// primaryAlone is the example's primary at its first update.
func primaryAlone(t *testing.T) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, deploy(settings(system.Primary), example(t)), region("eu-west-1"),
		reference(t, "own-last", nil))
}

// TestDeploy_theHomesOwnRoleMayMakeItsRoles: every role that the example declares has a name, a policy of AWS
// and a service that the deploy role of its home is allowed, and not that of the other.
func TestDeploy_theHomesOwnRoleMayMakeItsRoles(t *testing.T) {
	t.Parallel()
	r := primaryAlone(t)
	fits := func(home system.Home, name string) bool {
		return slices.ContainsFunc(allowed(t, home, "Roles").Resources, func(pattern string) bool {
			ok, err := path.Match(pattern[strings.LastIndex(pattern, "/")+1:], name)
			return ok && err == nil
		})
	}
	services := allowed(t, system.Primary, "Pass").Conditions["StringEquals"]["iam:PassedToService"]
	roles := r.OfType("aws:iam/role:Role")
	require.NotEmpty(t, roles)
	for _, role := range roles {
		name := role.Values()["name"].(string)
		assert.True(t, fits(system.Primary, name), name)
		assert.False(t, fits(system.Secondary, name), name)
		trust, err := iampolicy.Parse(role.Values()["assumeRolePolicy"].(string))
		require.NoError(t, err)
		for _, s := range trust.Statements {
			assert.Subset(t, services, s.Principals["Service"], name)
		}
	}
	policies := allowed(t, system.Primary, "Attach").Conditions["ArnEquals"]["iam:PolicyARN"]
	for _, at := range r.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment") {
		assert.Contains(t, policies, at.Values()["policyArn"], at.Name)
	}
}

// TestDeploy_theHomesOwnRoleMayWriteItsObjects: the same for the objects and secrets that the program writes.
func TestDeploy_theHomesOwnRoleMayWriteItsObjects(t *testing.T) {
	t.Parallel()
	r := primaryAlone(t)
	objects := r.OfType("aws:s3/bucketObjectv2:BucketObjectv2")
	require.NotEmpty(t, objects)
	buckets := map[string]bool{}
	for _, b := range r.OfType("aws:s3/bucketV2:BucketV2") {
		buckets[b.Values()["bucket"].(string)] = true
	}
	for _, resource := range allowed(t, system.Primary, "Objects").Resources {
		name := strings.TrimSuffix(strings.TrimPrefix(resource, "arn:aws:s3:::"), "/*")
		assert.True(t, buckets[name], "%s is no bucket of the home", name)
	}
	prefix := strings.TrimSuffix(allowed(t, system.Primary, "Secrets").Resources[0], "*")
	for _, s := range r.OfType("aws:secretsmanager/secret:Secret") {
		arn := "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + s.Values()["name"].(string)
		assert.True(t, strings.HasPrefix(arn, prefix), arn)
	}
}

// TestDeploy_theHomesOwnRoleKnowsTheLongestNames: names that are cut are still those that the deploy role's policies name.
func TestDeploy_theHomesOwnRoleKnowsTheLongestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 29)
	sys, err := with(t, storeCalled(long+"a", "postgres")+storeCalled(long+"b", "table")+storeCalled(long+"c", "bucket")+
		"  - {name: "+long+"d, kind: cache, tier: archive, sizeGiB: 1, retention: {dailyDays: 14}}\n")
	require.NoError(t, err)
	sys.Name = strings.Repeat("s", 20)
	c := settings(system.Primary)
	c.Region, c.Zones = "ap-northeast-1", []string{"ap-northeast-1a", "ap-northeast-1b", "ap-northeast-1c"}
	r := pulumitest.Run(t, deploy(c, sys), region(c.Region), reference(t, "own-last", nil))
	grants := pipelineOf(t, sys.Name, map[system.Home]string{system.Primary: c.Region, system.Secondary: "eu-central-1"})
	may := func(action, resource string, keys map[string]string) bool {
		keys["aws:RequestedRegion"] = c.Region
		return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource, Keys: keys},
			grants["deploy-primary-stores-policy"], grants["deploy-primary-global-policy"], grants["deploy-primary-bounds-policy"])
	}
	cut := 0
	for _, role := range r.OfType("aws:iam/role:Role") {
		name := role.Values()["name"].(string)
		assert.LessOrEqual(t, len(name), naming.RoleMax)
		if len(name) == naming.RoleMax {
			cut++
		}
		arn := "arn:aws:iam::123456789012:role/" + name
		bound := map[string]string{"iam:PermissionsBoundary": c.Scope(sys.Name).Boundary()}
		assert.True(t, may("iam:CreateRole", arn, bound), name)
		assert.True(t, may("iam:PassRole", arn, map[string]string{"iam:PassedToService": "rds.amazonaws.com"}), name)
	}
	assert.NotZero(t, cut, "no name was cut")
	for _, table := range r.OfType("aws:dynamodb/table:Table") {
		name := table.Values()["name"].(string)
		assert.True(t, may("dynamodb:CreateTable", c.Scope("").ARN("dynamodb", "table/"+name), map[string]string{}), name)
	}
	for _, object := range r.OfType("aws:s3/bucketObjectv2:BucketObjectv2") {
		arn := "arn:aws:s3:::" + object.Values()["bucket"].(string) + "/" + object.Values()["key"].(string)
		assert.True(t, may("s3:PutObject", arn, map[string]string{}), arn)
	}
}
