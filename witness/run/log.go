package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Try is one attempt to write one mark.
type Try struct {
	Store string `json:"store"`
	Seq   int64  `json:"seq"`
	// Began and Ended are of the witness's own clock.
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
	// Refused is why the store did not acknowledge the mark; empty when it did.
	Refused string `json:"refused,omitempty"`
}

// line is one line of the log: a try, or numbers that are set aside.
type line struct {
	*Try
	// Store and Reserved say that every number up to Reserved may have been used.
	Of       string `json:"of,omitempty"`
	Reserved int64  `json:"reserved,omitempty"`
}

const (
	// ahead is how many numbers of a store are set aside at once.
	ahead = 1000
	// segmentBytes is how long a file of the log grows, segments how many are kept:
	// with nine stores and a mark a second in each, more than two days.
	segmentBytes = 64 << 20
	segments     = 8
)

// Log is the witness's own log: files that only grow and are synced. It must lie
// where the fault that is judged does not reach. Without it no RPO is known.
//
// Tries are synced in groups a moment after they are noted. What a crash of the
// witness itself takes away was never in the log, and counts as unconfirmed.
type Log struct {
	dir string

	mu       sync.Mutex
	file     *os.File
	number   int
	size     int64
	reserved map[string]int64
	pending  bytes.Buffer
	err      error
	more     chan struct{}
	ended    chan struct{}
}

var errClosed = errors.New("the log is closed")

// Open opens the log in a folder, which is made when it is not there, and begins
// a new file in it. One witness writes a log.
func Open(dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	l := &Log{dir: dir, reserved: map[string]int64{}, more: make(chan struct{}, 1), ended: make(chan struct{})}
	names, err := files(dir)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	for _, name := range names {
		if err := each(name, func(in line) { l.remember(in) }); err != nil {
			return nil, fmt.Errorf("open log: %w", err)
		}
	}
	if l.number, err = last(names); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	if err := l.next(); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	go l.sync()
	return l, nil
}

func (l *Log) remember(in line) {
	if in.Try != nil && in.Seq > l.reserved[in.Store] {
		l.reserved[in.Store] = in.Seq
	}
	if in.Reserved > l.reserved[in.Of] {
		l.reserved[in.Of] = in.Reserved
	}
}

// Reserve sets numbers of a store aside that no witness with this log has used, and returns
// the first and the last. They are safe before they are used: a witness that starts again uses none twice.
func (l *Log) Reserve(store string) (first, until int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return 0, 0, errClosed
	}
	first = l.reserved[store] + 1
	until = first + ahead - 1
	l.reserved[store] = until
	l.put(line{Of: store, Reserved: until})
	if err := l.flush(); err != nil {
		return 0, 0, err
	}
	return first, until, nil
}

// Note notes a try. Its error is that of an earlier write, after which the log takes no more.
func (l *Log) Note(t Try) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return errClosed
	}
	l.put(line{Try: &t})
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.err
}

// Close writes what is left and closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.file == nil {
		defer l.mu.Unlock()
		return l.err
	}
	_ = l.flush()
	err := errors.Join(l.err, l.file.Close())
	l.file = nil
	close(l.more)
	l.mu.Unlock()
	<-l.ended
	return err
}

func (l *Log) put(in line) {
	text, err := json.Marshal(in)
	if err != nil {
		l.err = errors.Join(l.err, err)
		return
	}
	l.pending.Write(append(text, '\n'))
}

// sync writes groups until the log is closed.
func (l *Log) sync() {
	defer close(l.ended)
	for range l.more {
		l.mu.Lock()
		if l.file != nil {
			_ = l.flush()
		}
		l.mu.Unlock()
	}
}

// flush writes and syncs what is pending. The first error stays.
func (l *Log) flush() error {
	if l.err != nil || l.pending.Len() == 0 {
		return l.err
	}
	n, err := l.file.Write(l.pending.Bytes())
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		l.err = fmt.Errorf("write log: %w", err)
		return l.err
	}
	l.pending.Reset()
	if l.size += int64(n); l.size >= segmentBytes {
		l.err = l.next()
	}
	return l.err
}

// next begins a new file, which repeats what is set aside, and removes the oldest.
func (l *Log) next() error {
	l.number++
	file, err := os.OpenFile(l.path(l.number), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if l.file != nil {
		err = l.file.Close()
	}
	l.file, l.size = file, 0
	for store, until := range l.reserved {
		l.put(line{Of: store, Reserved: until})
	}
	names, listErr := files(l.dir)
	if err = errors.Join(err, listErr, l.flush(), syncDir(l.dir)); err != nil {
		return err
	}
	for len(names) > segments {
		err = errors.Join(err, os.Remove(names[0]))
		names = names[1:]
	}
	return err
}

func (l *Log) path(n int) string { return filepath.Join(l.dir, fmt.Sprintf("marks-%06d.log", n)) }

// files are the log's files, the oldest first.
func files(dir string) ([]string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "marks-*.log"))
	slices.Sort(names)
	return names, err
}

func last(names []string) (int, error) {
	if len(names) == 0 {
		return 0, nil
	}
	var n int
	_, err := fmt.Sscanf(filepath.Base(names[len(names)-1]), "marks-%d.log", &n)
	return n, err
}

// each reads a file line by line. A last line that was cut off was never safe and is passed over.
func each(name string, f func(line)) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	for n := 1; len(raw) > 0; n++ {
		text, rest, whole := bytes.Cut(raw, []byte("\n"))
		if !whole {
			return nil
		}
		var in line
		if err := json.Unmarshal(text, &in); err != nil {
			return fmt.Errorf("%s: line %d: %w", filepath.Base(name), n, err)
		}
		f(in)
		raw = rest
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
