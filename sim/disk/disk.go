// Package disk keeps a simulated world in a directory, so that a kill at any
// moment loses nothing that was acknowledged: a snapshot, and a log of records
// written behind it. A change is acknowledged when its record is synced.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"redoubt/sim/world"
)

// The two files of a world; a name with tmpSuffix is one being written, and
// means nothing after a crash.
const (
	snapshotName = "world.json"
	logName      = "world.log"
	tmpSuffix    = ".tmp"
)

// compactAt is the size of the log from which Open and Close write a new snapshot.
const compactAt = 4 << 20

// World is a world on disk.
type World struct {
	*world.World
	dir  string
	sync func(*os.File) error

	mu sync.Mutex
	// turn wakes those who wait for a sync.
	turn *sync.Cond
	log  *os.File
	size int64
	// pending are records that were taken but not yet written.
	pending []world.Record
	// synced is the number of the last record that is safe.
	synced uint64
	// syncing is true while one caller writes for all.
	syncing bool
	// failed is the first error of a write; nothing is taken after it.
	failed error
}

// Open reads the world in dir, or begins one made of cfg when there is none.
// The caller sees to it that nobody else has it open. A record that was cut
// off at the end was never acknowledged and is dropped; damage before the end
// is an error.
func Open(dir string, cfg world.Config) (*World, error) {
	return open(dir, cfg, (*os.File).Sync)
}

func open(dir string, cfg world.Config, syncFile func(*os.File) error) (*World, error) {
	w, err := load(dir, cfg, syncFile)
	if err != nil {
		return nil, fmt.Errorf("open the world in %s: %w", dir, err)
	}
	return w, nil
}

func load(dir string, cfg world.Config, syncFile func(*os.File) error) (*World, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	in, err := readSnapshot(dir, cfg)
	if err != nil {
		return nil, err
	}
	w := &World{World: in, dir: dir, sync: syncFile}
	w.turn = sync.NewCond(&w.mu)
	if err := w.readLog(); err != nil {
		return nil, err
	}
	w.synced = in.Seq()
	in.SetLog(w.take)
	in.SetSettle(w.settle)
	if w.size >= compactAt {
		if err := w.Compact(); err != nil {
			return nil, errors.Join(err, w.log.Close())
		}
	}
	return w, nil
}

// readSnapshot reads the snapshot, which is written whole or not at all.
func readSnapshot(dir string, cfg world.Config) (*world.World, error) {
	raw, err := os.ReadFile(filepath.Join(dir, snapshotName))
	if errors.Is(err, fs.ErrNotExist) {
		return begin(dir, cfg)
	}
	if err != nil {
		return nil, err
	}
	body, err := unseal(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", snapshotName, err)
	}
	return world.Restore(body)
}

// begin makes a new world. Its configuration must be on disk before the first
// record, or the ids after a crash would differ from those before.
func begin(dir string, cfg world.Config) (*world.World, error) {
	if info, err := os.Stat(filepath.Join(dir, logName)); err == nil && info.Size() > 0 {
		return nil, fmt.Errorf("%s is here without %s", logName, snapshotName)
	}
	w := world.New(cfg)
	raw, err := w.Snapshot()
	if err != nil {
		return nil, err
	}
	return w, replace(dir, snapshotName, seal(raw), (*os.File).Sync)
}

// readLog replays the log and opens it for more.
func (w *World) readLog() error {
	path := filepath.Join(w.dir, logName)
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	batches, good, err := split(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", logName, err)
	}
	for _, rec := range batches {
		if rec.Seq <= w.Seq() {
			continue // the snapshot has it: a crash came between the two halves of a compaction
		}
		if err := w.Apply(rec); err != nil {
			return fmt.Errorf("%s: %w", logName, err)
		}
	}
	w.log, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	w.size = int64(good)
	if err := w.cutTail(int64(len(raw))); err != nil {
		return errors.Join(err, w.log.Close())
	}
	return nil
}

// cutTail drops what follows the last good record and makes the file's name last.
func (w *World) cutTail(have int64) error {
	if have != w.size {
		if err := w.log.Truncate(w.size); err != nil {
			return err
		}
		if err := w.sync(w.log); err != nil {
			return err
		}
	}
	if _, err := w.log.Seek(w.size, 0); err != nil {
		return err
	}
	return syncDir(w.dir, w.sync)
}

// Compact writes all into a new snapshot and empties the log. No change may
// be made meanwhile.
func (w *World) Compact() error {
	raw, err := w.Snapshot() // before our own mutex: the world's is taken first everywhere
	if err != nil {
		return err
	}
	seq := w.Seq()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed
	}
	if err := replace(w.dir, snapshotName, seal(raw), w.sync); err != nil {
		return w.fail(err)
	}
	// From here on the log's records are all in the snapshot and are skipped
	// by their numbers, so that a crash before the next line loses nothing.
	if err := w.log.Truncate(0); err != nil {
		return w.fail(err)
	}
	if _, err := w.log.Seek(0, 0); err != nil {
		return w.fail(err)
	}
	w.size, w.pending, w.synced = 0, nil, seq
	return w.sync(w.log)
}

func (w *World) fail(err error) error {
	if w.failed == nil {
		w.failed = err
	}
	return err
}

// Close compacts a long log and lets go of the files. Nothing that was
// acknowledged depends on it.
func (w *World) Close() error {
	var err error
	if w.size >= compactAt {
		err = w.Compact()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = errors.Join(w.failed, fs.ErrClosed)
	return errors.Join(err, w.log.Close())
}
