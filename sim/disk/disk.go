// Package disk keeps a simulated world in a folder: a snapshot, and a log of
// what happened since. A mutation is on the disk before it is acknowledged, so a
// kill at any moment loses nothing that was.
package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"redoubt/sim/world"
)

// The files of a world.
const (
	snapshotName = "world.json"
	logName      = "world.log"
)

// Disk is a world and the folder that it is kept in. One process at a time may
// have a folder open; whoever opens it holds a lock of its own.
type Disk struct {
	World *world.World
	dir   string
	log   *log
}

// Open reads the world in dir, or makes a new one of cfg. A log that ends
// inside a record, as a kill leaves it, is cut before that record.
func Open(dir string, cfg world.Config) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	w, err := load(dir, cfg)
	if err != nil {
		return nil, err
	}
	records, whole, err := readLog(filepath.Join(dir, logName))
	if err != nil {
		return nil, err
	}
	for _, rec := range records {
		if rec.Seq <= w.Seq() {
			continue // the snapshot has it: the kill came before the log was cut
		}
		if err := w.Apply(rec); err != nil {
			return nil, fmt.Errorf("%s: %w", logName, err)
		}
	}
	l, err := openLog(filepath.Join(dir, logName), whole)
	if err != nil {
		return nil, err
	}
	w.SetLog(l.append)
	w.SetSettle(l.settle)
	return &Disk{World: w, dir: dir, log: l}, nil
}

// load reads the snapshot, or makes a new world where there is none.
func load(dir string, cfg world.Config) (*world.World, error) {
	raw, err := os.ReadFile(filepath.Join(dir, snapshotName))
	if errors.Is(err, os.ErrNotExist) {
		return world.New(cfg), nil
	}
	if err != nil {
		return nil, err
	}
	w, err := world.Restore(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", snapshotName, err)
	}
	return w, nil
}

// Close folds the log into the snapshot and closes the folder.
func (d *Disk) Close() error {
	return errors.Join(d.Compact(), d.log.close())
}

// Compact writes a new snapshot and empties the log. The snapshot takes its
// name only when it is whole and safe, and the log is emptied after that, unless
// something was written meanwhile.
func (d *Disk) Compact() error {
	covers := d.World.Seq()
	raw, err := d.World.Snapshot()
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(d.dir, snapshotName), raw); err != nil {
		return fmt.Errorf("write %s: %w", snapshotName, err)
	}
	return d.log.empty(covers)
}

// replace writes a file so that at any moment either the old or the new one is whole.
func replace(path string, raw []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = temp.Write(raw)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename or a new file in dir safe.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
