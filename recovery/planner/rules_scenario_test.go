package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

// TestCheck_refusesByName changes a sound plan so that it breaks one rule.
func TestCheck_refusesByName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		example, step string
		change        func(*plan.Step)
		want          string
	}{
		"users leave the home": {"zone-loss", "shift-entry",
			func(s *plan.Step) { s.Role = plan.Traffic }, "rule home-stays: step shift-entry: it moves users"},
		"another home writes": {"zone-loss", "move-writer-tasks",
			func(s *plan.Step) { s.Call.Operation = "FailoverGlobalCluster" },
			"rule home-stays: step move-writer-tasks: rds.FailoverGlobalCluster in the primary home lets another home write"},
		"a shift for ever": {"zone-loss", "shift-entry",
			func(s *plan.Step) { delete(s.Call.Input, "expiresIn") }, "rule one-zone: step shift-entry: the shift never ends"},
		"a shift for good": {"zone-loss", "shift-entry",
			func(s *plan.Step) { s.Undo = nil }, "rule one-zone: step shift-entry: nothing takes the shift back"},
		"two zones": {"zone-loss", "shift-cluster",
			func(s *plan.Step) { s.Call.Input["awayFrom"] = "euw1-az2" }, "rule one-zone: step shift-cluster: a second zone"},
		"a promotion in a partition": {"partition", "release-secondary",
			func(s *plan.Step) { s.Role = plan.Start }, "rule nobody-promoted: step release-secondary: it makes a home do"},
		"a claim in a partition": {"partition", "release-secondary",
			func(s *plan.Step) {
				s.Call.Input["MetricData"].([]any)[0].(map[string]any)["Value"] = 1.0
			}, "rule nobody-promoted: step release-secondary: it claims the traffic"},
		"a degradation for good": {"dependency-loss", "degrade-planner",
			func(s *plan.Step) { s.Undo = nil }, "rule given-back: step degrade-planner: nothing takes the degradation back"},
		"agents led to what nobody looked at": {"restore-table", "direct-sessions-primary",
			func(s *plan.Step) { s.Needs = nil }, "rule verified-before-swap: step direct-sessions-primary: it does not wait"},
		"a look that may fail": {"restore-table", "verify-sessions",
			func(s *plan.Step) { s.OnFailure = plan.Report }, "rule verified-before-swap: step verify-sessions: a look that may"},
		"agents that start before anybody looked": {"restore-cache", "resume-evaluator-primary",
			func(s *plan.Step) { s.Needs = nil }, "rule verified-before-swap: step resume-evaluator-primary: it does not wait"},
		"a version that is deleted for good": {"restore-bucket", "mark-artifacts",
			func(s *plan.Step) { s.Call.Operation = "DeleteObject" },
			"rule damaged-stays: step mark-artifacts: s3.DeleteObject in the primary home deletes"},
		"agents that read an object that nobody looked at": {"restore-bucket", "resume-worker-primary",
			func(s *plan.Step) { s.Needs = []string{"rewind-artifacts"} },
			"rule verified-before-swap: step resume-worker-primary: it does not wait"},
		"a damaged group in a new datastore": {"restore-cache", "join-scores",
			func(s *plan.Step) { s.Call.Input["PrimaryReplicationGroupId"] = "atlas-scores-primary" },
			"rule damaged-stays: step join-scores: elasticache.CreateGlobalReplicationGroup in the primary home changes atlas-scores"},
		"a damaged table that is changed": {"restore-table", "protect-sessions-secondary",
			func(s *plan.Step) { s.Call.Input["TableName"] = "atlas-sessions" },
			"rule damaged-stays: step protect-sessions-secondary: dynamodb.UpdateTable in the secondary home changes atlas-sessions"},
		"a damaged table that is tagged": {"restore-table", "tag-sessions-primary",
			func(s *plan.Step) { s.Call.Input["ResourceArn"] = "arn:aws:dynamodb:eu-west-1:1:table/atlas-sessions" },
			"rule damaged-stays: step tag-sessions-primary: dynamodb.TagResource in the primary home changes atlas-sessions"},
		"an undo that deletes": {"restore-table", "replicate-sessions", func(s *plan.Step) {
			s.Undo = &plan.Call{Kind: plan.AWS, Home: s.Call.Home, Service: "dynamodb", Operation: "DeleteTable",
				Input: plan.Document{"TableName": "atlas-sessions"}}
		}, "rule damaged-stays: step replicate-sessions: dynamodb.DeleteTable"},
		"a claim taken back": {"partition", "release-secondary",
			func(s *plan.Step) { s.Undo = &s.Call }, "rule nobody-promoted: step release-secondary: to take it back"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := made(t, c.example)
			require.NoError(t, err)
			require.NoError(t, planner.Check(p))
			require.True(t, change(p, c.step, c.change), "the plan has no step %s", c.step)
			err = planner.Check(p)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
		})
	}
}

func change(p plan.Plan, step string, do func(*plan.Step)) bool {
	for n := range p.Steps {
		if p.Steps[n].ID == step {
			do(&p.Steps[n])
			return true
		}
	}
	return false
}
