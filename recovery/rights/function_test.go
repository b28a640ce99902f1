package rights_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	"redoubt/internal/plantest"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/rights"
	"redoubt/system"
)

const (
	functionArn = "arn:aws:lambda:eu-central-1:123456789012:function:atlas-recover-secondary"
	logGroup    = "/aws/lambda/atlas-recover-secondary"
)

var function = rights.Function{Home: system.Secondary, Arn: functionArn, LogGroup: logGroup}

// own is what Lambda asks of the role, as its pages say, in the function's home.
var own = []rights.Need{
	{"ec2:CreateNetworkInterface", "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-1"},
	{"ec2:CreateNetworkInterface", "arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1"},
	{"ec2:DeleteNetworkInterface", "arn:aws:ec2:eu-central-1:123456789012:network-interface/eni-1"},
	{"ec2:AssignPrivateIpAddresses", "arn:aws:ec2:eu-central-1:123456789012:network-interface/eni-1"},
	{"ec2:UnassignPrivateIpAddresses", "arn:aws:ec2:eu-central-1:123456789012:network-interface/eni-1"},
	{"ec2:DescribeNetworkInterfaces", "*"}, {"ec2:DescribeSubnets", "*"},
	{"logs:CreateLogStream", "arn:aws:logs:eu-central-1:123456789012:log-group:" + logGroup + ":log-stream:x"},
	{"logs:PutLogEvents", "arn:aws:logs:eu-central-1:123456789012:log-group:" + logGroup + ":log-stream:x"},
}

// TestFunction_mayDoWhatPlansAndLambdaNeed, and not one action more: each that is taken away is missed.
func TestFunction_mayDoWhatPlansAndLambdaNeed(t *testing.T) {
	t.Parallel()
	p, needs := example(t)
	doc, err := p.Of(function)
	require.NoError(t, err)
	for n, from := range needs {
		assert.True(t, allowed(t, n, doc), "%v is denied: %s", n, from)
	}
	for _, n := range own {
		assert.True(t, allowed(t, n, doc), "%v is denied", n)
	}
	extra := len(p.Role().Statements)
	for at, s := range doc.Statements[extra:] {
		if s.Effect == iampolicy.Deny {
			continue
		}
		for _, action := range s.Actions {
			less := iampolicy.Document{Statements: slices.Clone(doc.Statements)}
			less.Statements[extra+at].Actions = slices.DeleteFunc(slices.Clone(s.Actions), func(a string) bool { return a == action })
			assert.True(t, slices.ContainsFunc(own, func(n rights.Need) bool { return n.Action == action && !allowed(t, n, less) }),
				"nothing needs %s", action)
		}
	}
	assert.False(t, allowed(t, rights.Need{"logs:PutLogEvents",
		"arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/another:log-stream:x"}, doc))
}

// TestFunction_isNotPlacedByItsOwnCode: the code may not do what Lambda does under its role.
func TestFunction_isNotPlacedByItsOwnCode(t *testing.T) {
	t.Parallel()
	p, _ := example(t)
	doc, err := p.Of(function)
	require.NoError(t, err)
	for _, n := range own[:7] {
		r := iamtest.Request{Action: n.Action, Resource: n.Resource, Keys: map[string]string{"lambda:SourceFunctionArn": functionArn}}
		assert.False(t, iamtest.Allowed(t, r, doc), "%v", n)
	}
	assert.True(t, iamtest.Allowed(t, iamtest.Request{Action: "dynamodb:PutItem", Keys: map[string]string{
		"lambda:SourceFunctionArn": functionArn}, Resource: "arn:aws:dynamodb:eu-central-1:123456789012:table/atlas-locks"}, doc))
}

// TestFunction_fitsIntoARole: with the longest name that a system may have, and with the longest regions.
func TestFunction_fitsIntoARole(t *testing.T) {
	t.Parallel()
	p, _ := example(t)
	doc, err := p.Of(function)
	require.NoError(t, err)
	t.Logf("the example's policy has %d characters of %d", len(doc.JSON()), rights.InlineMax)
	long := strings.NewReplacer("eu-west-1", "ap-northeast-1", "eu-central-1", "ap-southeast-2")
	p.System = strings.Repeat("s", 20)
	starts := "arn:aws:states:ap-northeast-1:123456789012:stateMachine:" + p.System + "-recover-secondary"
	for home, region := range p.Regions {
		p.Regions[home] = long.Replace(region)
	}
	for n, key := range p.Keys {
		p.Keys[n] = long.Replace(key)
	}
	doc, err = p.Of(rights.Function{Home: system.Primary, Arn: functionArn, LogGroup: logGroup, Starts: starts})
	require.NoError(t, err)
	assert.Contains(t, doc.JSON(), "arn:aws:rds:ap-northeast-1:123456789012:cluster:"+p.System+"-*")
	for n := range 40 {
		p.Keys = append(p.Keys, fmt.Sprintf("arn:aws:kms:ap-northeast-1:123456789012:key/mrk-%032d", n))
	}
	_, err = p.Of(function)
	require.ErrorContains(t, err, "AWS takes 10240")
}

// TestFunction_startsOneMachineWhereItMay: with it the longest names fit too.
func TestFunction_startsOneMachineWhereItMay(t *testing.T) {
	t.Parallel()
	const machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:atlas-recover-secondary"
	p, _ := example(t)
	f := function
	start := rights.Need{Action: "states:StartExecution", Resource: machine}
	doc, err := p.Of(f)
	require.NoError(t, err)
	assert.False(t, allowed(t, start, doc), "a home whose recoveries begin by a person's hand")
	f.Starts = machine
	doc, err = p.Of(f)
	require.NoError(t, err)
	assert.True(t, allowed(t, start, doc))
	for _, n := range []rights.Need{{"states:StartExecution", machine + "2"}, {"states:SendTaskSuccess", machine},
		{"states:StopExecution", machine}} {
		assert.False(t, allowed(t, n, doc), "%v", n)
	}
	assert.Equal(t, rights.Automatic(), doc.Statements[len(doc.Statements)-1].Actions)
}

// TestStarts_mayInvokeOneFunctionAndAsk: and nothing else.
func TestStarts_mayInvokeOneFunctionAndAsk(t *testing.T) {
	t.Parallel()
	const topic = "arn:aws:sns:eu-central-1:123456789012:atlas-recover-secondary"
	doc := rights.Starts(functionArn, topic)
	require.NoError(t, doc.Check())
	for n, want := range map[rights.Need]bool{
		{"lambda:InvokeFunction", functionArn}:       true,
		{"sns:Publish", topic}:                       true,
		{"lambda:InvokeFunction", functionArn + "2"}: false,
		{"sns:Publish", topic + "2"}:                 false,
		{"dynamodb:PutItem", "arn:aws:dynamodb:eu-central-1:123456789012:table/atlas-locks"}: false,
	} {
		assert.Equal(t, want, allowed(t, n, doc), n)
	}
}

// TestPlaced_areTheActionsBesideThePlans: who bounds the roles asks for the two lists together.
func TestPlaced_areTheActionsBesideThePlans(t *testing.T) {
	t.Parallel()
	p, _ := example(t)
	doc, err := p.Of(function)
	require.NoError(t, err)
	starting := function
	starting.Starts = functionArn
	automatic, err := p.Of(starting)
	require.NoError(t, err)
	var ofFunction []string
	for _, s := range doc.Statements {
		ofFunction = append(ofFunction, s.Actions...)
	}
	slices.Sort(ofFunction)
	assert.Equal(t, slices.Compact(ofFunction), rights.OfFunction())
	granted := map[string]bool{}
	for _, s := range append(automatic.Statements, rights.Starts(functionArn, "t").Statements...) {
		for _, action := range s.Actions {
			granted[action] = true
		}
	}
	bound := append(rights.Actions(), rights.Placed()...)
	for action := range granted {
		assert.Contains(t, bound, action)
	}
	for _, action := range bound {
		assert.True(t, granted[action], "%s is granted to neither role", action)
	}
}

// TestInside_isWhatPlansDoInClusters: each rule is needed by a call of a plan, and no call needs another.
func TestInside_isWhatPlansDoInClusters(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	needed := map[rights.Rule]string{}
	for _, e := range all {
		made, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		for _, c := range called(t, made) {
			if c.Kind != plan.Kubernetes {
				continue
			}
			rule, err := rights.NeedInside(c)
			require.NoError(t, err, e.Name)
			assert.Equal(t, e.Request.System.Name, c.Input["Namespace"], "the role is in the agents' namespace")
			needed[rule] = e.Name
		}
	}
	for rule, from := range needed {
		assert.Contains(t, rights.Inside(), rule, from)
	}
	for _, rule := range rights.Inside() {
		assert.NotEmpty(t, needed[rule], "no plan needs %v", rule)
	}
	_, err = rights.NeedInside(plan.Call{Kind: plan.Kubernetes, Service: "kubernetes", Operation: "Get",
		Input: plan.Document{"Kind": "Secret", "ApiVersion": "v1"}})
	require.ErrorContains(t, err, "add it to recovery/rights/cluster.go")
	_, err = rights.NeedInside(plan.Call{Kind: plan.AWS})
	require.ErrorContains(t, err, "is no call to a cluster")
}
