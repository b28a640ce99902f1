//go:build engine

package engine

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/internal/repeat"
	"redoubt/sim/disk"
	"redoubt/sim/world"
)

// killSeed places the moments at which an update is killed.
const killSeed = 20251020

// moments is how many times an update is killed.
const moments = 20

// TestUp_convergesAfterAKill kills the command (and, every other time, the
// engine with it) at moments spread over the whole of the first `up`, and runs
// it again: the same things stand, with the same ids, none lost and none twice.
// A moment is a size of the world's log, so it falls in the middle of the work
// however fast the machine is.
func TestUp_convergesAfterAKill(t *testing.T) {
	whole := clitest.NewSmall(t)
	whole.Must(t, "sim", "up")
	size := written(whole)
	want := things(t, whole)
	require.Greater(t, len(want), 300, "it is a whole system")
	t.Logf("an undisturbed up wrote %d bytes and made %d things; seed %d", size, len(want), killSeed)

	random := rand.New(rand.NewPCG(killSeed, 1))
	kills := repeat.Times(t, moments)
	for i := range kills {
		after := int64((float64(i) + random.Float64()) / float64(kills) * float64(size))
		t.Run(fmt.Sprintf("after %d bytes", after), func(t *testing.T) {
			p := clitest.NewSmall(t)
			kill(t, p, after, i%2 == 0)
			p.Must(t, "sim", "up")
			assert.Equal(t, want, things(t, p))
			if i%4 == 0 { // the engine agrees that nothing is left to do
				p.Must(t, "sim", "preview", "--expect-no-changes")
			}
		})
	}
}

// written is how much of the world is on disk.
func written(p *clitest.Project) int64 {
	info, err := os.Stat(filepath.Join(p.Dir, ".redoubt", "world", "world.log"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// kill starts an up and kills it once the world's log has the size.
func kill(t *testing.T, p *clitest.Project, after int64, withEngine bool) {
	t.Helper()
	cmd, out := p.Command(t, "sim", "up")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for written(p) < after {
		select {
		case err := <-ended:
			require.Fail(t, "the update ended before it was killed", "%v\n%s", err, out)
		case <-time.After(time.Millisecond):
		}
	}
	if withEngine {
		for _, pid := range children(t, cmd.Process.Pid) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	require.NoError(t, syscall.Kill(cmd.Process.Pid, syscall.SIGKILL))
	require.ErrorContains(t, <-ended, "killed")
}

// children lists the processes that a process started.
func children(t *testing.T, pid int) []int {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	require.NoError(t, err)
	var out []int
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(word)
			require.NoError(t, err)
			out = append(out, child)
		}
	}
	return out
}

// things lists what exists in the simulated regions: kind, region, id and who
// asked for it.
func things(t *testing.T, p *clitest.Project) []string {
	t.Helper()
	d, err := disk.Open(p.Dir+"/.redoubt/world", world.Config{Seed: 1, Account: "123456789012"})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	var out []string
	for _, kind := range world.Kinds() {
		for _, e := range d.Find("", kind, nil) {
			out = append(out, fmt.Sprintf("%s %s %s %s", e.Region, e.Kind, e.ID, e.Token))
		}
	}
	sort.Strings(out)
	return out
}
