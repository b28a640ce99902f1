package cache

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/bucket"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	machineToken      = "aws:sfn/stateMachine:StateMachine"
	scheduleToken     = "aws:scheduler/schedule:Schedule"
	alarmToken        = "aws:cloudwatch/metricAlarm:MetricAlarm"
	policyToken       = "aws:s3/bucketPolicy:BucketPolicy"
	rolePolicyToken   = "aws:iam/rolePolicy:RolePolicy"
	replicationToken  = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	lifecycleToken    = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	snapshotBucketArn = "arn:aws:s3:::agora-scores-snapshots-123456789012-eu-west-1"
)

// machine is what a test looks at of the definition.
type machine struct {
	QueryLanguage, StartAt string
	States                 map[string]struct {
		Type, Resource, Next, Default string
		Arguments                     map[string]any
		Choices, Catch                []struct{ Next string }
	}
}

func definitionOf(t *testing.T, r *pulumitest.Recorder) (machine, string) {
	t.Helper()
	text := r.Get(t, machineToken, "main-machine").Values()["definition"].(string)
	var m machine
	require.NoError(t, json.Unmarshal([]byte(text), &m))
	return m, text
}

// next lists where a state may go on.
func (m machine) next(name string) []string {
	s := m.States[name]
	out := []string{s.Next, s.Default}
	for _, c := range append(s.Choices, s.Catch...) {
		out = append(out, c.Next)
	}
	return slices.DeleteFunc(out, func(n string) bool { return n == "" })
}

// reach lists what can be reached from a state without passing another one.
func (m machine) reach(from, without string) map[string]bool {
	seen, open := map[string]bool{}, []string{from}
	for len(open) > 0 {
		at := open[0]
		open = open[1:]
		if at == without || seen[at] {
			continue
		}
		seen[at] = true
		open = append(open, m.next(at)...)
	}
	return seen
}

func TestSnapshots_everyWayOutOfARestoreSweepsTheRestoredGroup(t *testing.T) {
	t.Parallel()
	m, _ := definitionOf(t, run(t, seedArgs(0)))
	for name := range m.reach("Restore", "Sweep") {
		assert.NotContains(t, []string{"Succeed", "Fail"}, m.States[name].Type,
			"%s ends a run that made a group and did not delete it", name)
	}
	for name, s := range m.States {
		if s.Type == "Task" {
			assert.NotEmpty(t, s.Catch, "%s: an error would end the run where it stands", name)
		}
	}
	assert.Contains(t, m.reach("Sweep", ""), "Delete")
	assert.Equal(t, []string{"Sweeping", "Sweeping"}, m.next("Delete"), "a refused deletion is looked at again")
}

func TestSnapshots_everyStateIsReachedAndExists(t *testing.T) {
	t.Parallel()
	m, text := definitionOf(t, run(t, seedArgs(0)))
	assert.Equal(t, "JSONata", m.QueryLanguage)
	all := m.reach(m.StartAt, "")
	assert.ElementsMatch(t, slices.Collect(maps.Keys(m.States)), slices.Collect(maps.Keys(all)))
	_, again := definitionOf(t, run(t, seedArgs(0)))
	assert.Equal(t, text, again, "equal args give equal text")
}

func TestSnapshots_whatIsRestoredIsTheExportedObject(t *testing.T) {
	t.Parallel()
	m, _ := definitionOf(t, run(t, seedArgs(0)))
	export, restore := m.States["Export"].Arguments, m.States["Restore"].Arguments
	assert.Equal(t, "agora-scores-snapshots-123456789012-eu-west-1", export["TargetBucket"])
	assert.Contains(t, restore["SnapshotArns"].([]any)[0], "'"+snapshotBucketArn+"/' & $object")
	assert.Equal(t, []any{"agora-scores-primary-test", "main-restored_id"},
		[]any{restore["ReplicationGroupId"], restore["SecurityGroupIds"].([]any)[0]}, "it stands beside, and nobody reaches it")
	assert.Equal(t, "agora-scores-primary-test", m.States["Delete"].Arguments["ReplicationGroupId"])
	assert.Contains(t, restore["KmsKeyId"], "eu-west-1")
}

// TestSnapshots_theRoleCanDeleteNothingButTheTest: a mistake in the machine
// must not reach the cache itself.
func TestSnapshots_theRoleCanDeleteNothingButTheTest(t *testing.T) {
	t.Parallel()
	r := run(t, seedArgs(0))
	m, _ := definitionOf(t, r)
	var policy struct {
		Statement []struct{ Action, Resource any }
	}
	text := r.Get(t, rolePolicyToken, "main-exporter-policy").Values()["policy"].(string)
	require.NoError(t, json.Unmarshal([]byte(text), &policy))
	for _, s := range policy.Statement {
		if s.Action == "elasticache:DeleteReplicationGroup" {
			for _, arn := range s.Resource.([]any) {
				assert.Contains(t, arn, "agora-scores-primary-test")
			}
		}
	}
	for name, s := range m.States {
		if action, is := strings.CutPrefix(s.Resource, "arn:aws:states:::aws-sdk:"); is {
			service, op, _ := strings.Cut(action, ":")
			if op == "listObjectsV2" {
				op = "listBucket" // what IAM calls it
			}
			assert.Contains(t, text, service+":"+strings.ToUpper(op[:1])+op[1:], "%s is not allowed what it calls", name)
		}
	}
}

func TestSnapshots_elastiCacheOfTheRegionMayWriteToTheBucket(t *testing.T) {
	t.Parallel()
	for _, args := range []*Args{seedArgs(0), joinArgs(0), emptyArgs(0)} {
		text := run(t, args).Get(t, policyToken, "main-snapshots-policy").Values()["policy"].(string)
		assert.Contains(t, text, `{"Service":"`+args.Scope.Region+`.elasticache-snapshot.amazonaws.com"}`)
		assert.Contains(t, text, `"s3:PutObject"`)
		assert.Contains(t, text, "TLSOnly")
	}
}

func TestSnapshots_arriveInTheOtherHomeOnceThereIsOne(t *testing.T) {
	t.Parallel()
	a := seedArgs(0)
	assert.Empty(t, run(t, a).OfType(replicationToken))
	a.SnapshotPeer = &bucket.Peer{
		Region: "eu-central-1", Bucket: "peers-snapshots",
		KeyArn: pulumi.String("arn:aws:kms:eu-central-1:" + account + ":key/data"),
	}
	assert.Len(t, run(t, a).OfType(replicationToken), 1)
}

func TestSnapshots_endWithTheirRetention(t *testing.T) {
	t.Parallel()
	rules := run(t, seedArgs(0)).Get(t, lifecycleToken, "main-snapshots-lifecycle").Values()["rules"].([]any)
	assert.Contains(t, rules, map[string]any{"id": "end-of-life", "status": "Enabled", "filter": map[string]any{"prefix": ""},
		"expiration": map[string]any{"days": 14.0}})
}

func TestSnapshots_runEachDayAndSayWhenNoneSucceeded(t *testing.T) {
	t.Parallel()
	r := run(t, seedArgs(0))
	s := r.Get(t, scheduleToken, "main-daily").Values()
	assert.Regexp(t, `^cron\(\d+ \d+ \* \* \? \*\)$`, s["scheduleExpression"])
	alarm := r.Get(t, alarmToken, "main-unproved").Values()
	assert.Equal(t, []any{"ExecutionsSucceeded", "LessThanThreshold", 1.0, 86400.0, "breaching"}, []any{alarm["metricName"],
		alarm["comparisonOperator"], alarm["threshold"], alarm["period"], alarm["treatMissingData"]},
		"no run is as bad as one that failed")
}

func TestSnapshots_onlyOfWhatIsKeptAndWhereThereIsAGroup(t *testing.T) {
	t.Parallel()
	rebuilt := seedArgs(0)
	rebuilt.Store.RebuildFrom, rebuilt.Store.Retention = "tasks", system.Retention{}
	for name, args := range map[string]*Args{"rebuilt": rebuilt, "only after a restore": emptyArgs(0)} {
		r := run(t, args)
		assert.Empty(t, r.OfType(machineToken), name)
		assert.Empty(t, r.OfType(scheduleToken), name)
	}
	assert.Empty(t, run(t, rebuilt).OfType("aws:s3/bucketV2:BucketV2"))
	assert.Len(t, run(t, emptyArgs(0)).OfType("aws:s3/bucketV2:BucketV2"), 1, "the other home's snapshots arrive there")
}
