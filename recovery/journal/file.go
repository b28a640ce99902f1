package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sync"
)

// Disk is what File needs of a disk. Only what was synced survives a crash.
type Disk interface {
	// Open opens a file to read and append, making it when it is not there.
	Open(name string) (Handle, error)
	// SyncDir makes the names of the folder's files survive a crash.
	SyncDir(dir string) error
}

// Handle is one open file.
type Handle interface {
	io.ReadWriteCloser
	Sync() error
	Truncate(size int64) error
}

// File is a Store with one file a run in a folder. One process writes a run:
// the lease sees to that.
type File struct {
	// Dir is the folder; it must exist.
	Dir  string
	Disk Disk

	mu   sync.Mutex
	open map[string]*openRun
}

type openRun struct {
	handle Handle
	next   int
	// broken is what made the file unsafe to write on.
	broken error
}

var _ Store = (*File)(nil)

// NewFile returns a store in dir on the machine's own disk.
func NewFile(dir string) (*File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("journal folder: %w", err)
	}
	return &File{Dir: dir, Disk: osDisk{}}, nil
}

var runName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,99}$`)

// Append writes the record behind the last one and syncs it.
func (f *File) Append(_ context.Context, r Record) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	run, _, err := f.run(r.Run)
	if err != nil {
		return err
	}
	if run.broken != nil {
		return fmt.Errorf("append record %d of run %s: %w", r.Seq, r.Run, run.broken)
	}
	if r.Seq != run.next {
		return fmt.Errorf("record %d of run %s: %w", r.Seq, r.Run, ErrTaken)
	}
	line, err := Encode(r)
	if err != nil {
		return err
	}
	if _, err = run.handle.Write(line); err == nil {
		err = run.handle.Sync()
	}
	if err != nil { // what the disk holds now is unknown until the file is read again
		run.broken = err
		return fmt.Errorf("append record %d of run %s: %w", r.Seq, r.Run, err)
	}
	run.next++
	return nil
}

// Load reads the run's file.
func (f *File) Load(_ context.Context, run string) ([]Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if open := f.open[run]; open != nil {
		_ = open.handle.Close()
		delete(f.open, run)
	}
	_, records, err := f.run(run)
	return records, err
}

// Close closes every file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for name, run := range f.open {
		errs = append(errs, run.handle.Close())
		delete(f.open, name)
	}
	return errors.Join(errs...)
}

// run opens the file of a run, cuts off a last record that was never safe, and
// returns the records when it was not open before.
func (f *File) run(name string) (*openRun, []Record, error) {
	if open := f.open[name]; open != nil {
		return open, nil, nil
	}
	if !runName.MatchString(name) {
		return nil, nil, fmt.Errorf("run %q is no name, want lower-case letters, digits and hyphens", name)
	}
	handle, err := f.Disk.Open(filepath.Join(f.Dir, name+".journal"))
	if err != nil {
		return nil, nil, fmt.Errorf("open journal of run %s: %w", name, err)
	}
	records, err := f.mend(handle)
	if err != nil {
		_ = handle.Close()
		return nil, nil, fmt.Errorf("read journal of run %s: %w", name, err)
	}
	if f.open == nil {
		f.open = map[string]*openRun{}
	}
	f.open[name] = &openRun{handle: handle, next: len(records) + 1}
	return f.open[name], records, nil
}

func (f *File) mend(handle Handle) ([]Record, error) {
	raw, err := io.ReadAll(handle)
	if err != nil {
		return nil, err
	}
	records, safe, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	if safe < len(raw) {
		if err := handle.Truncate(int64(safe)); err != nil {
			return nil, err
		}
	}
	if len(raw) == 0 { // the file may be new: its name must survive too
		if err := f.Disk.SyncDir(f.Dir); err != nil {
			return nil, err
		}
	}
	return records, nil
}

type osDisk struct{}

func (osDisk) Open(name string) (Handle, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
}

func (osDisk) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
