package ready

import (
	"fmt"
	"hash/fnv"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/recovery/readiness/page"
)

// hub holds what was seen last, and wakes those who follow it.
type hub struct {
	mu      sync.Mutex
	view    page.View
	changed chan struct{}
	closed  bool
}

func newHub() *hub {
	return &hub{view: page.View{Notice: "The homes are being looked at."}, changed: make(chan struct{})}
}

// now is what was seen last, and a channel that closes when that changes; false when nothing follows.
func (h *hub) now() (page.View, <-chan struct{}, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.view, h.changed, !h.closed
}

func (h *hub) put(v page.View) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wake(v)
}

// trouble keeps what was seen last and says why it is old.
func (h *hub) trouble(err error) {
	text := "The homes could not be looked at again: " + strings.ReplaceAll(strings.TrimSpace(exit.Format(err)), "\n", " ")
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.view.Notice != text {
		h.wake(page.View{Readiness: h.view.Readiness, Notice: text})
	}
}

// wake is called with the lock held.
func (h *hub) wake(v page.View) {
	h.view = v
	if !h.closed {
		close(h.changed)
		h.changed = make(chan struct{})
	}
}

// close lets go of those who follow.
func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.changed)
	}
}

// fingerprint is a text that changes with the files that a readiness on the simulated regions stands on. The lock is
// none of them: everybody who looks takes it.
func fingerprint(p *project.Project) string {
	sum := fnv.New64a()
	note := func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil //nolint:nilerr // what is not there does not change
		}
		if info, err := d.Info(); err == nil {
			_, _ = fmt.Fprintf(sum, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	}
	for _, dir := range []string{p.Path("world"), p.Path("runs"), p.Path("drills")} {
		_ = filepath.WalkDir(dir, note)
	}
	for _, file := range []string{"Pulumi.primary.yaml", "Pulumi.secondary.yaml", p.File} {
		if !filepath.IsAbs(file) {
			file = filepath.Join(p.Dir, file)
		}
		_ = filepath.WalkDir(file, note)
	}
	return fmt.Sprintf("%x", sum.Sum64())
}
