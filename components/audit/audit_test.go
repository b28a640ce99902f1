package audit

import (
	"fmt"
	"regexp"
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

const (
	account        = "123456789012"
	frameworkToken = "aws:backup/framework:Framework"
)

func args(n int) *Args {
	return &Args{
		Scope: naming.Scope{
			System: fmt.Sprintf("agora-%d", n), Home: system.Primary, Region: "eu-west-1", Account: account,
		},
		Bucket: pulumi.String("agora-audit"), KeyArn: pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/data"),
		EveryDays: 1, KeptDays: 35, ShortestDays: 7, BreakGlassArn: "arn:aws:iam::" + account + ":role/agora-break-glass",
	}
}

// each names one property of every report plan.
func each(property string) []string {
	var out []string
	for _, r := range reports {
		out = append(out, "main-report-"+r.part+" "+property)
	}
	return out
}

func program(a *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", a)
		return err
	}
}

func TestAudit_component(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Audit]{
		Args: args, New: New,
		Bad: []pulumitest.Bad[Args]{
			{Name: "no account", Mutate: func(a *Args) { a.Scope.Account = "" }, Want: "and an account"},
			{Name: "no bucket", Mutate: func(a *Args) { a.Bucket = nil }, Want: "bucket and keyArn are required"},
			{Name: "never", Mutate: func(a *Args) { a.EveryDays = 0 }, Want: "everyDays is 0, want 1 or more"},
			{Name: "not kept", Mutate: func(a *Args) { a.KeptDays = 0 }, Want: "keptDays is 0"},
			{Name: "no shortest", Mutate: func(a *Args) { a.ShortestDays = 0 }, Want: "shortestDays is 0"},
			{Name: "no break-glass role", Mutate: func(a *Args) { a.BreakGlassArn = "" }, Want: "breakGlassArn is required"},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "a recorder that is there", Mutate: func(a *Args) { a.AdoptRecorder = true },
				Want: []string{
					"main recorderAdopted", "-main-recorder", "-main-channel", "-main-recording", "-main-role", "-main-role-read",
					"-main-role-deliver",
				},
			},
			{
				Name: "the frequency", Mutate: func(a *Args) { a.EveryDays = 7 },
				Want: []string{"main-framework controls"},
			},
			{
				Name: "the retention", Mutate: func(a *Args) { a.KeptDays, a.ShortestDays = 90, 35 },
				Want: []string{"main-framework controls"},
			},
			{
				Name: "the break-glass role", Mutate: func(a *Args) { a.BreakGlassArn += "-2" },
				Want: []string{"main-framework controls"},
			},
			{
				Name: "the bucket", Mutate: func(a *Args) { a.Bucket = pulumi.String("other") },
				Want: append(each("reportDeliveryChannel"), "main-channel s3BucketName", "main-role-deliver policy"),
			},
			{
				Name: "the key", Mutate: func(a *Args) { a.KeyArn = pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/new") },
				Want: []string{"main-channel s3KmsKeyArn"},
			},
		},
	}.Run(t)
}

func TestAudit_theFrameworkWaitsUntilTheRecorderRuns(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(0)))
	recorder := r.Get(t, "aws:cfg/recorder:Recorder", "main-recorder")
	channel := r.Get(t, "aws:cfg/deliveryChannel:DeliveryChannel", "main-channel")
	status := r.Get(t, "aws:cfg/recorderStatus:RecorderStatus", "main-recording")
	framework := r.Get(t, frameworkToken, "main-framework")
	assert.True(t, recorder.DependsOn(r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-role-deliver")))
	assert.True(t, channel.DependsOn(recorder), "AWS Config takes no channel without a recorder")
	assert.True(t, status.DependsOn(channel), "and starts no recorder without a channel")
	assert.True(t, framework.DependsOn(status), "a framework without a running recorder fails to deploy")
	assert.Regexp(t, regexp.MustCompile(`^[a-z][a-z0-9_]*$`), framework.Values()["name"])
}

func TestAudit_judgesOnlyWhatIsOurs(t *testing.T) {
	t.Parallel()
	f := pulumitest.Run(t, program(args(0))).Get(t, frameworkToken, "main-framework").Values()
	names := map[any]bool{}
	for _, c := range f["controls"].([]any) {
		c := c.(map[string]any)
		assert.False(t, names[c["name"]], "a control stands once")
		names[c["name"]] = true
		assert.Equal(t, map[string]any{"redoubt:system": "agora-0"}, c["scope"].(map[string]any)["tags"])
		assert.Contains(t, recorded, c["scope"].(map[string]any)["complianceResourceTypes"].([]any)[0],
			"what is not recorded is not judged")
	}
	assert.Len(t, names, 4)
}

func TestAudit_reportsOfEveryKindAreWritten(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(0)))
	templates := map[string]bool{}
	for _, p := range r.OfType("aws:backup/reportPlan:ReportPlan") {
		v := p.Values()
		setting := v["reportSetting"].(map[string]any)
		templates[setting["reportTemplate"].(string)] = true
		_, judged := setting["frameworkArns"]
		assert.Equal(t, strings.HasSuffix(setting["reportTemplate"].(string), "_COMPLIANCE_REPORT"), judged,
			"AWS wants frameworks for reports of compliance, and only for them")
		assert.Equal(t, map[string]any{"s3BucketName": "agora-audit", "s3KeyPrefix": "reports", "formats": []any{"CSV", "JSON"}},
			v["reportDeliveryChannel"])
		assert.Regexp(t, regexp.MustCompile(`^agora_0_[a-z_]+_primary$`), v["name"])
		assert.Equal(t, judged, len(p.RPC.GetIgnoreChanges()) == 1, "%s", p.Name)
	}
	assert.Len(t, templates, 5)
}

// The role is AWS's own, and not there before the first report plan: named as
// a principal it would make S3 refuse the policy.
func TestDeliveries_letAWSBackupsOwnRoleWrite(t *testing.T) {
	t.Parallel()
	s := Deliveries(args(0).Scope, "arn:aws:s3:::agora-audit")
	require.NoError(t, iampolicy.Document{Statements: []iampolicy.Statement{s}}.Check())
	assert.Equal(t, map[string][]string{"AWS": {"*"}}, s.Principals)
	assert.Equal(t, []string{"arn:aws:iam::" + account +
		":role/aws-service-role/reports.backup.amazonaws.com/AWSServiceRoleForBackupReports"},
		s.Conditions["ArnEquals"]["aws:PrincipalArn"])
	assert.Equal(t, []string{account}, s.Conditions["StringEquals"]["aws:PrincipalAccount"])
	assert.Equal(t, []string{"s3:PutObject"}, s.Actions)
	assert.Equal(t, []string{"arn:aws:s3:::agora-audit/reports/*"}, s.Resources)
}
