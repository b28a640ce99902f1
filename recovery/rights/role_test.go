package rights_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	"redoubt/internal/plantest"
	"redoubt/internal/rightstest"
	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/rights"
	"redoubt/system"
)

// TestRole_letsEveryCallOfEveryPlanThrough: the loss of the one home, of the other, of neither; what the turns ask for
// beside the plan's calls is in the list too.
func TestRole_letsEveryCallOfEveryPlanThrough(t *testing.T) {
	t.Parallel()
	p, needs := example(t)
	require.Greater(t, len(needs), 200, "the examples have steps")
	role := p.Role()
	require.NoError(t, role.Check())
	for n, from := range needs {
		assert.True(t, allowed(t, n, role), "%s on %s is denied: %s", n.Action, n.Resource, from)
	}
}

// TestRole_isMinimal takes away one action of one statement after the other: each time a call of a plan is denied.
func TestRole_isMinimal(t *testing.T) {
	t.Parallel()
	p, needs := example(t)
	role := p.Role()
	tried := 0
	for n, s := range role.Statements {
		for _, action := range s.Actions {
			less := iampolicy.Document{Statements: slices.Clone(role.Statements)}
			less.Statements[n].Actions = slices.DeleteFunc(slices.Clone(s.Actions),
				func(a string) bool { return a == action })
			tried++
			denied := false
			for need := range needs {
				denied = denied || need.Action == action && !allowed(t, need, less)
			}
			assert.True(t, denied, "no plan needs %s on %v", action, s.Resources)
		}
	}
	assert.Greater(t, tried, 60)
}

// TestRole_allowsNothingElse: not what no call needs, not on what is another system's, not elsewhere.
func TestRole_allowsNothingElse(t *testing.T) {
	t.Parallel()
	p, needs := example(t)
	role := p.Role()
	known := map[string]bool{}
	for n := range needs {
		known[n.Action] = true
	}
	for _, s := range role.Statements {
		for _, action := range s.Actions {
			assert.True(t, known[action], "%s is needed by no call", action)
			assert.NotContains(t, action, "*")
		}
	}
	for _, n := range []rights.Need{
		{"dynamodb:DeleteTable", "arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-sessions"},
		{"dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/other-sessions"},
		{"dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:123456789012:table/atlas-sessions"},
		{"dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:210987654321:table/atlas-sessions"},
		{"rds:DeleteDBCluster", "arn:aws:rds:eu-west-1:123456789012:cluster:atlas-tasks-primary"},
		{"rds:ModifyDBCluster", "arn:aws:rds:eu-west-1:123456789012:cluster:billing"},
		{"s3:DeleteObjectVersion", "arn:aws:s3:::atlas-artifacts-123456789012-eu-west-1/x"},
		{"s3:GetObject", "arn:aws:s3:::other/x"},
		{"iam:PassRole", "arn:aws:iam::123456789012:role/atlas-deployer"},
		{"kms:CreateGrant", "arn:aws:kms:eu-west-1:123456789012:key/mrk-another"},
		{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/ZANOTHER"},
		{"states:SendTaskSuccess", "*"},
		{"sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:123456789012:atlas-tool-jobs"},
	} {
		assert.False(t, allowed(t, n, role), "%s on %s is allowed", n.Action, n.Resource)
	}
	for _, r := range []iamtest.Request{
		{Action: "cloudwatch:PutMetricData", Resource: "*", Keys: map[string]string{"cloudwatch:namespace": "AWS/RDS"}},
		{Action: "iam:PassRole", Resource: "arn:aws:iam::123456789012:role/atlas-backup-1",
			Keys: map[string]string{"iam:PassedToService": "lambda.amazonaws.com"}},
	} {
		assert.False(t, iamtest.Allowed(t, r, role), "%v is allowed", r)
	}
}

func TestNeeds_refusesACallThatNobodyWroteDown(t *testing.T) {
	t.Parallel()
	p, _ := example(t)
	_, err := p.Needs(plan.Call{Kind: plan.AWS, Home: system.Primary, Service: "rds", Operation: "DeleteDBCluster"})
	require.ErrorContains(t, err, "rds.DeleteDBCluster in the primary home: nothing says which actions it needs")
}

// TestRole_withOneHome names nothing of the other's region.
func TestRole_withOneHome(t *testing.T) {
	t.Parallel()
	p, _ := example(t)
	delete(p.Regions, system.Secondary)
	p.Keys = p.Keys[:1]
	assert.NotContains(t, p.Role().JSON(), "eu-central-1")
	assert.Contains(t, p.Role().JSON(), "arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-*")
}

// switching is the namespace of the example's metrics that move the traffic.
const switching = "Redoubt/Switch"

func allowed(t *testing.T, n rights.Need, doc iampolicy.Document) bool {
	t.Helper()
	return rightstest.Allows(t, n, switching, doc)
}

// example is the example system's place, and all that its plans ask of IAM, with the plan that asks.
func example(t *testing.T) (rights.Place, map[rights.Need]string) {
	t.Helper()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	inv := all[0].Request.Inventory
	p := rightstest.Place(inv)
	p.Regions[plan.Arbiter] = "eu-north-1"
	needs := map[rights.Need]string{}
	for _, e := range all {
		made, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		asked, err := planner.Questions(e.Request) // the function makes plans too
		require.NoError(t, err, e.Name)
		for _, c := range slices.Concat(called(t, made), turns(inv, made.Receives()), asked, switches(inv, e)) {
			asks, err := p.Needs(c)
			require.NoError(t, err, e.Name)
			for _, n := range asks {
				needs[n] = e.Name + ": " + c.String()
			}
		}
	}
	return p, needs
}

// called are all calls in a plan, wherever they stand in it: of steps, conditions, undos, late values and gates.
func called(t *testing.T, p plan.Plan) []plan.Call {
	t.Helper()
	raw, err := plan.Encode(p)
	require.NoError(t, err)
	var doc any
	require.NoError(t, json.Unmarshal(raw, &doc))
	var out []plan.Call
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if operation, is := v["operation"].(string); is {
				input, _ := v["input"].(map[string]any)
				out = append(out, plan.Call{Kind: plan.Kind(v["kind"].(string)), Home: system.Home(v["home"].(string)),
					Service: v["service"].(string), Operation: operation, Input: flat(input)})
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(doc)
	return out
}

// flat is an input with the resources and keys that stand deeper in it, as the call names them to IAM.
func flat(in map[string]any) map[string]any {
	out := maps.Clone(in)
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				if text, is := e.(string); is && strings.Contains(text, ":key/") {
					out["KmsKeyId"] = text
				}
				walk(e)
			}
		}
	}
	walk(in)
	return out
}

// switches are the calls by which it is told which home serves: in homes of either switch.
func switches(inv inventory.Inventory, e plantest.Example) []plan.Call {
	at := system.Secondary
	return []plan.Call{
		{Kind: plan.AWS, Home: at, Service: "cloudwatch", Operation: "DescribeAlarms",
			Input: plan.Document{"AlarmNames": []any{inv.Homes[at].Entry.SwitchAlarm}}},
		{Kind: plan.AWS, Home: at, Service: "route53-recovery-cluster", Operation: "ListRoutingControls",
			Input: plan.Document{"ControlPanelArn": e.Request.Inventory.Own().Entry.RoutingPanelArn}},
		{Kind: plan.AWS, Home: plan.Arbiter, Service: "dynamodb", Operation: "GetItem", Input: plan.Document{"TableName": "atlas-arbiter"}},
	}
}

// turns are the calls that the function makes for itself: the plan, the inventories, the system, the lease, the journal.
func turns(inv inventory.Inventory, home system.Home) []plan.Call {
	c := inv.Homes[home].Control
	call := func(service, operation string, in plan.Document) plan.Call {
		return plan.Call{Kind: plan.AWS, Home: home, Service: service, Operation: operation, Input: in}
	}
	return []plan.Call{
		call("s3", "GetObject", plan.Document{"Bucket": c.Bucket, "Key": "x"}),
		call("s3", "PutObject", plan.Document{"Bucket": c.Bucket, "Key": plan.ObjectKey("x")}),
		call("s3", "GetObject", plan.Document{"Bucket": inv.Homes[home].Configuration, "Key": inventory.SystemKey(home)}),
		call("dynamodb", "GetItem", plan.Document{"TableName": c.LockTable}),
		call("dynamodb", "PutItem", plan.Document{"TableName": c.LockTable}),
	}
}
