package render_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/render"
	"redoubt/system"
	"redoubt/timings"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestRunbook_ofTakingTheTraffic(t *testing.T) {
	t.Parallel()
	p, err := planner.TakeTraffic(known(), system.Secondary)
	require.NoError(t, err)
	golden(t, "take-traffic.md", p)
}

func TestRunbook_ofResettingTheSwitch(t *testing.T) {
	t.Parallel()
	p, err := planner.ResetSwitch(known())
	require.NoError(t, err)
	golden(t, "reset-switch.md", p)
}

func TestStep_saysWhatToPrintForEachComparison(t *testing.T) {
	t.Parallel()
	p, err := planner.TakeTraffic(known(), system.Secondary)
	require.NoError(t, err)
	s := p.Steps[0]
	for _, c := range []struct {
		op    plan.Op
		value any
		want  string
	}{
		{plan.Is, "OK", "prints `OK`:"},
		{plan.Is, true, "prints `True`:"},
		{plan.Is, 3.0, "prints `3`:"},
		{plan.AtMost, 1.5, "prints at most `1.5`:"},
		{plan.AtLeast, 2.0, "prints at least `2`:"},
		{plan.IsNot, "creating", "prints anything but `creating` or `None`:"},
	} {
		s.Condition.All = []plan.Expect{{Path: "A.B", Op: c.op, Value: c.value}}
		text, err := render.Step(p, s)
		require.NoError(t, err)
		assert.Contains(t, text, c.want)
		assert.Contains(t, text, "--query A.B --output text")
	}
}

func TestStep_carriesTheBudgetAsItsSourceGivesIt(t *testing.T) {
	t.Parallel()
	p, err := planner.TakeTraffic(known(), system.Secondary)
	require.NoError(t, err)
	for id, want := range map[timings.ID]string{
		timings.R53Propagation:          "Typically takes 1m0s (`r53.propagation`, doc: <https://",
		timings.AuroraInregionFailover:  "Typically takes 30s, up to 1m0s (`aurora.inregion.failover`, doc",
		timings.S3RTCSLA:                "Takes up to 15m0s (`s3.rtc.sla`, sla",
		timings.AuroraGlobalFailoverDoc: "How long it takes is given in words only (`aurora.global.failover.doc`",
	} {
		s := p.Steps[0]
		s.Budget = id
		text, err := render.Step(p, s)
		require.NoError(t, err)
		assert.Contains(t, text, want)
	}
}

func TestCommand_asksForLateValuesFirst(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Regions: map[system.Home]string{system.Primary: "eu-west-1"}}
	got, err := render.Command(p, plan.Call{
		Home: system.Primary, Service: "arc-zonal-shift", Operation: "CancelZonalShift",
		Input: plan.Document{"zonalShiftId": "late-shift"},
		Late: []plan.Late{{Name: "late-shift", Path: "items[0].zonalShiftId", Call: plan.Call{
			Home: system.Primary, Service: "arc-zonal-shift", Operation: "ListZonalShifts"}}},
	}, nil)
	require.NoError(t, err)
	assert.Equal(t, "late_shift=$(aws arc-zonal-shift list-zonal-shifts --region eu-west-1 "+
		"--query 'items[0].zonalShiftId' --output text)\n"+
		`aws arc-zonal-shift cancel-zonal-shift --region eu-west-1 --cli-input-json '{"zonalShiftId":"'"$late_shift"'"}'`, got)
}

func TestCommand_namesOperationsAsTheCommandLineDoes(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Regions: map[system.Home]string{system.Primary: "eu-west-1"}}
	for _, c := range []struct{ service, operation, want string }{
		{"cloudwatch", "PutMetricData", "aws cloudwatch put-metric-data"},
		{"rds", "DescribeDBClusters", "aws rds describe-db-clusters"},
		{"rds", "FailoverGlobalCluster", "aws rds failover-global-cluster"},
		{"s3", "PutObject", "aws s3api put-object"},
		{"dynamodb", "UpdateItem", "aws dynamodb update-item"},
		{"elasticache", "FailoverGlobalReplicationGroup", "aws elasticache failover-global-replication-group"},
		{"elasticloadbalancingv2", "DescribeTargetHealth", "aws elbv2 describe-target-health"},
		{"ec2", "DescribeVpcs", "aws ec2 describe-vpcs"},
		{"wafv2", "ListWebACLs", "aws wafv2 list-web-acls"},
		{"route53", "ListHostedZonesByVPC", "aws route53 list-hosted-zones-by-vpc"},
		{"iam", "ListMFADevices", "aws iam list-mfa-devices"},
	} {
		got, err := render.Command(p, plan.Call{Home: system.Primary, Service: c.service, Operation: c.operation}, nil)
		require.NoError(t, err)
		assert.Equal(t, c.want+" --region eu-west-1", got)
	}
}

// TestCommand_isSafeInAShell lets a real shell take the command apart.
func TestCommand_isSafeInAShell(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Regions: map[system.Home]string{system.Primary: "eu-west-1"}}
	for _, nasty := range []string{
		"plain", "two words", "it's", `"quoted"`, "$(touch x)", "`touch x`", "a;b|c&d", "new\nline",
		`back\slash`, "<a>", "*", "''", "",
	} {
		call := plan.Call{Home: system.Primary, Service: "x", Operation: "Y", Input: plan.Document{"V": nasty}}
		command, err := render.Command(p, call, &plan.Expect{Path: `A[?Name=="it's"].B`})
		require.NoError(t, err)
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `aws() { printf '%s\0' "$@"; }; `+command).CombinedOutput()
		require.NoError(t, err, "%s", out)
		words := splitNul(out)
		require.Len(t, words, 10, "%q", words)
		assert.JSONEq(t, mustJSON(t, call.Input), words[5])
		assert.Equal(t, "A[?Name==`\"it's\"`] | [0].B", words[7])
	}
}

func known() inventory.Inventory {
	home := func(region, metric, alarm string) inventory.Home {
		return inventory.Home{
			Region: region, Account: "123456789012", Zones: []string{region + "a", region + "b", region + "c"},
			Entry: inventory.Entry{
				Switch: inventory.MetricSwitch, SwitchNamespace: "Redoubt/Switch", SwitchMetric: metric,
				SwitchAlarm: alarm, SwitchDimensions: map[string]string{"System": "agents"},
			},
		}
	}
	inv := inventory.New("agents", system.Primary, home("eu-west-1", "Reclaimed", "agents-primary-reclaimed"))
	inv.Homes[system.Secondary] = home("eu-central-1", "Taken", "agents-secondary-taken")
	return inv
}

func golden(t *testing.T, file string, p plan.Plan) {
	t.Helper()
	got, err := render.Runbook(p)
	require.NoError(t, err)
	if *update {
		require.Empty(t, os.Getenv("CI"), "-update is refused in CI")
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile("testdata/"+file, []byte(got), 0o600))
	}
	want, err := os.ReadFile("testdata/" + file)
	require.NoError(t, err, "run the test with -update once and read the new file")
	assert.Equal(t, string(want), got)
}

func splitNul(out []byte) []string {
	words := strings.Split(string(out), "\x00")
	return words[:len(words)-1]
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}
