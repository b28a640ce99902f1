package cli

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/execute"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// section finds the steps of a runbook, ours the commands of redoubt in one.
var (
	section = regexp.MustCompile("(?ms)^## \\d+\\. .*?\\n\\nStep `([a-z0-9-]+)`\\.(.*?)(?:^## |\\z)")
	ours    = regexp.MustCompile(`(?m)^redoubt step (.+)$`)
)

// stepsOf are the sections of a runbook's steps, by step.
func stepsOf(runbook string) map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split(runbook, "\n## ") {
		if m := section.FindStringSubmatch("## " + part); m != nil {
			out[m[1]] = m[2]
		}
	}
	return out
}

// followed walks a runbook from top to bottom: what it gives a command of redoubt for is typed as it stands there, but for the
// place; what it gives a command of AWS or kubectl for is called through the port that redoubt itself calls through, which is
// what such a command does on AWS. It returns what redoubt said to each of its commands.
func (p folder) followed(t *testing.T, args ...string) map[string]ended {
	t.Helper()
	book := stepsOf(p.must(t, append(args, "--as", "runbook", "--out", "plan.json")...).out)
	pl := p.plan(t)
	said := map[string]ended{}
	for _, s := range pl.Steps {
		text, has := book[s.ID]
		require.True(t, has, s.ID)
		m := ours.FindStringSubmatch(text)
		if m == nil {
			p.called(t, pl, s)
			continue
		}
		typed := append([]string{"step"}, strings.Fields(strings.TrimSuffix(m[1], " --on aws"))...)
		said[s.ID] = p.decided(t, typed)
	}
	return said
}

// plan is the plan that was made last.
func (p folder) plan(t *testing.T) plan.Plan {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(p.dir, "plan.json"))
	require.NoError(t, err)
	pl, err := plan.Decode(raw)
	require.NoError(t, err)
	return pl
}

// decided types a command, and where a gate refuses what it says to type next, as a person who answers for that.
func (p folder) decided(t *testing.T, typed []string) ended {
	t.Helper()
	r := p.run(t, typed...)
	if _, next, refused := strings.Cut(r.out, "Next: redoubt "); r.code == 3 && refused {
		next = strings.NewReplacer("REASON", "it-is-agreed", "NAME", "ann").Replace(strings.TrimSpace(next))
		r = p.run(t, strings.Fields(next)...)
	}
	require.Equal(t, 0, r.code, "redoubt %v\n%s\n%s", typed, r.out, r.err)
	return r
}

// called makes a step's call unless it is done, and lets time pass until it is. What nothing waits for may fail.
func (p folder) called(t *testing.T, pl plan.Plan, s plan.Step) {
	t.Helper()
	p.within(t, func(_ func(string, world.Document) world.Document, w *world.World) {
		port := drive.World{World: w, Regions: pl.Regions}
		done := func() (plan.Answer, string) {
			answer, why, err := execute.Judge(context.Background(), port, s.Condition)
			return answer, execute.Unanswered(s.Condition, why, err)
		}
		answer, why := done()
		if answer == plan.Done {
			return
		}
		if _, err := execute.Make(context.Background(), port, s.Call); err != nil {
			require.Equal(t, plan.Continue, s.OnFailure, "%s: %v", s.ID, err)
			return
		}
		for until := w.Now().Add(time.Duration(s.Timeout)); answer != plan.Done && w.Now().Before(until); answer, why = done() {
			w.Advance(w.Now().Add(10 * time.Second))
		}
		require.Equal(t, plan.Done, answer, "%s: %s", s.ID, why)
	})
}

// TestRunbook_ofALostRegionIsFollowedByHand ends with the system recovered, and a run of the same plan has nothing left to do.
func TestRunbook_ofALostRegionIsFollowedByHand(t *testing.T) {
	t.Parallel()
	p := stand(t)
	p.strand(t)
	p.must(t, "sim", "inject", "region-down", "eu-west-1")
	said := p.followed(t, "plan", "region-loss")
	assert.Contains(t, said["requeue-work"].out, "step requeue-work: performed in ")
	assert.Contains(t, said["probe"].out, "step probe: looked, and it holds (simulated)")
	assert.Contains(t, p.show(t), "traffic: secondary")
	r := p.must(t, "resume", "--by", "ann")
	assert.Contains(t, r.out, "recovered ")
	assert.NotContains(t, r.err, "performed", "nothing was left")
	assert.Contains(t, p.must(t, "status", "last").out, "\nrecovered ")
}

// TestStep_actsBesideNobody refuses a step while somebody else recovers the home: nothing is called and nothing kept, and it
// goes on once the other one has let go.
func TestStep_actsBesideNobody(t *testing.T) {
	t.Parallel()
	p := stand(t)
	p.must(t, "sim", "inject", "region-down", "eu-west-1")
	p.must(t, "plan", "region-loss", "--out", "plan.json")
	p.lease(t, "ben (run other)", func(*lease.Held) {})
	step := []string{"step", "promote-tasks", "plan.json", "--override", "confirmed-fence=it-is-agreed", "--by", "ann"}
	r := p.run(t, step...)
	assert.Equal(t, int(exit.Held), r.code, r.err)
	assert.Contains(t, r.err, "held by ben (run other)")
	assert.Contains(t, r.err, "hint: wait until then, or give --wait ")
	assert.Empty(t, r.out)
	assert.Contains(t, p.run(t, "status", "last").err, "nothing was run yet")
	p.lease(t, "ben (run other)", func(ben *lease.Held) { require.NoError(t, ben.Release(t.Context())) })
	assert.Contains(t, p.must(t, step...).out, "step promote-tasks: performed in ")
}

// lease takes the lease of the secondary home for somebody, for an hour, and lets do what is done with it.
func (p folder) lease(t *testing.T, who string, do func(*lease.Held)) {
	t.Helper()
	p.within(t, func(_ func(string, world.Document) world.Document, w *world.World) {
		held, err := lease.Acquire(t.Context(), lease.Table{Name: "atlas-locks-secondary", Home: system.Secondary,
			Port: drive.World{World: w, Regions: map[system.Home]string{system.Secondary: homes.Frankfurt}}},
			drive.Clock{World: w}, lease.Recovery, who, lease.Options{TTL: time.Hour})
		require.NoError(t, err)
		do(held)
	})
}

// strand leaves work in a ledger that was accepted and not done.
func (p folder) strand(t *testing.T) {
	t.Helper()
	p.within(t, func(_ func(string, world.Document) world.Document, w *world.World) {
		text := func(s string) plan.Document { return plan.Document{"S": s} }
		port := drive.World{World: w, Regions: map[system.Home]string{system.Primary: homes.Ireland}}
		_, err := port.Call(t.Context(), plan.Call{Kind: plan.AWS, Home: system.Primary, Service: "dynamodb", Operation: "PutItem",
			Input: plan.Document{"TableName": "atlas-work-ledger", "Item": plan.Document{
				"token": text("t1"), "payload": text("s3://x"), "open": text("0"), "accepted": text("2026-01-01T00:00:00Z")}}})
		require.NoError(t, err)
		w.Advance(w.Now().Add(time.Minute))
	})
}

// TestRunbook_ofABucketIsFollowedByHand brings a bucket back by hand.
func TestRunbook_ofABucketIsFollowedByHand(t *testing.T) {
	t.Parallel()
	p := spoiledBucket(t)
	at := ""
	for _, s := range p.plan(t).Steps {
		if s.ID == "verify-artifacts" {
			at, _ = s.Call.Input["At"].(string)
		}
	}
	said := p.followed(t, "plan", "restore", "--store", "artifacts", "--at", at)
	assert.Contains(t, said["rewind-artifacts"].out, "step rewind-artifacts: performed in ")
	assert.Contains(t, said["verify-artifacts"].out, "step verify-artifacts: looked, and it holds (simulated)")
	assert.Contains(t, said["probe"].out, "step probe: looked, and it holds (simulated). All steps are done: recovered ")
	assert.Equal(t, restored, p.objects(t))
	assert.Contains(t, p.must(t, "status", "last").out, "\nrecovered ")
	r := p.must(t, "resume", "--by", "ann")
	assert.Contains(t, r.err, "is at its end already")
	assert.Regexp(t, `worker +core +warm-standby +3 +3`, p.show(t), "its agents run")
}
