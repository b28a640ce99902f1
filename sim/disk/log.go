package disk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"redoubt/sim/world"
)

// log is the file of records, one a line: the checksum of the JSON text in
// eight hexadecimal digits, a space, the text.
type log struct {
	mu   sync.Mutex
	file *os.File
	// written and safe are the numbers of the last record in the file, and of the
	// last that a sync has covered.
	written, safe uint64
	// broken is the first error of a write or a sync; nothing is kept after it.
	broken error
	// syncing is closed when the sync that is under way has ended.
	syncing chan struct{}
}

var table = crc32.MakeTable(crc32.Castagnoli)

func encode(rec world.Record) ([]byte, error) {
	text, err := json.Marshal(rec)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(text, table), text), nil
}

// decode reads one line; ok is false for anything that was not written whole.
func decode(line []byte) (rec world.Record, ok bool) {
	if len(line) < 10 || line[8] != ' ' {
		return rec, false
	}
	sum, err := strconv.ParseUint(string(line[:8]), 16, 32)
	text := line[9:]
	if err != nil || uint32(sum) != crc32.Checksum(text, table) {
		return rec, false
	}
	return rec, json.Unmarshal(text, &rec) == nil
}

// readLog returns the records of a log up to the first that is not whole, and
// how many bytes they take.
func readLog(path string) (records []world.Record, whole int64, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	for {
		end := bytes.IndexByte(raw[whole:], '\n')
		if end < 0 {
			return records, whole, nil
		}
		rec, ok := decode(raw[whole : whole+int64(end)])
		if !ok {
			return records, whole, nil
		}
		records = append(records, rec)
		whole += int64(end) + 1
	}
}

// openLog opens the log for appending and cuts it after its whole records.
func openLog(path string, whole int64) (*log, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	_, seekErr := f.Seek(whole, 0)
	err = errors.Join(f.Truncate(whole), seekErr, f.Sync(), syncDir(filepath.Dir(path)))
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &log{file: f}, nil
}

// append writes a record; it is safe only after settle.
func (l *log) append(rec world.Record) error {
	line, err := encode(rec)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		_, l.broken = l.file.Write(line)
	}
	if l.broken == nil {
		l.written = rec.Seq
	}
	return l.broken
}

// settle waits until the record with the number is safe. Whoever comes while a
// sync is under way waits for it and, where that one began too early, makes
// the next, which covers all that were written meanwhile.
func (l *log) settle(seq uint64) error {
	l.mu.Lock()
	for l.broken == nil && l.safe < seq {
		if wait := l.syncing; wait != nil {
			l.mu.Unlock()
			<-wait
			l.mu.Lock()
			continue
		}
		l.sync()
	}
	defer l.mu.Unlock()
	return l.broken
}

// sync makes safe what was written; it gives the mutex up while the disk works.
func (l *log) sync() {
	done, covers := make(chan struct{}), l.written
	l.syncing = done
	l.mu.Unlock()
	err := l.file.Sync()
	l.mu.Lock()
	l.broken = errors.Join(l.broken, err)
	if err == nil {
		l.safe = max(l.safe, covers)
	}
	l.syncing = nil
	close(done)
}

// empty removes every record, unless there are later ones than a snapshot covers.
func (l *log) empty(covers uint64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written > covers {
		return nil
	}
	_, err := l.file.Seek(0, 0)
	return errors.Join(l.file.Truncate(0), err, l.file.Sync())
}

func (l *log) close() error { return l.file.Close() }
