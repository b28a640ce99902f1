//go:build engine

package engine

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"sort"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/sim/disk"
	"redoubt/sim/world"
)

// moments is how many times an update is killed, and killSeed places them.
const (
	moments  = 20
	killSeed = 20251020
)

// TestUp_convergesAfterAKill kills the command (and, every other time, the engine with it) at
// moments spread over the whole of the first `up`, and runs it again: the same
// things stand, with the same ids, none lost and none twice.
func TestUp_convergesAfterAKill(t *testing.T) {
	whole := clitest.New(t)
	start := time.Now()
	whole.Must(t, "sim", "up")
	took := time.Since(start)
	want := things(t, whole)
	require.Greater(t, len(want), 300, "the example is a whole system")
	t.Logf("an undisturbed up took %s and made %d things; seed %d", took.Round(time.Second), len(want), killSeed)

	random := rand.New(rand.NewPCG(killSeed, 1))
	for i := range moments {
		after := time.Duration((float64(i) + random.Float64()) / moments * float64(took))
		t.Run(fmt.Sprintf("after %s", after.Round(100*time.Millisecond)), func(t *testing.T) {
			p := clitest.New(t)
			killed := kill(t, p, after, i%2 == 0)
			p.Must(t, "sim", "up")
			assert.Equal(t, want, things(t, p))
			p.Must(t, "sim", "preview", "--expect-no-changes")
			t.Logf("killed after %s while running: %t", after.Round(time.Millisecond), killed)
		})
	}
}

// kill starts an up and kills it; it reports whether it was still running.
func kill(t *testing.T, p *clitest.Project, after time.Duration, withEngine bool) bool {
	t.Helper()
	cmd, out := p.Command(t, "sim", "up")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		require.NoError(t, err, out.String())
		return false
	case <-time.After(after):
	}
	if withEngine {
		children, _ := exec.Command("pgrep", "-P", fmt.Sprint(cmd.Process.Pid)).Output()
		for _, pid := range fields(children) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	require.NoError(t, syscall.Kill(cmd.Process.Pid, syscall.SIGKILL))
	<-ended
	return true
}

func fields(out []byte) []int {
	var pids []int
	var pid int
	rest := string(out)
	for {
		n, err := fmt.Sscanf(rest, "%d\n", &pid)
		if n != 1 || err != nil {
			return pids
		}
		pids = append(pids, pid)
		rest = rest[len(fmt.Sprint(pid))+1:]
	}
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
