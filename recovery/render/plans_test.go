package render_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/render"
	"redoubt/system"
)

// Every plan can be read, and every command in it is one that exists: what is
// asked of a cluster is kubectl's, and what no one command of theirs does is a command of redoubt.
func TestRunbook_ofEveryPlan(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	for _, e := range all {
		p, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		text, err := render.Runbook(p)
		require.NoError(t, err, e.Name)
		for _, none := range []string{"No one command does this", "left to `redoubt run`", "aws kubernetes", "aws redoubt", "a failure .", "%!"} {
			assert.NotContains(t, text, none, e.Name)
		}
		for _, s := range p.Steps {
			assert.Contains(t, text, "Step `"+s.ID+"`.", e.Name)
			if _, err := render.Command(p, s.Call, nil); err != nil {
				require.ErrorIs(t, err, render.ErrByHand)
				assert.Contains(t, text, "\nRun:\n\n```sh\nredoubt step "+s.ID+" plan.json --on aws\n```\n", e.Name)
			}
		}
		assert.NotRegexp(t, "(?m)^(Run|Done when|To take it back)[^\n]*:\n\n[^`]", text, "%s: every step has its command", e.Name)
	}
}

// On the simulated regions the blocks of a runbook are the steps in their order, each as one command of redoubt: nothing
// else is answered there, and nothing in a block is for the reader to put in.
func TestBook_ofTheSimulatedRegionsIsPastedAsItStands(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	for _, e := range all {
		p, err := planner.Make(e.Request)
		require.NoError(t, err, e.Name)
		text, err := render.Book{Simulated: true}.Of(p)
		require.NoError(t, err, e.Name)
		want := []string{"export PATH=$PWD/bin:$PWD/.tools:$PATH"}
		for _, s := range p.Steps {
			want = append(want, "redoubt step "+s.ID+" plan.json")
		}
		want = append(want, "redoubt status last")
		for _, s := range p.Steps {
			if s.ID == "adopt-"+s.Subject.Store+"-primary" {
				want = append(want, "redoubt sim adopt "+s.Subject.Store)
			}
		}
		var got []string
		for _, block := range blocks.FindAllStringSubmatch(text, -1) {
			got = append(got, block[1])
		}
		assert.Equal(t, want, got, e.Name)
		assert.NotContains(t, text, "%!", e.Name)
		for _, g := range p.Gates {
			assert.Contains(t, text, "(`"+g.ID+"`): "+g.Why+"\n   ", e.Name)
		}
	}
}

var blocks = regexp.MustCompile("(?s)```sh\n(.*?)\n```\n")

func TestBook_ofTheSimulatedRegionsSaysHowAGateIsAnswered(t *testing.T) {
	t.Parallel()
	call := plan.Call{Home: system.Primary, Service: "rds", Operation: "DescribeDBClusters"}
	for _, c := range []struct {
		gate plan.Gate
		want string
	}{
		{plan.Gate{}, "Ask who answers for the system, then type `yes` when it asks; without an answer in 0s, stop.\n"},
		{plan.Gate{Reason: "it is dark", Overridable: true},
			"It refuses already: it is dark; it asks you for `yes`, a reason and your name to go on all the same.\n"},
		{plan.Gate{Reason: "it is dark"}, "It refuses already: it is dark; nobody may set it aside.\n"},
		{plan.Gate{Overridable: true, Condition: &plan.Condition{Call: call, All: []plan.Expect{{Path: "A.B", Op: plan.AtMost, Value: 3}}}},
			"It lets you go on when `rds.DescribeDBClusters in the primary home` answers that `A.B <= 3`; else it asks you for `yes`,"},
	} {
		c.gate.ID, c.gate.Why = "shut", "w"
		text, err := render.Book{Simulated: true}.Of(plan.Plan{Gates: []plan.Gate{c.gate}})
		require.NoError(t, err)
		assert.Contains(t, text, "(`shut`): w\n   "+c.want)
	}
}

func TestCommand_ofAClusterIsKubectls(t *testing.T) {
	t.Parallel()
	call := plan.Call{Kind: plan.Kubernetes, Operation: "Patch", Input: plan.Document{
		"Server": "https://a.example", "ApiVersion": "apps/v1", "Kind": "Deployment", "Namespace": "atlas", "Name": "worker",
		"Subresource": "scale", "Patch": plan.Document{"spec": plan.Document{"replicas": 0}}}}
	got, err := render.Command(plan.Plan{}, call, nil)
	require.NoError(t, err)
	assert.Equal(t, "kubectl --server https://a.example --namespace atlas patch deployment.v1.apps worker "+
		`--subresource scale --type merge --patch '{"spec":{"replicas":0}}'`, got)
	call.Operation, call.Input = "Get", plan.Document{
		"Server": "https://a.example", "ApiVersion": "v1", "Kind": "ConfigMap", "Namespace": "atlas", "Name": "degradation"}
	got, err = render.Command(plan.Plan{}, call, &plan.Expect{Path: "data.worker"})
	require.NoError(t, err)
	assert.True(t, strings.HasSuffix(got, "get configmap degradation --output 'jsonpath={.data.worker}'"), got)
}

func TestStep_isOneCommandWhereAWSHasNone(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	for _, e := range all {
		if e.Name != "region-loss" {
			continue
		}
		p, err := planner.Make(e.Request)
		require.NoError(t, err)
		text, err := render.Runbook(p)
		require.NoError(t, err)
		assert.Contains(t, text, "```sh\nredoubt step requeue-work plan.json --on aws\n```\n\nIt looks whether it is done, makes the calls of "+
			"`RequeueAccepted` when it is not, and looks until it is, with:\n")
		assert.Contains(t, text, "Done when it ends with exit code 0: by `CountStranded`, `Stranded` is `0`.")
		assert.Contains(t, text, "```sh\nredoubt step probe plan.json --on aws\n```\n\nIt makes the calls of `RunProbe`, and looks until it is, with:\n")
		assert.Contains(t, text, "Done when this prints at least `9` (nothing counts as `0`):")
		assert.Contains(t, text, "not_null(Count, `0`)")
		other, err := render.Book{File: "my plan.json"}.Of(p)
		require.NoError(t, err)
		assert.Contains(t, other, "\nredoubt step probe 'my plan.json' --on aws\n")
		assert.Contains(t, text, "a failure stops nothing, and the run is not proven.")
	}
}

func TestRunbook_endsWithWhatTheStacksMustLearn(t *testing.T) {
	t.Parallel()
	body := `{"home":"secondary","settings":[{"path":"redoubt:storeGenerations.tasks","value":"2"}],"swaps":[],"left":[]}`
	write := plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "s3", Operation: "PutObject", Input: plan.Document{
		"Bucket": "control", "Key": "adoption/tasks-g2.json", "Body": body}}
	step := plan.Step{ID: "adopt-tasks-secondary", Subject: plan.Subject{Store: "tasks"}, Call: write,
		Condition: plan.Condition{Call: write, All: []plan.Expect{{Path: "ContentLength", Op: plan.AtLeast, Value: 1}}}}
	p := plan.Plan{Title: "Restore tasks", Regions: map[system.Home]string{system.Secondary: "eu-central-1"}, Steps: []plan.Step{step}}
	text, err := render.Runbook(p)
	require.NoError(t, err)
	_, last, found := strings.Cut(text, "## Before the next update\n")
	require.True(t, found)
	assert.Contains(t, last, "`redoubt sim adopt tasks` tells both")
	assert.Contains(t, last, "    aws s3 cp --region eu-central-1 s3://control/adoption/tasks-g2.json secondary.json\n"+
		"    pulumi config set --stack secondary --path redoubt:storeGenerations.tasks 2\n"+
		"    pulumi stack export --stack secondary | redoubt adopt secondary.json | pulumi stack import --stack secondary\n")
	step.Call.Input["Key"] = "other"
	text, err = render.Runbook(p)
	require.NoError(t, err)
	assert.NotContains(t, text, "## Before the next update")
}
