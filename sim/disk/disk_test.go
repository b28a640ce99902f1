package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

const region = "eu-west-1"

// unsynced is for tests that cut files themselves.
func unsynced(*os.File) error { return nil }

func group(t *testing.T, w *world.World, name string) {
	t.Helper()
	_, err := w.Create(region, "AWS::Logs::LogGroup", "urn:"+name, world.Document{"Name": name})
	require.NoError(t, err)
}

func bytesOf(t *testing.T, w *world.World) string {
	t.Helper()
	raw, err := w.Snapshot()
	require.NoError(t, err)
	return string(raw)
}

// history makes one change of every sort and returns the world after each.
func history(t *testing.T, w *world.World) []string {
	t.Helper()
	states := []string{bytesOf(t, w)}
	after := func() { states = append(states, bytesOf(t, w)) }
	group(t, w, "a")
	after()
	_, err := w.Update(region, "AWS::Logs::LogGroup", "a", world.Document{"Name": "a", "RetentionInDays": 30})
	require.NoError(t, err)
	after()
	_, err = w.Call(world.Request{Region: region, Service: "cloudwatch", Operation: "PutMetricData", Input: world.Document{
		"Namespace": "n", "MetricData": []any{world.Document{"MetricName": "m", "Value": 1}}}})
	require.NoError(t, err)
	after()
	require.NoError(t, w.Inject(fault.Fault{Kind: fault.FailCall, Region: region, Service: "logs",
		Operation: "CreateLogGroup", N: 9, Code: "Slow"}))
	after()
	w.Advance(world.Epoch.Add(time.Hour))
	after()
	require.NoError(t, w.Delete(region, "AWS::Logs::LogGroup", "a"))
	after()
	return states
}

func TestOpen_everyCutOfTheLogIsAStateThatWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Open(dir, world.Config{Seed: 7})
	require.NoError(t, err)
	states := history(t, w.World)
	require.NoError(t, w.Close())
	whole, err := os.ReadFile(filepath.Join(dir, logName))
	require.NoError(t, err)
	snap, err := os.ReadFile(filepath.Join(dir, snapshotName))
	require.NoError(t, err)

	was := map[string]int{}
	for i, s := range states {
		was[s] = i
	}
	last := 0
	for cut := 0; cut <= len(whole); cut++ {
		at := filepath.Join(t.TempDir(), "cut")
		require.NoError(t, os.MkdirAll(at, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(at, snapshotName), snap, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(at, logName), whole[:cut], 0o600))
		c, err := open(at, world.Config{Seed: 99}, unsynced)
		require.NoError(t, err, "cut at %d", cut)
		n, ok := was[bytesOf(t, c.World)]
		require.True(t, ok, "cut at %d of %d is a state that never was", cut, len(whole))
		require.GreaterOrEqual(t, n, last, "cut at %d went back", cut)
		last = n
		group(t, c.World, "later") // the log goes on where it was cut
		require.NoError(t, c.Close())
		again, err := open(at, world.Config{}, unsynced)
		require.NoError(t, err, "cut at %d, then written", cut)
		require.Equal(t, bytesOf(t, c.World), bytesOf(t, again.World))
		require.NoError(t, again.Close())
	}
	assert.Equal(t, len(states)-1, last, "the whole log is the last state")
}

func TestOpen_damageBeforeTheEndIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Open(dir, world.Config{})
	require.NoError(t, err)
	history(t, w.World)
	require.NoError(t, w.Close())
	path := filepath.Join(dir, logName)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	raw[20] ^= 1
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	_, err = Open(dir, world.Config{})
	assert.ErrorContains(t, err, "world.log: line 1: checksum mismatch")

	require.NoError(t, os.Remove(filepath.Join(dir, snapshotName)))
	_, err = Open(dir, world.Config{})
	assert.ErrorContains(t, err, "without world.json")
}

func TestWorld_acknowledgesOnlyWhatIsSynced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var safe atomic.Int64 // bytes of the log that a sync has covered
	w, err := open(dir, world.Config{}, func(f *os.File) error {
		if filepath.Base(f.Name()) == logName {
			info, err := f.Stat()
			safe.Store(info.Size())
			return err
		}
		return nil
	})
	require.NoError(t, err)
	for i := range 5 {
		before := safe.Load()
		group(t, w.World, fmt.Sprint("g", i))
		assert.Greater(t, safe.Load(), before, "creation %d was acknowledged before its sync", i)
	}
	require.NoError(t, w.Close())
}

func TestWorld_sharesOneSyncAmongParallelCallers(t *testing.T) {
	t.Parallel()
	var syncs atomic.Int64
	slow := func(*os.File) error { syncs.Add(1); time.Sleep(2 * time.Millisecond); return nil }
	w, err := open(t.TempDir(), world.Config{}, slow)
	require.NoError(t, err)
	syncs.Store(0)
	var all sync.WaitGroup
	const n = 200
	for i := range n {
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := w.Create(region, "AWS::Logs::LogGroup", fmt.Sprint(i), world.Document{"Name": fmt.Sprint("g", i)})
			assert.NoError(t, err)
		}()
	}
	all.Wait()
	assert.Less(t, syncs.Load(), int64(n/2), "parallel creations share their syncs")
	require.NoError(t, w.Close())
	again, err := Open(w.dir, world.Config{})
	require.NoError(t, err)
	assert.Len(t, again.Find(region, "AWS::Logs::LogGroup", nil), n)
	require.NoError(t, again.Close())
}

func TestWorld_takesNothingAfterAFailedSync(t *testing.T) {
	t.Parallel()
	broken := false
	w, err := open(t.TempDir(), world.Config{}, func(*os.File) error {
		if broken {
			return errors.New("no space")
		}
		return nil
	})
	require.NoError(t, err)
	group(t, w.World, "kept")
	broken = true
	_, err = w.Create(region, "AWS::Logs::LogGroup", "x", world.Document{"Name": "x"})
	require.ErrorContains(t, err, "no space")
	broken = false
	_, err = w.Create(region, "AWS::Logs::LogGroup", "y", world.Document{"Name": "y"})
	require.ErrorContains(t, err, "no space", "what follows a lost record cannot be kept")
}

func TestCompact_keepsTheWorldAndSurvivesItsMiddle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := Open(dir, world.Config{Seed: 3})
	require.NoError(t, err)
	history(t, w.World)
	oldLog, err := os.ReadFile(filepath.Join(dir, logName))
	require.NoError(t, err)
	require.NoError(t, w.Compact())
	want := bytesOf(t, w.World)
	require.NoError(t, w.Close())

	// The crash between the new snapshot and the empty log, with a half-written next snapshot.
	require.NoError(t, os.WriteFile(filepath.Join(dir, logName), oldLog, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, snapshotName+tmpSuffix), []byte("half"), 0o600))
	again, err := Open(dir, world.Config{})
	require.NoError(t, err)
	assert.Equal(t, want, bytesOf(t, again.World))
	group(t, again.World, "next")
	want = bytesOf(t, again.World)
	require.NoError(t, again.Close())

	last, err := Open(dir, world.Config{})
	require.NoError(t, err)
	assert.Equal(t, want, bytesOf(t, last.World))
	assert.Equal(t, uint64(3), last.Config().Seed, "the world's own seed wins over the caller's")
	require.NoError(t, last.Close())
}
