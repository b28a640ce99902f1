package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// blocks are what a person pastes out of a runbook.
var blocks = regexp.MustCompile("(?s)```sh\n(.*?)```")

// engines is the one block that wants the Pulumi engine, which the homes of these tests were never deployed by: tests/engine
// runs that command.
const engines = "redoubt sim adopt "

// follow makes a plan and pastes the blocks of its runbook into one shell, as they stand, one after the other. Typed is what
// the person answers who is asked. It returns what each block said, by the block.
func (p folder) follow(t *testing.T, typed string, args ...string) map[string]ended {
	t.Helper()
	book := p.must(t, append([]string{"plan", "--as", "runbook", "--out", "plan.json"}, args...)...).out
	var pasted []string
	script := ""
	for _, m := range blocks.FindAllStringSubmatch(book, -1) {
		if !strings.HasPrefix(m[1], engines) {
			pasted = append(pasted, m[1])
			script += m[1] + "printf '\\001%s\\002' \"$?\"\n"
		}
	}
	var errs strings.Builder
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir, cmd.Stdin, cmd.Stderr = p.dir, strings.NewReader(typed), &errs
	cmd.Env = append(os.Environ(), "PWD="+p.dir)
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	said := map[string]ended{}
	for n, one := range strings.Split(strings.TrimSuffix(string(out), "\002"), "\002") {
		text, code, _ := strings.Cut(one, "\001")
		is, err := strconv.Atoi(code)
		require.NoError(t, err)
		said[strings.TrimSpace(pasted[n])] = ended{is, text, errs.String()}
	}
	return said
}

// recovers follows a runbook to its end: every step is a block and ends well, but one that stops nothing in a lost home.
func (p folder) recovers(t *testing.T, typed string, args ...string) func(step string) string {
	t.Helper()
	said := p.follow(t, typed, args...)
	pl := p.plan(t)
	of := func(step string) string { return said["redoubt step "+step+" plan.json"].out }
	for _, s := range pl.Steps {
		r, has := said["redoubt step "+s.ID+" plan.json"]
		require.True(t, has, s.ID)
		if r.code != 4 || s.OnFailure != plan.Continue || s.Call.Home != pl.Lost {
			require.Zero(t, r.code, "%s\n%s\n%s", s.ID, r.out, r.err)
		}
	}
	assert.Contains(t, said["redoubt status last"].out, "\nrecovered ")
	assert.Contains(t, p.run(t, "resume", "--by", "ann").err, "is at its end already", "nothing was left")
	return of
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

// TestRunbook_ofALostRegionAndTheWayBackIsPasted loses a region, and goes back.
func TestRunbook_ofALostRegionAndTheWayBackIsPasted(t *testing.T) {
	t.Parallel()
	p := stand(t)
	p.strand(t)
	p.must(t, "sim", "inject", "region-down", "eu-west-1")
	said := p.recovers(t, "yes\nits region is dark\nann\n", "region-loss")
	assert.Contains(t, said("pause-worker"), "step pause-worker: failed in 2m (simulated): cannot tell")
	assert.Contains(t, said("requeue-work"), "step requeue-work: performed in ")
	assert.Contains(t, said("probe"), "step probe: looked, and it holds (simulated). All steps are done: recovered ")
	assert.Contains(t, p.must(t, "status", "last").out, "set aside: its region is dark")
	assert.Contains(t, p.show(t), "traffic: secondary")

	p.must(t, "sim", "inject", "region-up", "eu-west-1")
	p.recovers(t, "", "rebuild")
	p.must(t, "sim", "wait", "45m")
	said = p.recovers(t, "yes\n", "failback")
	assert.Contains(t, said("take-traffic-primary"), "performed in ")
	assert.Contains(t, p.show(t), "traffic: primary")
	assert.Regexp(t, `worker +core +warm-standby +3 +3`, p.show(t), "its agents run")
}

// TestRunbook_ofADatabaseIsPasted brings a database back, beside the damaged one.
func TestRunbook_ofADatabaseIsPasted(t *testing.T) {
	t.Parallel()
	p := stand(t)
	good := regexp.MustCompile(`\d{4}\S+Z`).FindString(p.must(t, "sim", "wait", "90m").out)
	p.must(t, "sim", "wait", "1m")
	p.must(t, "sim", "inject", "corrupt", "tasks", "eu-west-1")
	p.must(t, "sim", "wait", "6m") // the backups reach the moment before, and the objective is not passed
	said := p.recovers(t, "yes\n", "restore", "--store", "tasks", "--at", good)
	assert.Contains(t, said("copy-tasks"), "step copy-tasks: performed in 1h")
	assert.Contains(t, said("verify-tasks"), "step verify-tasks: looked, and it holds (simulated)")
	assert.Contains(t, said("direct-tasks-secondary"), "performed in ")
	assert.Regexp(t, `tasks +core +postgres +\S+ +\S+ +good `, p.run(t, "status").out)
}

// TestRunbook_ofABucketIsPasted brings a bucket back.
func TestRunbook_ofABucketIsPasted(t *testing.T) {
	t.Parallel()
	p := spoiledBucket(t)
	at := ""
	for _, s := range p.plan(t).Steps {
		if s.ID == "verify-artifacts" {
			at, _ = s.Call.Input["At"].(string)
		}
	}
	said := p.recovers(t, "yes\n", "restore", "--store", "artifacts", "--at", at)
	assert.Contains(t, said("rewind-artifacts"), "step rewind-artifacts: performed in ")
	assert.Contains(t, said("verify-artifacts"), "step verify-artifacts: looked, and it holds (simulated)")
	assert.Equal(t, restored, p.objects(t))
	assert.Regexp(t, `worker +core +warm-standby +3 +3`, p.show(t), "its agents run")
}

// TestStep_asksWhetherARefusalIsSetAside lets nothing past a gate but a yes with a reason and a name, and keeps both.
func TestStep_asksWhetherARefusalIsSetAside(t *testing.T) {
	t.Parallel()
	p := lostRegion(t)
	for typed, want := range map[string]string{
		"": "set it aside", "its region is dark\n": "set it aside", "no\nit is dark\nann\n": "set it aside",
		"yes\n": "gives no reason", "yes\nREASON\nann\n": "gives no reason",
		"yes\nit is dark\n": "--override needs a name", "yes\nit is dark\nNAME\n": "--by is NAME",
	} {
		r := p.typing(t, typed, "step", "promote-tasks", "plan.json")
		assert.Equal(t, int(exit.Refused), r.code, "%q: %s", typed, r.err)
		assert.Contains(t, r.err, want, typed)
		assert.Contains(t, r.out, "refused, and nothing was called: gate confirmed-fence", typed)
	}
	assert.Contains(t, p.run(t, "status", "last").err, "nothing was run yet")
	r := p.typing(t, "yes\nit is dark\nann\n", "step", "promote-tasks", "plan.json")
	assert.Zero(t, r.code, r.err)
	assert.Regexp(t, `(?s)"overridden",[^}]*"by": "ann",[^}]*set aside: it is dark`, p.must(t, "status", "last", "--json").out)
}

// TestStep_asksNothingTwice keeps the approval that was given while another gate refused.
func TestStep_asksNothingTwice(t *testing.T) {
	t.Parallel()
	p := stand(t)
	good := regexp.MustCompile(`\d{4}\S+Z`).FindString(p.must(t, "sim", "wait", "90m").out)
	p.must(t, "sim", "wait", "30m")
	p.must(t, "plan", "restore", "--store", "tasks", "--at", good, "--finding", "store-corrupt", "--by", "ann", "--out", "plan.json")
	r := p.typing(t, "yes\nyes\nit is worth it\nann\n", "step", "pause-worker-primary", "plan.json")
	assert.Zero(t, r.code, r.err)
	assert.Equal(t, 1, strings.Count(r.err, "type yes to approve"), r.err)
	assert.Contains(t, r.out, "step pause-worker-primary: performed")
	assert.Contains(t, p.must(t, "status", "last").out, "set aside: it is worth it")
}

// typing runs a command of which a person answers the questions.
func (p folder) typing(t *testing.T, typed string, args ...string) ended {
	t.Helper()
	cmd, _ := p.command(args...)
	var out, errs strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(typed), &out, &errs
	_ = cmd.Run()
	return ended{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
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
