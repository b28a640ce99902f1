package stacks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iamtest"
	"redoubt/internal/pulumitest"
	"redoubt/system"
	"redoubt/witness"
)

func witnessed(c *Config) { c.Witness = true }

func TestWitness_standsInEachHomeThatWantsOne(t *testing.T) {
	t.Parallel()
	for _, at := range system.Homes {
		for _, d := range whole(t, at, nil).OfType(deployments) {
			assert.NotEqual(t, "witness-deployment", d.Name, "it costs: nobody gets one unasked")
		}
		r := whole(t, at, witnessed)
		spec := r.Get(t, deployments, "witness-deployment").Values()["spec"].(map[string]any)
		assert.EqualValues(t, 1, spec["replicas"])
		container := spec["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)
		assert.Equal(t, []any{"stand"}, container["args"])
		env := map[string]string{}
		for _, one := range container["env"].([]any) {
			v := one.(map[string]any)
			text, _ := v["value"].(string)
			env[v["name"].(string)] = text
		}
		got, err := witness.ReadSettings(func(name string) string { return env[name] })
		require.NoError(t, err, "the program reads what the stack writes")
		own := settings(at)
		assert.Equal(t, witness.Settings{Home: at, Region: own.Region, Bucket: "atlas-control-123456789012-" + own.Region,
			System: "/etc/redoubt/system.yaml"}, got)
		assert.Equal(t, "the text of system.yaml", r.Get(t, "kubernetes:core/v1:ConfigMap", "witness-files").Values()["data"].(map[string]any)["system.yaml"])
		assert.NotNil(t, r.Get(t, "aws:ecr/repository:Repository", "registry-redoubt/witness"), "its image has a place")
	}
}

// TestWitness_leavesNothingForGood: marks and segments end, and nothing else in the buckets does.
func TestWitness_leavesNothingForGood(t *testing.T) {
	t.Parallel()
	ends := func(r *pulumitest.Recorder, bucket string) (out []string) {
		const rules = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
		for _, rule := range r.Get(t, rules, "bucket-"+bucket+"-lifecycle").Values()["rules"].([]any) {
			one := rule.(map[string]any)
			expiration, _ := one["expiration"].(map[string]any)
			if days := expiration["days"]; days != nil {
				out = append(out, one["filter"].(map[string]any)["prefix"].(string))
				assert.Positive(t, days)
			}
		}
		return out
	}
	with, without := whole(t, system.Primary, witnessed), whole(t, system.Primary, nil)
	assert.Equal(t, []string{"redoubt/witness/"}, ends(with, "artifacts"))
	assert.Equal(t, []string{"witness/segments/"}, ends(with, "control"), "epochs stay: a number is used once")
	for _, bucket := range []string{"artifacts", "control"} {
		assert.Empty(t, ends(without, bucket))
	}
}

// TestWitness_writesItsMarksAndItsLogAlone asks AWS's own words of its policy, as the rules of IAM decide.
func TestWitness_writesItsMarksAndItsLogAlone(t *testing.T) {
	t.Parallel()
	doc := allowedTo(t, whole(t, system.Secondary, witnessed), "witness")
	ask := func(action, resource string, keys ...string) bool {
		in := map[string]string{}
		for n := 0; n < len(keys); n += 2 {
			in[keys[n]] = keys[n+1]
		}
		return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource, Keys: in}, doc)
	}
	const dynamo, leading = "arn:aws:dynamodb:REGION:123456789012:table/", "dynamodb:LeadingKeys"
	own, peers := strings.Replace(dynamo, "REGION", "eu-central-1", 1), strings.Replace(dynamo, "REGION", "eu-west-1", 1)
	for table, mark := range map[string]string{
		"atlas-sessions": "redoubt#witness#from-secondary", "atlas-work-ledger": "redoubt-witness-from-secondary-000001000001",
	} {
		assert.True(t, ask("dynamodb:PutItem", own+table, leading, mark), table)
		assert.True(t, ask("dynamodb:PutItem", peers+table, leading, mark), "where clients write: %s", table)
		assert.True(t, ask("dynamodb:BatchGetItem", own+table, leading, mark), table)
		assert.False(t, ask("dynamodb:BatchGetItem", peers+table, leading, mark), "it reads in its own home: %s", table)
		for _, other := range []string{"task-1", "redoubt#witness#from-primary", "redoubt-witness-from-primary-000001000001"} {
			assert.False(t, ask("dynamodb:PutItem", own+table, leading, other), "%s of %s", other, table)
			assert.False(t, ask("dynamodb:BatchGetItem", own+table, leading, other), "%s of %s", other, table)
		}
		assert.False(t, ask("dynamodb:DeleteItem", own+table, leading, mark), table)
		assert.False(t, ask("dynamodb:Scan", own+table), table)
	}
	assert.False(t, ask("dynamodb:PutItem", own+"atlas-locks-secondary", leading, "redoubt#witness#from-secondary"))
	const bucket, control = "arn:aws:s3:::atlas-artifacts-123456789012-eu-central-1", "arn:aws:s3:::atlas-control-123456789012-eu-central-1"
	assert.True(t, ask("s3:PutObject", bucket+"/redoubt/witness/from-secondary/000001000001"))
	assert.True(t, ask("s3:PutObject", strings.Replace(bucket, "central", "west", 1)+"/redoubt/witness/from-secondary/000001000001"))
	assert.False(t, ask("s3:PutObject", bucket+"/redoubt/witness/from-primary/000001000001"))
	assert.False(t, ask("s3:GetObject", bucket+"/a"))
	assert.True(t, ask("s3:ListBucket", bucket, "s3:prefix", "redoubt/witness/from-secondary/"))
	assert.False(t, ask("s3:ListBucket", bucket, "s3:prefix", ""), "it does not see what agents keep")
	for _, key := range []string{"/witness/segments/from-secondary/000001/00000001", "/witness/epochs/from-secondary/000001"} {
		assert.True(t, ask("s3:PutObject", control+key), key)
		assert.True(t, ask("s3:GetObject", control+key), key)
		assert.False(t, ask("s3:DeleteObject", control+key), key)
		assert.False(t, ask("s3:PutObject", strings.Replace(control, "central", "west", 1)+key), "the log is in its own home: %s", key)
	}
	assert.True(t, ask("s3:GetObject", control+"/inventory/secondary.json"))
	assert.False(t, ask("s3:PutObject", control+"/inventory/secondary.json"))
	assert.False(t, ask("s3:PutObject", control+"/records/drill"))
	assert.True(t, ask("elasticache:Connect", "arn:aws:elasticache:eu-west-1:123456789012:replicationgroup:atlas-recall-primary"))
	assert.False(t, ask("sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:atlas-work"), "consumers meet no mark of it")
	assert.False(t, ask("cloudwatch:PutMetricData", "*", "cloudwatch:namespace", "Redoubt/Watch"))
}

func TestWitness_runsBeforeThereIsAnotherHome(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	c.Witness = true
	r := pulumitest.Run(t, deploy(c, example(t)), region(c.Region), reference(t, "own-last", nil))
	for _, s := range allowedTo(t, r, "witness").Statements {
		for _, resource := range s.Resources {
			assert.NotContains(t, resource, "eu-central-1", s.Sid)
		}
	}
}
