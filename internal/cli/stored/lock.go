package stored

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
)

// holder is what the lock file tells about who holds the lock.
type holder struct {
	Command string    `json:"command"`
	Process int       `json:"process"`
	Since   time.Time `json:"since"`
}

// lockPause is how long to wait before the lock is tried again.
const lockPause = 100 * time.Millisecond

// acquire takes the lock of a project's simulator. It waits for another redoubt
// to end, and for an engine that outlived its redoubt.
func acquire(ctx context.Context, o *Options, folder, command string) (*os.File, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := waitFor(ctx, o, f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if err := sign(f, holder{Command: command, Process: os.Getpid(), Since: o.clock().Now()}); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func waitFor(ctx context.Context, o *Options, f *os.File) error {
	until := o.clock().Now().Add(o.Wait)
	told := false
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("lock %s: %w", project.Folder, err)
		}
		if !o.clock().Now().Before(until) {
			return exit.Errorf(exit.Held, "wait for it to end, then run the same command again",
				"%s is in use by %s", project.Folder, whoHolds(f))
		}
		if !told {
			o.Streams.Above("waiting for %s\n", whoHolds(f))
			told = true
		}
		if err := o.clock().Sleep(ctx, lockPause); err != nil {
			return exit.Errorf(exit.Interrupted, "", "interrupted while waiting for %s", whoHolds(f))
		}
	}
}

// sign writes who holds the lock into it.
func sign(f *os.File, h holder) error {
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(text, 0)
	return err
}

// whoHolds says in words who holds the lock.
func whoHolds(f *os.File) string {
	var h holder
	text, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<12))
	if err != nil || json.Unmarshal(text, &h) != nil {
		return "another redoubt"
	}
	who := fmt.Sprintf("%q (process %d, since %s)", h.Command, h.Process, h.Since.Format(time.TimeOnly+" MST"))
	if errors.Is(syscall.Kill(h.Process, 0), syscall.ESRCH) {
		who = "the engine of " + who + ", which was killed"
	}
	return who
}
