//go:build engine

package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/clitest"
)

// TestUp_interruptedEndsGentlyAndGoesOn sends one Ctrl-C in the middle of the
// first update: the engine ends what is under way and writes a state with
// nothing pending; the same command then goes on to the same things.
func TestUp_interruptedEndsGentlyAndGoesOn(t *testing.T) {
	whole := clitest.NewSmall(t)
	whole.Must(t, "sim", "up")
	want := things(t, whole)

	for _, moment := range []string{"subnet", "rds/cluster", "secondary create"} {
		t.Run(moment, func(t *testing.T) {
			p := clitest.NewSmall(t)
			code, text := interrupt(t, p, moment, 1)
			assert.Equal(t, exit.Stopped, code, text)
			assert.Contains(t, text, "go on with: redoubt sim up")
			for _, home := range []string{"primary", "secondary"} {
				state, err := os.ReadFile(filepath.Join(p.Dir, ".redoubt/state/.pulumi/stacks/redoubt", home+".json"))
				if err == nil {
					assert.NotContains(t, string(state), `"pending_operations"`, home)
				}
			}
			made := things(t, p)
			assert.Less(t, len(made), len(want), "it did stop")
			assert.Subset(t, want, made)

			r := p.Must(t, "sim", "up")
			assert.Contains(t, r.Err, "going on from where it was")
			assert.Equal(t, want, things(t, p))
			p.Must(t, "sim", "preview", "--expect-no-changes")
		})
	}
}

// TestUp_interruptedTwiceStopsAtOnce sends the second Ctrl-C right after the first.
func TestUp_interruptedTwiceStopsAtOnce(t *testing.T) {
	p := clitest.NewSmall(t)
	code, text := interrupt(t, p, "subnet", 2)
	assert.Equal(t, exit.Interrupted, code, text)
	p.Must(t, "sim", "up")
	p.Must(t, "sim", "preview", "--expect-no-changes")
}

// TestUp_secondAtTheSameTimeNamesTheFirst starts a second up while the first runs.
func TestUp_secondAtTheSameTimeNamesTheFirst(t *testing.T) {
	p := clitest.NewSmall(t)
	cmd, out := start(t, p)
	out.await(t, "subnet")
	r := p.Run(t, "sim", "up", "--wait", "300ms")
	assert.Equal(t, exit.Held, r.Code)
	assert.Empty(t, r.Out)
	assert.Contains(t, r.Err, `in use by "redoubt sim up"`)
	assert.Contains(t, r.Err, "process ")
	require.NoError(t, cmd.wait(), out.text(), "the first is not disturbed")
	p.Must(t, "sim", "up", "--wait", "0s")
}

// interrupt starts an up, sends it signals once its progress shows a text, and
// waits for its end.
func interrupt(t *testing.T, p *clitest.Project, when string, signals int) (exit.Code, string) {
	t.Helper()
	cmd, out := start(t, p)
	out.await(t, when)
	require.NoError(t, cmd.signal(syscall.SIGINT))
	if signals > 1 {
		out.await(t, "once more stops at once")
		require.NoError(t, cmd.signal(syscall.SIGINT))
	}
	_ = cmd.wait()
	return exit.Code(cmd.code()), out.text()
}

type running struct {
	signal func(os.Signal) error
	wait   func() error
	code   func() int
}

func start(t *testing.T, p *clitest.Project) (running, *watched) {
	t.Helper()
	cmd, _ := p.Command(t, "sim", "up")
	out := &watched{}
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(t, cmd.Start())
	return running{cmd.Process.Signal, cmd.Wait, func() int { return cmd.ProcessState.ExitCode() }}, out
}

// watched is a buffer that can be read while a process writes it.
type watched struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(b)
}

// text is what was written, with runs of spaces as one.
func (w *watched) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(strings.Fields(w.buf.String()), " ")
}

func (w *watched) await(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(w.text(), text) }, 2*time.Minute, 20*time.Millisecond, text)
}
