package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/cli/streams"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

func TestStory_tellsWhereEachStepStands(t *testing.T) {
	t.Parallel()
	s := ran(t, []plan.Step{step("a", plan.Start), step("b", plan.Start), step("c", plan.Start), step("d", plan.Start), step("e", plan.Start)},
		joined(
			walked("a", "ok", "performed"),
			[]journal.Record{{Kind: journal.Began, Step: "b"}},
			walked("c", "throttled", ""),
			walked("d", "denied", "failed"),
		)...)
	states := map[string]string{}
	for _, st := range s.steps() {
		states[st.ID] = st.State
	}
	assert.Equal(t, map[string]string{"a": "performed", "b": "looked at", "c": "under way", "d": "failed", "e": "waiting"}, states)
	assert.Equal(t, "throttled: ", s.steps()[2].Why)
	assert.Equal(t, 4*time.Second, s.steps()[0].at)
	_, ended := s.outcome()
	assert.False(t, ended)
}

func TestSentence_saysRecoveredOrNot(t *testing.T) {
	t.Parallel()
	may, report := step("may", plan.Fence), step("more", plan.Settle)
	may.OnFailure, report.OnFailure = plan.Continue, plan.Report
	steps := []plan.Step{may, report, step("proof", plan.Prove)}
	good := joined(walked("may", "ok", "failed"), walked("proof", "ok", "performed"), walked("more", "ok", "performed"))
	bad := joined(walked("proof", "ok", "performed"), []journal.Record{{Kind: journal.Ended, Step: "more", Result: "failed", Why: "no answer"}})
	for _, c := range []struct {
		name    string
		run     string
		records []journal.Record
		finish  execute.Finish
		want    string
	}{
		{"recovered", "move-1", good, execute.Finish{Outcome: execute.Recovered},
			"recovered after 8s, all done after 12s (simulated): the secondary home serves atlas, without may"},
		{"unproven", "move-1", bad, execute.Finish{Outcome: execute.Unproven, Why: "long"},
			"not proven recovered after 5s (simulated): step more: no answer"},
		{"refused", "move-1", nil, execute.Finish{Outcome: execute.Refused, Why: "gate x: no"},
			"not recovered, refused before anything was called: gate x: no"},
		{"stopped", "move-1", good, execute.Finish{Outcome: execute.Stopped, Why: "interrupted"},
			"not recovered, stopped after 12s (simulated): interrupted"},
		{"taken back", "move-1-abort", nil, execute.Finish{Outcome: execute.Recovered},
			"taken back in 0s (simulated): the secondary home serves atlas"},
	} {
		s := ran(t, steps, c.records...)
		s.Run = c.run
		assert.Equal(t, c.want, sentence(s, c.finish, "simulated"), c.name)
	}
}

func TestNext_namesTheCommandThatGoesOn(t *testing.T) {
	t.Parallel()
	o := &Options{On: "aws", file: "plan.json"}
	s := ran(t, []plan.Step{step("a", plan.Start)},
		journal.Record{Kind: journal.Decided, Step: "ask", Result: "refused"},
		journal.Record{Kind: journal.Decided, Step: "over", Result: "refused"},
		journal.Record{Kind: journal.Decided, Step: "fine", Result: "allowed"})
	s.Plan.Gates = []plan.Gate{{ID: "ask"}, {ID: "over", Overridable: true, Reason: "no"}, {ID: "fine", Overridable: true, Reason: "no"}}
	assert.Equal(t, "redoubt run plan.json --on aws --approve ask --override over=REASON --by NAME",
		o.next(s, execute.Finish{Outcome: execute.Refused}))
	assert.Equal(t, "redoubt resume move-1 --on aws", o.next(s, execute.Finish{Outcome: execute.Stopped}))
	assert.Equal(t, "redoubt status move-1 --on aws", o.next(s, execute.Finish{Outcome: execute.Unproven}))
}

func TestProgress_isALineAStep(t *testing.T) {
	t.Parallel()
	s, out, errs := streams.Test()
	p := &progress{streams: s, start: start, plan: ran(t, []plan.Step{step("a", plan.Start)}).Plan}
	for n, r := range []journal.Record{
		{Kind: journal.Started}, {Kind: journal.Decided, Step: "lag", Result: "allowed"}, {Kind: journal.Began, Step: "a"},
		{Kind: journal.Intended, Step: "a", Attempt: 1}, {Kind: journal.Returned, Step: "a", Attempt: 1, Result: "throttled", Why: "slow down"},
		{Kind: journal.Returned, Step: "a", Attempt: 2, Result: "ok"}, {Kind: journal.Ended, Step: "a", Result: "performed"},
	} {
		p.see(start.Add(time.Duration(n)*time.Minute), execute.Append{Record: &r})
	}
	assert.Equal(t, "01:00 gate lag: allowed\n04:00 a: throttled, attempt 1: slow down\n06:00 a: performed, Do a\n", errs.String())
	assert.Empty(t, out.String())
}

func TestSpan_leavesOutWhatIsZero(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 90 * time.Second: "1m30s", 5 * time.Minute: "5m", time.Hour: "1h", 61 * time.Minute: "1h1m", 10 * time.Minute: "10m",
	} {
		assert.Equal(t, want, span(d))
	}
	assert.Equal(t, "500ms", seconds(0.5))
}
