package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/disk"
	"redoubt/sim/world"
	"redoubt/tests/homes"
)

// overriding runs the plan without a confirmed fence.
var overriding = []string{"run", "plan.json", "--override", "confirmed-fence=its region is lost", "--by", "ann"}

// cuts are after how many records of its journal a run is killed.
var cuts = []int{3, 8, 14, 20, 26}

// TestRun_goesOnAfterAKill kills a run of the loss of a region with SIGKILL. The
// world and the journal may then disagree by one act; the conditions make that
// harmless: the run goes on to the same end, and nothing is done twice.
func TestRun_goesOnAfterAKill(t *testing.T) {
	t.Parallel()
	lost := lostRegion(t)
	whole := fork(t, lost)
	assert.Contains(t, whole.must(t, overriding...).out, "recovered in ")
	want, effects := whole.show(t), whole.effects(t)
	require.Contains(t, want, "traffic: secondary")

	for _, records := range cuts {
		p := fork(t, lost)
		p.kill(t, records)
		st := p.status(t)
		assert.Empty(t, st.Outcome, "it was killed before its end")
		r := p.must(t, "resume", "--by", "ann")
		assert.Contains(t, r.out, "recovered in ", "killed after %d records", records)
		assert.Equal(t, want, p.show(t), "killed after %d records", records)
		assert.Empty(t, differ(effects, p.effects(t)), "killed after %d records", records)
		assert.Equal(t, 2, p.status(t).Generation, "the same run goes on under a new generation")
	}
}

// TestRun_oneOperatorAtATime: the lease of a killed run keeps others out, by
// name, until it ends; then the next takes it over with a new generation.
func TestRun_oneOperatorAtATime(t *testing.T) {
	t.Parallel()
	p := lostRegion(t)
	p.kill(t, 8)
	r := p.run(t, "resume", "--by", "bob", "--wait", "0s")
	assert.Equal(t, 6, r.code)
	assert.Empty(t, r.out)
	assert.Contains(t, r.err, `lease "recovery" is held by ann (run region-loss-`)
	assert.Contains(t, r.err, "redoubt: hint: wait until then, or give --wait 2m10s")
	r = p.run(t, "run", "plan.json", "--by", "ann", "--wait", "0s", "--override", "confirmed-fence=another run")
	assert.Equal(t, 6, r.code, "the same person's other run is another one")

	r = p.must(t, "resume", "--by", "bob", "--wait", "3m")
	assert.Contains(t, r.err, "waiting: lease")
	assert.Contains(t, r.out, "recovered in ")
	assert.Equal(t, 2, p.status(t).Generation)
}

// TestRun_secondAtTheSameTimeNamesTheFirst starts a second run while the first
// waits for an answer.
func TestRun_secondAtTheSameTimeNamesTheFirst(t *testing.T) {
	t.Parallel()
	p := stand(t)
	cmd, in, out := p.asked(t, nil)
	r := p.run(t, "run", "plan.json", "--by", "bob", "--wait", "200ms")
	assert.Equal(t, 6, r.code)
	assert.Empty(t, r.out)
	assert.Contains(t, r.err, `.redoubt is in use by "redoubt run plan.json by ann" (process `)
	st := p.must(t, "status", "last")
	assert.Contains(t, st.out, "not at its end: under way since", "status works beside a run")
	_, err := in.Write([]byte("yes\n"))
	require.NoError(t, err)
	require.NoError(t, cmd.Wait(), out.text())
	assert.Contains(t, out.text(), "recovered ")
}

// TestRun_interruptedStopsAndGoesOn sends one Ctrl-C while a gate asks.
func TestRun_interruptedStopsAndGoesOn(t *testing.T) {
	t.Parallel()
	p := stand(t)
	cmd, _, out := p.asked(t, nil)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.Error(t, cmd.Wait())
	assert.Equal(t, 4, cmd.ProcessState.ExitCode(), out.text())
	assert.Contains(t, out.text(), "not recovered, stopped after 0s (simulated): interrupted. Next: redoubt resume switchover-")
	r := p.must(t, "resume", "--approve", "approval", "--by", "ann")
	assert.Contains(t, r.out, "recovered ")
}

// TestRun_interruptedTwiceStopsAtOnce sends a second Ctrl-C while the run is still on its way to its end: nobody
// takes its last line, so that it cannot be there before.
func TestRun_interruptedTwiceStopsAtOnce(t *testing.T) {
	t.Parallel()
	p := stand(t)
	unread, stdout, err := os.Pipe()
	require.NoError(t, err)
	defer func() { require.NoError(t, errors.Join(unread.Close(), stdout.Close())) }()
	cmd, _, out := p.asked(t, stdout)
	fill(t, stdout)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	out.await(t, "once more stops at once")
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	require.Error(t, cmd.Wait())
	assert.Equal(t, 130, cmd.ProcessState.ExitCode(), out.text())
	r := p.must(t, "resume", "--approve", "approval", "--by", "ann")
	assert.Contains(t, r.out, "recovered ")
}

// asked is a switchover that runs and asks for its approval. Its stdout is the one given, if any.
func (p folder) asked(t *testing.T, stdout *os.File) (*exec.Cmd, io.Writer, *watched) {
	t.Helper()
	p.must(t, "plan", "switchover", "--out", "plan.json")
	cmd, out := p.command("run", "plan.json", "--by", "ann")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	if stdout != nil {
		cmd.Stdout = stdout
	}
	require.NoError(t, cmd.Start())
	out.await(t, "type yes to approve")
	return cmd, in, out
}

// fill writes into a pipe until it holds no more: whoever writes to it next waits.
func fill(t *testing.T, pipe *os.File) {
	t.Helper()
	fd := int(pipe.Fd())
	require.NoError(t, syscall.SetNonblock(fd, true))
	for err := error(nil); err != syscall.EAGAIN; _, err = syscall.Write(fd, make([]byte, 1)) { //nolint:errorlint // a number
		require.NoError(t, err)
	}
	require.NoError(t, syscall.SetNonblock(fd, false))
}

// folder is a project in a folder of its own, with its simulated regions.
type folder struct{ dir string }

func stand(t *testing.T) folder {
	t.Helper()
	p := folder{t.TempDir()}
	require.NoError(t, homes.Store(p.dir))
	return p
}

// lostRegion is a project whose primary region is down, with a plan for that.
func lostRegion(t *testing.T) folder {
	t.Helper()
	p := stand(t)
	p.must(t, "sim", "inject", "region-down", "eu-west-1")
	p.must(t, "plan", "region-loss", "--out", "plan.json")
	return p
}

// fork copies a project.
func fork(t *testing.T, from folder) folder {
	t.Helper()
	p := folder{t.TempDir()}
	require.NoError(t, os.CopyFS(p.dir, os.DirFS(from.dir)))
	return p
}

type ended struct {
	code     int
	out, err string
}

// command prepares redoubt as a process of its own.
func (p folder) command(args ...string) (*exec.Cmd, *watched) {
	self, _ := os.Executable()
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "redoubt" // testscript's Main goes by this name
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "PWD="+p.dir)
	out := &watched{}
	cmd.Stdout, cmd.Stderr = out, out
	return cmd, out
}

func (p folder) run(t *testing.T, args ...string) ended {
	t.Helper()
	cmd, _ := p.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var failed *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &failed) {
		require.NoError(t, err)
	}
	return ended{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

func (p folder) must(t *testing.T, args ...string) ended {
	t.Helper()
	r := p.run(t, args...)
	require.Equal(t, 0, r.code, "redoubt %v\n%s\n%s", args, r.out, r.err)
	return r
}

func (p folder) show(t *testing.T) string { return p.must(t, "sim", "show").out }

// stood is what status of the last run tells as JSON.
type stood struct {
	Run, Outcome string
	Generation   int
}

func (p folder) status(t *testing.T) stood {
	t.Helper()
	var st stood
	require.NoError(t, json.Unmarshal([]byte(p.must(t, "status", "last", "--json").out), &st))
	return st
}

// effects lists what exists in the simulated regions, and how often each object
// and item was written. The lease is written as often as it is held.
func (p folder) effects(t *testing.T) []string {
	t.Helper()
	d, err := disk.Open(filepath.Join(p.dir, ".redoubt", "world"), world.Config{Seed: 1, Account: homes.Account})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	var out []string
	for _, kind := range world.Kinds() {
		for _, e := range d.Find("", kind, nil) {
			versions, _ := e.Out["Versions"].([]any)
			if strings.HasPrefix(e.ID, "atlas-locks-") {
				versions = nil
			}
			out = append(out, fmt.Sprintf("%s %s %s %d", e.Region, e.Kind, e.ID, len(versions)))
		}
	}
	slices.Sort(out)
	require.Greater(t, len(out), 300, "it is a whole system")
	return out
}

// differ is what is in one list alone.
func differ(want, got []string) []string {
	var out []string
	for _, line := range want {
		if !slices.Contains(got, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			out = append(out, "+ "+line)
		}
	}
	return out
}

// kill runs the plan and kills it once its journal has so many records.
func (p folder) kill(t *testing.T, records int) {
	t.Helper()
	cmd, out := p.command(overriding...)
	require.NoError(t, cmd.Start())
	over := make(chan error, 1)
	go func() { over <- cmd.Wait() }()
	for p.records(t) < records {
		select {
		case err := <-over:
			require.Fail(t, "the run ended before it was killed", "%v\n%s", err, out.text())
		case <-time.After(100 * time.Microsecond):
		}
	}
	require.NoError(t, cmd.Process.Kill())
	require.ErrorContains(t, <-over, "killed")
}

// records counts the whole records of the project's journals.
func (p folder) records(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, ".redoubt", "runs", "*", "*.journal"))
	require.NoError(t, err)
	n := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		n += bytes.Count(text, []byte("\n"))
	}
	return n
}

// watched is a buffer that can be read while a process writes it.
type watched struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *watched) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

func (w *watched) await(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(w.text(), text) }, time.Minute, time.Millisecond, text)
}
