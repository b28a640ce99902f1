//go:build linux

package local

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"redoubt/internal/clock"
)

// Line leads from a port of its own to an address that can change: a name that
// follows the switch, a link between the homes, the way to a region. Whoever calls it while it leads nowhere is
// turned away.
type Line struct {
	listener net.Listener

	mu      sync.Mutex
	to      string
	changed time.Time
	open    map[net.Conn]bool
	delay   atomic.Int64
}

// NewLine listens on a free port and leads to an address, or nowhere when it is empty.
func NewLine(to string) (*Line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &Line{listener: listener, to: to, open: map[net.Conn]bool{}}
	go l.serve()
	return l, nil
}

// Port is where the line listens.
func (l *Line) Port() int { return l.listener.Addr().(*net.TCPAddr).Port }

// Lead leads new calls to another address, nowhere when it is empty, and ends
// those under way.
func (l *Line) Lead(to string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to, l.changed = to, clock.Wall{}.Now()
	l.end()
}

// Delay holds back what goes either way for so long from now on, as a network does that is far or in trouble. It holds
// each piece that is read, so what comes in many pieces is slower still.
func (l *Line) Delay(d time.Duration) { l.delay.Store(int64(d)) }

// Changed is when the line was led elsewhere last.
func (l *Line) Changed() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// Close ends the line.
func (l *Line) Close() {
	_ = l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to = ""
	l.end()
}

func (l *Line) end() {
	for c := range l.open {
		_ = c.Close()
		delete(l.open, c)
	}
}

func (l *Line) serve() {
	for {
		in, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.carry(in)
	}
}

// carry carries one call both ways until one side ends.
func (l *Line) carry(in net.Conn) {
	defer in.Close() //nolint:errcheck // nobody is left to tell
	l.mu.Lock()
	to := l.to
	l.mu.Unlock()
	if to == "" {
		return
	}
	out, err := net.DialTimeout("tcp", to, time.Second)
	if err != nil {
		return
	}
	defer out.Close() //nolint:errcheck // nobody is left to tell
	if !l.keep(to, in, out) {
		return
	}
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
		go func() {
			_, _ = io.Copy(late{way[0], &l.delay}, way[1])
			done <- struct{}{}
		}()
	}
	<-done
	l.mu.Lock()
	delete(l.open, in)
	delete(l.open, out)
	l.mu.Unlock()
}

// late is a connection that takes everything after a delay.
type late struct {
	to    io.Writer
	delay *atomic.Int64
}

// Write waits for the delay of now, and writes.
func (w late) Write(p []byte) (int, error) {
	if d := time.Duration(w.delay.Load()); d > 0 {
		_ = clock.Wall{}.Sleep(context.Background(), d)
	}
	return w.to.Write(p)
}

// keep notes an open call, unless the line leads elsewhere by now.
func (l *Line) keep(to string, ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.to != to {
		return false
	}
	for _, c := range ends {
		l.open[c] = true
	}
	return true
}
