package awsport_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/plan"
)

func TestCheckCondition_holdsPathsAgainstTheAnswer(t *testing.T) {
	t.Parallel()
	global := call("rds", "DescribeGlobalClusters", nil)
	alarms := call("cloudwatch", "DescribeAlarms", nil)
	node := call("eks", "DescribeNodegroup", doc{"clusterName": "c", "nodegroupName": "n"})
	rows := call("dynamodb", "Query", doc{"TableName": "t"})
	is := func(path plan.Path, value any) plan.Expect { return plan.Expect{Path: path, Op: plan.Is, Value: value} }
	for name, c := range map[string]struct {
		call plan.Call
		e    plan.Expect
		want string // empty is right
	}{
		"a truth":     {global, is(`GlobalClusters[0].GlobalClusterMembers[?DBClusterArn=="a"].IsWriter`, true), ""},
		"a number":    {node, is("nodegroup.scalingConfig.desiredSize", 3), ""},
		"a state":     {alarms, is(`MetricAlarms[?AlarmName=="a"].StateValue`, "ALARM"), ""},
		"a map":       {call("sqs", "GetQueueAttributes", doc{"QueueUrl": "q"}), is("Attributes.QueueArn", "a"), ""},
		"an item":     {rows, is("Items[0].pk.S", "a"), ""},
		"a time":      {alarms, is("MetricAlarms[0].StateUpdatedTimestamp", "2026-03-01T12:00:00Z"), ""},
		"count":       {rows, plan.Expect{Path: "Count", Op: plan.AtLeast, Value: 1, Missing: 0}, ""},
		"no count":    {rows, is("Count", 1), "the answer leaves a int32 of zero out"},
		"no field":    {node, is("nodegroup.Status", "ACTIVE"), "types.Nodegroup has no field Status"},
		"no filter":   {alarms, is(`MetricAlarms[?Name=="a"].StateValue`, "OK"), "types.MetricAlarm has no field Name"},
		"a bad state": {alarms, is("MetricAlarms[0].StateValue", "Alarm"), `"Alarm" is none of [OK ALARM INSUFFICIENT_DATA]`},
		"no list":     {node, is("nodegroup[0].status", "ACTIVE"), "an entry is looked for in a types.Nodegroup"},
		"no document": {node, is("nodegroup.nodegroupName.x", "a"), "x is looked for in a string"},
		"text":        {node, is("nodegroup.scalingConfig.desiredSize", "3"), "it is a int32, which 3 is not"},
		"a filter":    {alarms, is(`MetricAlarms[?AlarmName==1].StateValue`, "OK"), "it is a string, which 1 is not"},
		"a document":  {node, is("nodegroup.scalingConfig", 3), "it is a types.NodegroupScalingConfig, which 3 is not"},
		"a bad call":  {call("eks", "DescribeNodegroup", doc{"name": "n"}), is("a", 1), "name: eks.DescribeNodegroupInput has no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := awsport.CheckCondition(plan.Condition{Call: c.call, All: []plan.Expect{c.e}})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestCheckPlan_namesEachStep(t *testing.T) {
	t.Parallel()
	wrong := call("rds", "Reboot", nil)
	look := plan.Condition{Call: wrong, All: []plan.Expect{{Path: "a", Op: plan.Is, Value: 1}}}
	err := awsport.CheckPlan(plan.Plan{
		Gates: []plan.Gate{{ID: "g", Condition: &look}, {ID: "approval"}},
		Steps: []plan.Step{{ID: "s", Call: wrong, Condition: look, Undo: &wrong}, {ID: "k", Call: plan.Call{
			Kind: plan.Kubernetes, Input: doc{"Name": "a/b"}}}},
	})
	for _, want := range []string{"gate g: rds.Reboot", "step s: rds.Reboot", "undo of step s: rds.Reboot", `step k: `} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, awsport.CheckAnswer("eks", "DescribeCluster", doc{"Cluster": doc{}}), "Cluster: eks.Desc")
	require.NoError(t, awsport.CheckAnswer("eks", "DescribeCluster", doc{"cluster": doc{"name": "a"}}))
	require.Error(t, awsport.CheckAnswer("eks", "Reboot", nil))
}

func TestCheck_looksAtLateValues(t *testing.T) {
	t.Parallel()
	c := plan.Call{Kind: plan.AWS, Service: "backup", Operation: "DeleteBackupSelection",
		Input: plan.Document{"BackupPlanId": "p", "SelectionId": "late-selection"}, Late: []plan.Late{{
			Name: "late-selection", Path: `BackupSelectionsList[?SelectionName=="s"].SelectionId`, Call: plan.Call{
				Kind: plan.AWS, Service: "backup", Operation: "ListBackupSelections", Input: plan.Document{"BackupPlanId": "p"}}}}}
	require.NoError(t, awsport.Check(c))
	c.Late[0].Path = "BackupSelectionsList[0].Id"
	require.ErrorContains(t, awsport.Check(c), "late value late-selection")
}
