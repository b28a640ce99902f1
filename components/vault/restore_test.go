package vault

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	testPlanToken      = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
	testSelectionToken = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
	machineToken       = "aws:sfn/stateMachine:StateMachine"
	rolePolicyToken    = "aws:iam/rolePolicy:RolePolicy"
	groupToken         = "aws:ec2/securityGroup:SecurityGroup"
)

func TestVault_everyStoreIsRestoredInATest(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	r := pulumitest.Run(t, program(a))
	legal := regexp.MustCompile(`^[A-Za-z0-9_]{1,50}$`)
	for _, res := range a.Resources {
		plan := r.Get(t, testPlanToken, "main-test-"+res.Store.Name)
		in := plan.Values()
		assert.Regexp(t, legal, in["name"], "AWS takes no hyphen here")
		assert.Regexp(t, `^cron\(0 4 \? \* (SUN|MON|TUE|WED|THU|FRI|SAT) \*\)$`, in["scheduleExpression"])
		from := in["recoveryPointSelection"].(map[string]any)
		assert.Equal(t, "LATEST_WITHIN_WINDOW", from["algorithm"])
		assert.Equal(t, []any{"arn:aws:mock:eu-west-1:" + account + ":main-vault"}, from["includeVaults"])
		assert.True(t, plan.RPC.GetDeleteBeforeReplace())

		s := r.Get(t, testSelectionToken, "main-test-selection-"+res.Store.Name)
		assert.Regexp(t, legal, s.Values()["name"])
		assert.Equal(t, []any{"arn:aws:mock:eu-west-1:" + account + ":" + res.Store.Name}, s.Values()["protectedResourceArns"])
		assert.NotContains(t, s.Values(), "protectedResourceConditions", "ARNs and conditions exclude each other")
		assert.Equal(t, restoredTypes[res.Store.Kind], s.Values()["protectedResourceType"])
		for _, part := range []string{"stores", "buckets"} {
			assert.True(t, s.DependsOn(r.Get(t, attachToken, "main-restore-"+part)), "a role without rights fails the test")
		}
	}
}

func TestVault_aTestRestoresWhereNobodyLooksInAndUnderOurKey(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	overrides := func(store string) map[string]any {
		return r.Get(t, testSelectionToken, "main-test-selection-"+store).Values()["restoreMetadataOverrides"].(map[string]any)
	}
	key := "arn:aws:kms:eu-west-1:" + account + ":key/data"
	assert.Equal(t, map[string]any{
		"dbSubnetGroupName": "agora-restore-tests-primary", "vpcSecurityGroupIds": `["main-test-access_id"]`, "kmskeyId": key,
	}, overrides("memory"))
	assert.Equal(t, map[string]any{"encryptionType": "KMS", "kmsMasterKeyArn": key}, overrides("sessions"))
	assert.Equal(t, map[string]any{"encryptionType": "SSE-KMS", "kmsKey": key}, overrides("files"))
	group := r.Get(t, groupToken, "main-test-access").Values()
	assert.NotContains(t, group, "ingress")
	assert.NotContains(t, group, "egress")
	assert.Empty(t, r.OfType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"))
}

func TestVault_testsAreSpreadAndLargeStoresAreTestedMonthly(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	days := map[string]bool{}
	for i := range 20 {
		st := system.Store{Name: fmt.Sprintf("store-%d", i), Kind: system.Bucket}
		days[a.testSchedule(st)] = true
		b := *a
		b.Scope = *a.PeerScope
		assert.NotEqual(t, a.testSchedule(st), b.testSchedule(st), "the homes test %s on one day", st.Name)
		st.SizeGiB = largeGiB
		assert.Regexp(t, `^cron\(0 4 ([1-9]|1\d|2[0-8]) \* \? \*\)$`, a.testSchedule(st))
		assert.NotEqual(t, a.testSchedule(st), b.testSchedule(st))
	}
	assert.Greater(t, len(days), 4, "twenty stores on a few days")
}

func TestVault_theWindowHoldsABackupOrTheTestFails(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	for _, row := range []struct {
		kind system.StoreKind
		kept system.Retention
		want int
	}{
		{system.Bucket, system.Retention{PITRDays: 7, MonthlyDays: 62}, 7},
		{system.Table, system.Retention{PITRDays: 7, DailyDays: 7}, 7},
		{system.Table, system.Retention{PITRDays: 7, WeeklyDays: 35}, 14},
		{system.Table, system.Retention{PITRDays: 7, MonthlyDays: 62}, 62},
	} {
		assert.Equal(t, row.want, a.testWindow(system.Store{Kind: row.kind, Retention: row.kept}), "%+v", row)
	}
}

// machineOf is the definition as it was registered.
func machineOf(t *testing.T, r *pulumitest.Recorder) states {
	t.Helper()
	var m struct {
		StartAt string
		States  states
	}
	text := r.Get(t, machineToken, "main-validator").Values()["definition"].(string)
	require.NoError(t, json.Unmarshal([]byte(text), &m))
	require.Equal(t, "Begin", m.StartAt)
	return m.States
}

func TestVault_theValidatorMayDoWhatItDoesAndNothingElse(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	called := map[string]bool{}
	for _, s := range machineOf(t, r) {
		if s["Type"] == "Task" {
			call, is := strings.CutPrefix(s["Resource"].(string), sdk)
			require.True(t, is, "only calls of AWS's own operations: %v", s["Resource"])
			called[strings.ToLower(call)] = true
		}
	}
	var policy struct {
		Statement []struct{ Action, Resource any }
	}
	text := r.Get(t, rolePolicyToken, "main-restore-validator-policy").Values()["policy"].(string)
	require.NoError(t, json.Unmarshal([]byte(text), &policy))
	allowed := map[string]bool{}
	for _, s := range policy.Statement {
		list, many := s.Action.([]any)
		if !many {
			list = []any{s.Action}
		}
		for _, action := range list {
			allowed[strings.ToLower(action.(string))] = true
		}
	}
	delete(called, "s3:listobjectsv2") // its permission is called otherwise
	called["s3:listbucket"] = true
	assert.Equal(t, called, allowed)
	assert.Contains(t, text, "arn:aws:mock:eu-west-1:"+account+":sessions", "the source tells whether empty is right")
}

func TestVault_theValidatorLooksOnlyAtKindsThatAreThere(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	a.Resources = a.Resources[2:]
	a.Network = nil
	r := pulumitest.Run(t, program(a))
	m := machineOf(t, r)
	assert.Contains(t, m, "ListBucket")
	for _, gone := range []string{"RunInstance", "SeeTable", "Recount"} {
		assert.NotContains(t, m, gone, "Step Functions refuses a state that nothing comes to")
	}
	text := r.Get(t, rolePolicyToken, "main-restore-validator-policy").Values()["policy"].(string)
	assert.NotContains(t, text, "rds:")
	assert.Empty(t, r.OfType(groupToken))
}

func TestVault_everyWayThroughTheValidatorEndsInAResult(t *testing.T) {
	t.Parallel()
	m := machineOf(t, pulumitest.Run(t, program(primaryArgs(0))))
	for name, s := range m {
		for _, next := range exitsOf(s) {
			assert.Contains(t, m, next, "%s leads nowhere", name)
		}
		if s["Type"] == "Task" && name != "Report" {
			assert.NotEmpty(t, s["Catch"], "%s: an error would leave the result open", name)
		}
		if s["Type"] == "Succeed" || s["Type"] == "Fail" {
			assert.Contains(t, []string{"Tested", "Failed"}, name)
		}
	}
	before := func(name, goal string) bool { return leadsTo(m, name, goal, map[string]bool{}) }
	assert.False(t, leadsTo(m, "Begin", "Tested", map[string]bool{"Report": true}), "a test passes without a result")
	assert.False(t, leadsTo(m, "RunInstance", "Report", map[string]bool{"DeleteInstance": true}),
		"AWS Backup cannot delete a cluster that has an instance")
	assert.True(t, before("Begin", "Failed"))
}

func exitsOf(s map[string]any) []string {
	var out []string
	all := []any{s}
	for _, list := range []string{"Choices", "Catch"} {
		more, _ := s[list].([]any)
		all = append(all, more...)
	}
	for _, one := range all {
		for _, key := range []string{"Next", "Default"} {
			if next, ok := one.(map[string]any)[key].(string); ok {
				out = append(out, next)
			}
		}
	}
	return out
}

// leadsTo reports whether there is a way that avoids what was seen.
func leadsTo(m states, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, next := range exitsOf(m[from]) {
		if leadsTo(m, next, to, seen) {
			return true
		}
	}
	return false
}

func TestVault_aRestoreOfATestStartsTheValidatorAndNoOther(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	var pattern struct {
		Detail struct {
			Status                []string
			RestoreTestingPlanArn []string `json:"restoreTestingPlanArn"`
		}
	}
	text := r.Get(t, eventToken, "main-restored").Values()["eventPattern"].(string)
	require.NoError(t, json.Unmarshal([]byte(text), &pattern))
	assert.Equal(t, []string{"COMPLETED"}, pattern.Detail.Status)
	assert.Len(t, pattern.Detail.RestoreTestingPlanArn, 3, "a restore that a person started is not ours to judge")
	target := r.Get(t, targetToken, "main-restored-machine")
	assert.Equal(t, "arn:aws:mock:eu-west-1:"+account+":main-validator", target.Values()["arn"])
	assert.NotEmpty(t, target.Values()["roleArn"])
	assert.True(t, target.DependsOn(r.Get(t, rolePolicyToken, "main-restore-starter-policy")))
}

func TestVault_aFailedTestIsTold(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	text := r.Get(t, eventToken, "main-untested").Values()["eventPattern"].(string)
	name := r.Get(t, machineToken, "main-validator").Values()["name"].(string)
	assert.Contains(t, text, "arn:aws:states:eu-west-1:"+account+":stateMachine:"+name)
	assert.Contains(t, text, "TIMED_OUT")
}

func TestJudge_findsTheFrequencyThatEveryStoreKeeps(t *testing.T) {
	t.Parallel()
	bucket := system.Store{Kind: system.Bucket, Retention: system.Retention{PITRDays: 14, MonthlyDays: 365}}
	table := system.Store{Kind: system.Table, Retention: system.Retention{HourlyDays: 2, DailyDays: 35, WeeklyDays: 90}}
	weekly := system.Store{Kind: system.Table, Retention: system.Retention{WeeklyDays: 60}}
	assert.Equal(t, Judged{EveryDays: 1, KeptDays: 14, ShortestDays: 2}, Judge([]system.Store{bucket, table}))
	assert.Equal(t, Judged{EveryDays: 7, KeptDays: 14, ShortestDays: 2}, Judge([]system.Store{bucket, table, weekly}))
}
