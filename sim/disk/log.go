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

	"redoubt/sim/world"
)

// A line of the log is one batch: the records that one sync made safe. It is
// whole or it was never acknowledged, so a bad line is dropped if it is the
// last and is damage if a good one follows.

var table = crc32.MakeTable(crc32.Castagnoli)

// seal writes a body as a line that begins with its checksum.
func seal(body []byte) []byte {
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(body, table), body)
}

// errTorn is the error of a line whose checksum does not fit.
var errTorn = errors.New("checksum mismatch")

// unseal returns the body of a line.
func unseal(line []byte) ([]byte, error) {
	line, whole := bytes.CutSuffix(line, []byte("\n"))
	sum, body, ok := bytes.Cut(line, []byte(" "))
	want, err := strconv.ParseUint(string(sum), 16, 32)
	if !whole || !ok || len(sum) != 8 || err != nil || crc32.Checksum(body, table) != uint32(want) {
		return nil, errTorn
	}
	return body, nil
}

// split reads the records of a log and says how many bytes of it are good.
func split(raw []byte) (records []world.Record, good int, err error) {
	var bad error
	for at, n := 0, 1; at < len(raw); n++ {
		end := bytes.IndexByte(raw[at:], '\n') + 1
		if end == 0 {
			end = len(raw) - at
		}
		body, err := unseal(raw[at : at+end])
		if err != nil && bad == nil {
			bad = fmt.Errorf("line %d: %w", n, err)
		}
		if err == nil && bad != nil {
			return nil, 0, bad
		}
		if err == nil {
			var batch []world.Record
			if err := json.Unmarshal(body, &batch); err != nil {
				return nil, 0, fmt.Errorf("line %d: %w", n, err)
			}
			records, good = append(records, batch...), at+end
		}
		at += end
	}
	return records, good, nil
}

// take accepts a record before its change takes effect. It is called in the
// order of the records.
func (w *World) take(rec world.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed != nil {
		return w.failed
	}
	w.pending = append(w.pending, rec)
	return nil
}

// settle waits until the record is safe. The first to wait writes and syncs
// what all have taken by then.
func (w *World) settle(seq uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.synced < seq && w.failed == nil {
		if w.syncing {
			w.turn.Wait()
			continue
		}
		w.flush()
	}
	if w.synced < seq {
		return w.failed
	}
	return nil
}

// flush writes the pending records as one line. It lets go of the mutex while
// the disk works.
func (w *World) flush() {
	batch := w.pending
	w.pending, w.syncing = nil, true
	w.mu.Unlock()
	n, err := w.writeBatch(batch)
	w.mu.Lock()
	w.syncing = false
	w.size += int64(n)
	if err != nil {
		_ = w.fail(fmt.Errorf("write the log: %w", err))
	} else if len(batch) > 0 {
		w.synced = batch[len(batch)-1].Seq
	}
	w.turn.Broadcast()
}

func (w *World) writeBatch(batch []world.Record) (int, error) {
	body, err := json.Marshal(batch)
	if err != nil {
		return 0, err
	}
	n, err := w.log.Write(seal(body))
	if err != nil {
		return n, err
	}
	return n, w.sync(w.log)
}

// replace writes a file so that after a crash it has its old content or its
// new, and never a part.
func replace(dir, name string, content []byte, sync func(*os.File) error) error {
	tmp := filepath.Join(dir, name+tmpSuffix)
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(sync(f), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir, sync)
}

// syncDir makes the names in a directory last.
func syncDir(dir string, sync func(*os.File) error) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(sync(d), d.Close())
}
