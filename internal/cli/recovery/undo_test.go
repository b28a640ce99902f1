package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// step is a step of the secondary home that sets something, with an undo.
func step(id string, role plan.Role, needs ...string) plan.Step {
	call := plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "rds", Operation: "Set"}
	look, undo := call, call
	look.Operation, undo.Operation = "Get", "Reset"
	return plan.Step{
		ID: id, Title: "Do " + id, Role: role, Why: "because", Source: "https://docs.aws.amazon.com/", Needs: needs,
		Call: call, Undo: &undo, Condition: plan.Condition{Call: look, All: []plan.Expect{{Path: "State", Op: plan.Is, Value: "set"}}},
		Budget: timings.CWAlarmPeriod, Timeout: plan.Duration(5 * time.Minute), OnFailure: plan.Stop,
	}
}

func fixed(s plan.Step) plan.Step {
	s.Undo = nil
	return s
}

// ran is the story of a run of the steps with the records.
func ran(t *testing.T, steps []plan.Step, records ...journal.Record) story {
	t.Helper()
	p, err := plan.New(plan.Plan{
		System: "atlas", Title: "Move", Inventory: "abc", Active: system.Secondary, Steps: steps,
		Regions: map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"},
	})
	require.NoError(t, err)
	for n := range records {
		records[n].Seq, records[n].At = n+1, start.Add(time.Duration(n)*time.Second)
	}
	return story{Run: "move-1", Plan: p, Records: records}
}

// walked are the records of a step that was called and answered so.
func walked(id, class, outcome string) []journal.Record {
	out := []journal.Record{{Kind: journal.Began, Step: id}, {Kind: journal.Intended, Step: id, Attempt: 1}}
	if class != "" {
		out = append(out, journal.Record{Kind: journal.Returned, Step: id, Result: class})
	}
	if outcome != "" {
		out = append(out, journal.Record{Kind: journal.Ended, Step: id, Result: outcome})
	}
	return out
}

func joined(parts ...[]journal.Record) []journal.Record {
	out := []journal.Record{{Kind: journal.Started}}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestUndoing_takesBackTheLastFirst(t *testing.T) {
	t.Parallel()
	s := ran(t, []plan.Step{
		step("fence", plan.Fence), step("start", plan.Start), step("idle", plan.Start),
		step("traffic", plan.Traffic, "start"), step("denied", plan.Settle), step("later", plan.Settle, "traffic"),
	}, joined(
		walked("start", "ok", ""), walked("fence", "ok", "performed"),
		[]journal.Record{{Kind: journal.Ended, Step: "start", Result: "performed"}, {Kind: journal.Ended, Step: "idle", Result: "already done"}},
		walked("traffic", "ok", "performed"), walked("denied", "denied", "failed"),
	)...)
	p, err := undoing(s)
	require.NoError(t, err)
	var ids []string
	for _, u := range p.Steps {
		ids = append(ids, u.ID)
	}
	assert.Equal(t, []string{"undo-traffic", "undo-start", "undo-fence"}, ids,
		"not what was done already, was refused or never begun")
	assert.Equal(t, []string{"undo-traffic"}, p.Steps[1].Needs)
	assert.Equal(t, "Reset", p.Steps[0].Call.Operation)
	assert.Equal(t, plan.Stop, p.Steps[0].OnFailure, "nothing is taken away from under the users")
	assert.Equal(t, plan.Report, p.Steps[1].OnFailure)
	assert.Empty(t, p.Gates)
	assert.Equal(t, map[string]bool{"undo-traffic": true, "undo-start": true, "undo-fence": true}, undos(p))
}

func TestUndoing_letsEndWhatWasOnItsWay(t *testing.T) {
	t.Parallel()
	for name, class := range map[string]string{"the answer never came": "", "the end was not written": "ok"} {
		s := ran(t, []plan.Step{step("start", plan.Start), step("traffic", plan.Traffic, "start")},
			joined(walked("start", "ok", "performed"), walked("traffic", class, ""))...)
		p, err := undoing(s)
		require.NoError(t, err, name)
		require.Len(t, p.Steps, 3, name)
		finish := p.Steps[0]
		assert.Equal(t, "finish-traffic", finish.ID, name)
		assert.Equal(t, "Set", finish.Call.Operation, "it is the step itself, looked at first")
		assert.Equal(t, plan.Continue, finish.OnFailure)
		assert.Equal(t, []string{"finish-traffic"}, p.Steps[1].Needs)
		assert.False(t, undos(p)["finish-traffic"])
	}
}

func TestUndoing_refusesWhereDataHasMoved(t *testing.T) {
	t.Parallel()
	mark := fixed(step("write", plan.Data))
	mark.Call.Service = "s3"
	s := ran(t, []plan.Step{step("fence", plan.Fence), mark, fixed(step("promote", plan.Data, "fence"))},
		joined(walked("fence", "ok", "performed"), walked("write", "ok", "performed"), walked("promote", "unreachable", "failed"))...)
	p, err := undoing(s)
	require.NoError(t, err)
	require.Len(t, p.Gates, 1)
	assert.Equal(t, "data-moved", p.Gates[0].ID)
	assert.Contains(t, p.Gates[0].Reason, "no undo of promote:", "a call without an answer may have taken effect")
	assert.Contains(t, p.Because, "what stays: write")

	s = ran(t, []plan.Step{step("fence", plan.Fence), fixed(step("promote", plan.Data, "fence"))},
		joined(walked("fence", "ok", "performed"), walked("promote", "denied", "failed"))...)
	p, err = undoing(s)
	require.NoError(t, err)
	assert.Empty(t, p.Gates, "a call that was refused has moved nothing")
}

func TestUndoing_hasNothingToDo(t *testing.T) {
	t.Parallel()
	p, err := undoing(ran(t, []plan.Step{step("a", plan.Start)}, joined()...))
	require.NoError(t, err)
	assert.Empty(t, p.Steps)
}

func TestUndone_looksWhereTheUndoWrites(t *testing.T) {
	t.Parallel()
	s := step("start", plan.Start)
	s.Undo = &plan.Call{Kind: plan.Kubernetes, Home: system.Primary, Service: "kubernetes", Operation: "Patch", Input: plan.Document{
		"Kind": "Deployment", "Name": "worker", "Subresource": "scale", "Patch": plan.Document{
			"metadata": plan.Document{"annotations": plan.Document{"keda.sh/paused": "false"}},
			"spec":     plan.Document{"minReplicas": 3.0, "replicas": 2.0},
		},
	}}
	c := undone(s)
	assert.Equal(t, plan.Call{Kind: plan.Kubernetes, Home: system.Primary, Service: "kubernetes", Operation: "Get",
		Input: plan.Document{"Kind": "Deployment", "Name": "worker"}}, c.Call)
	assert.Equal(t, []plan.Expect{
		{Path: `metadata.annotations."keda.sh/paused"`, Op: plan.Is, Value: "false"},
		{Path: "spec.minReplicas", Op: plan.Is, Value: 3.0},
		{Path: "spec.replicas", Op: plan.AtLeast, Value: 2.0},
	}, c.All)
	got, why := c.Judge(plan.Document{"metadata": plan.Document{"annotations": plan.Document{"keda.sh/paused": "false"}},
		"spec": plan.Document{"minReplicas": 3, "replicas": 5}})
	assert.Equal(t, plan.Done, got, why)
	assert.NotNil(t, s.Undo.Input["Patch"], "the undo itself is as it was")
}

// TestUndone_asksABucketAboutTheTimeOfTheUndo: a bucket that is brought back by half is neither as it was nor as it is to be.
func TestUndone_asksABucketAboutTheTimeOfTheUndo(t *testing.T) {
	t.Parallel()
	s := step("rewind", plan.Copy)
	act := func(operation, at string) plan.Call {
		return plan.Call{Kind: plan.Versions, Home: system.Primary, Service: "redoubt", Operation: operation,
			Input: plan.Document{"Bucket": "b", "At": at}}
	}
	undo := act("RewindBucket", "late-begun")
	undo.Late = []plan.Late{{Name: "late-begun", Path: "LastModified", Call: act("HeadObject", "")}}
	s.Undo, s.Condition = &undo, plan.Condition{Call: act("CountAstray", "2026-03-01T11:52:00Z"),
		All: []plan.Expect{{Path: "Astray", Op: plan.Is, Value: 0.0}}}
	c := undone(s)
	assert.Equal(t, []any{"CountAstray", "late-begun"}, []any{c.Call.Operation, c.Call.Input["At"]})
	assert.Equal(t, undo.Late, c.Call.Late)
	assert.Equal(t, s.Condition.All, c.All)
	assert.Equal(t, "2026-03-01T11:52:00Z", s.Condition.Call.Input["At"], "the step itself is as it was")
}

func TestOpposite_holdsWhereTheOtherDoesNot(t *testing.T) {
	t.Parallel()
	for _, e := range []plan.Expect{
		{Path: "A", Op: plan.Is, Value: 3.0}, {Path: "A", Op: plan.IsNot, Value: 3.0},
		{Path: "A", Op: plan.AtLeast, Value: 3.0}, {Path: "A", Op: plan.AtMost, Value: 3.0},
	} {
		for _, v := range []float64{0, 2, 3, 4} {
			answer := plan.Document{"A": v}
			one, _ := plan.Condition{All: []plan.Expect{e}}.Judge(answer)
			other, _ := plan.Condition{All: []plan.Expect{opposite(e)}}.Judge(answer)
			assert.NotEqual(t, one, other, "%s %s %v in %v", e.Path, e.Op, e.Value, v)
		}
	}
}
