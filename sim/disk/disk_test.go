package disk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/disk"
	"redoubt/sim/world"
)

const logName = "world.log"

var config = world.Config{Seed: 7, Account: "123456789012"}

// group makes the n-th log group; it needs nothing else to exist.
func group(t *testing.T, w *world.World, n int) {
	t.Helper()
	name := fmt.Sprintf("/test/%03d", n)
	_, err := w.Create("eu-west-1", "AWS::Logs::LogGroup", "urn-"+name, world.Document{"Name": name})
	require.NoError(t, err)
}

func open(t *testing.T, dir string) *disk.Disk {
	t.Helper()
	d, err := disk.Open(dir, config)
	require.NoError(t, err)
	return d
}

func count(d *disk.Disk) int {
	return len(d.World.Find("", "AWS::Logs::LogGroup", func(*world.Entity) bool { return true }))
}

func TestDisk_keepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	for n := range 10 {
		group(t, d.World, n)
	}
	want, err := d.World.Snapshot()
	require.NoError(t, err)

	killed := open(t, dir) // as after a kill: nothing was closed
	got, err := killed.World.Snapshot()
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))

	require.NoError(t, killed.Close())
	text, err := os.ReadFile(filepath.Join(dir, logName))
	require.NoError(t, err)
	assert.Empty(t, text, "a closed world has its log in the snapshot")
	again := open(t, dir)
	got, err = again.World.Snapshot()
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
}

func TestDisk_everyCutOfTheLogIsAValidWorld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	var ends []int64 // where each record ends
	for n := range 5 {
		group(t, d.World, n)
		info, err := os.Stat(filepath.Join(dir, logName))
		require.NoError(t, err)
		ends = append(ends, info.Size())
	}
	whole, err := os.ReadFile(filepath.Join(dir, logName))
	require.NoError(t, err)
	cuts := 0
	for cut := range len(whole) + 1 {
		want := 0
		for _, end := range ends {
			if int64(cut) >= end {
				want++
			}
		}
		at := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(at, logName), whole[:cut], 0o644))
		after := open(t, at)
		require.Equal(t, want, count(after), "cut after %d bytes", cut)
		group(t, after.World, 99) // and it can go on
		require.Equal(t, want+1, count(open(t, at)))
		cuts++
	}
	t.Logf("%d cuts", cuts)
}

func TestDisk_aBrokenRecordEndsTheLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	for n := range 3 {
		group(t, d.World, n)
	}
	path := filepath.Join(dir, logName)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	text[len(text)-20] ^= 1
	require.NoError(t, os.WriteFile(path, text, 0o644))
	assert.Equal(t, 2, count(open(t, dir)))
}

func TestDisk_aKillBetweenSnapshotAndEmptyLogCountsNothingTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	for n := range 4 {
		group(t, d.World, n)
	}
	path := filepath.Join(dir, logName)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, d.Close())
	require.NoError(t, os.WriteFile(path, text, 0o644)) // the log as it was before it was emptied
	after := open(t, dir)
	assert.Equal(t, 4, count(after))
	group(t, after.World, 4)
	assert.Equal(t, 5, count(open(t, dir)))
}

func TestDisk_parallelCallersAreAllSafe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := open(t, dir)
	var wait sync.WaitGroup
	for n := range 40 {
		wait.Go(func() { group(t, d.World, n) })
	}
	wait.Wait()
	assert.Equal(t, 40, count(open(t, dir)))
}

func TestDisk_aFailedWriteRefusesTheMutation(t *testing.T) {
	t.Parallel()
	d := open(t, t.TempDir())
	group(t, d.World, 0)
	require.NoError(t, d.Close()) // the file is closed: the next write fails
	_, err := d.World.Create("eu-west-1", "AWS::Logs::LogGroup", "urn", world.Document{"Name": "/test/late"})
	require.Error(t, err)
	assert.Equal(t, 1, count(d))
}
