package stacks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	probing "redoubt/internal/probe/settings"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func unwatched(c *Config) { c.Watch = false }

func TestProber_runsWhereTheHomeIsWatched(t *testing.T) {
	t.Parallel()
	for _, at := range system.Homes {
		off := whole(t, at, unwatched)
		for _, d := range off.OfType(deployments) {
			assert.NotEqual(t, "prober-deployment", d.Name, "no watch, no prober")
		}
		assert.NotNil(t, off.Get(t, "aws:ecr/repository:Repository", "registry-redoubt/prober"), "a protected place would stop the update that ends the watch")
		r := whole(t, at, nil)
		spec := r.Get(t, deployments, "prober-deployment").Values()["spec"].(map[string]any)
		assert.EqualValues(t, 2, spec["replicas"], "one zone's loss leaves one")
		pod := spec["template"].(map[string]any)["spec"].(map[string]any)
		var args []string
		for _, a := range pod["containers"].([]any)[0].(map[string]any)["args"].([]any) {
			args = append(args, a.(string))
		}
		own := settings(at)
		got, err := probing.Read(args)
		require.NoError(t, err, "the program reads what the stack writes")
		assert.Equal(t, probing.Settings{Home: at, Region: own.Region, Bucket: "atlas-control-123456789012-" + own.Region,
			System: "/etc/redoubt/system.yaml"}, got)
		assert.Equal(t, "the text of system.yaml", r.Get(t, "kubernetes:core/v1:ConfigMap", "prober-files").Values()["data"].(map[string]any)["system.yaml"])
		assert.NotNil(t, r.Get(t, "aws:ecr/repository:Repository", "registry-redoubt/prober"), "its image has a place")
	}
}

// TestProber_leavesOneMarkAndChangesNothingElse asks AWS's own words of its policy, as the rules of IAM decide.
func TestProber_leavesOneMarkAndChangesNothingElse(t *testing.T) {
	t.Parallel()
	r := whole(t, system.Secondary, nil)
	doc := allowedTo(t, r, "prober")
	ask := func(action, resource string, keys ...string) bool {
		in := map[string]string{}
		for n := 0; n < len(keys); n += 2 {
			in[keys[n]] = keys[n+1]
		}
		return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource, Keys: in}, doc)
	}
	const dynamo, mark = "arn:aws:dynamodb:REGION:123456789012:table/", "redoubt#prober#from-secondary"
	own, peers := strings.Replace(dynamo, "REGION", "eu-central-1", 1), strings.Replace(dynamo, "REGION", "eu-west-1", 1)
	for _, table := range []string{"atlas-sessions", "atlas-work-ledger"} {
		assert.True(t, ask("dynamodb:PutItem", own+table, "dynamodb:LeadingKeys", mark), table)
		assert.True(t, ask("dynamodb:PutItem", peers+table, "dynamodb:LeadingKeys", mark), table)
		assert.True(t, ask("dynamodb:GetItem", own+table, "dynamodb:LeadingKeys", mark), table)
		assert.False(t, ask("dynamodb:GetItem", peers+table, "dynamodb:LeadingKeys", mark), "it reads in its own home: %s", table)
		assert.False(t, ask("dynamodb:PutItem", own+table, "dynamodb:LeadingKeys", "somebody's"), table)
		assert.False(t, ask("dynamodb:DeleteItem", own+table, "dynamodb:LeadingKeys", mark), table)
	}
	assert.False(t, ask("dynamodb:PutItem", own+"atlas-locks-secondary", "dynamodb:LeadingKeys", mark))
	assert.True(t, ask("s3:PutObject", "arn:aws:s3:::atlas-artifacts-123456789012-eu-central-1/redoubt/prober/from-secondary"))
	assert.False(t, ask("s3:PutObject", "arn:aws:s3:::atlas-artifacts-123456789012-eu-central-1/redoubt/prober/from-primary"))
	assert.False(t, ask("s3:GetObject", "arn:aws:s3:::atlas-artifacts-123456789012-eu-central-1/a"))
	assert.True(t, ask("s3:GetObject", "arn:aws:s3:::atlas-control-123456789012-eu-central-1/records/drill"))
	assert.True(t, ask("s3:GetObject", "arn:aws:s3:::atlas-control-123456789012-eu-central-1/records/measured"))
	assert.False(t, ask("s3:PutObject", "arn:aws:s3:::atlas-control-123456789012-eu-central-1/records/drill"))
	assert.False(t, ask("s3:GetObject", "arn:aws:s3:::atlas-control-123456789012-eu-central-1/runs/1/plan.json"))
	assert.True(t, ask("elasticache:Connect", "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:atlas-recall-primary"))
	assert.False(t, ask("elasticache:ModifyReplicationGroup", "arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:atlas-recall-secondary"))
	assert.True(t, ask("cloudwatch:PutMetricData", "*", "cloudwatch:namespace", "Redoubt/Watch"))
	assert.False(t, ask("cloudwatch:PutMetricData", "*", "cloudwatch:namespace", "Redoubt/Switch"), "it never moves the traffic")
	assert.True(t, ask("backup:ListRecoveryPointsByBackupVault", "arn:aws:backup:eu-central-1:123456789012:backup-vault:atlas-backups-secondary"))
	assert.False(t, ask("backup:DeleteRecoveryPoint", "arn:aws:backup:eu-central-1:123456789012:backup-vault:atlas-backups-secondary"))
}

// TestProber_runsBeforeThereIsAnotherHome: it looks at what is there.
func TestProber_runsBeforeThereIsAnotherHome(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	r := pulumitest.Run(t, deploy(c, example(t)), region(c.Region), reference(t, "own-last", nil))
	for _, s := range allowedTo(t, r, "prober").Statements {
		for _, resource := range s.Resources {
			assert.NotContains(t, resource, "eu-central-1", s.Sid)
		}
	}
}

func allowedTo(t *testing.T, r *pulumitest.Recorder, part string) iampolicy.Document {
	t.Helper()
	doc, err := iampolicy.Parse(r.Get(t, "aws:iam/rolePolicy:RolePolicy", part+"-allowed").Values()["policy"].(string))
	require.NoError(t, err)
	return doc
}
