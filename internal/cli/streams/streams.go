// Package streams makes the terminal a value, so that commands can be tested:
// stdout is the result, stderr the progress.
package streams

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Streams is where a command reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Live is true when progress goes to a terminal and may be redrawn.
	Live bool
	// Width is the terminal's width in columns.
	Width int
}

// System returns the streams of this process.
func System() *Streams {
	s := &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Width: 100}
	if term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb" {
		s.Live = true
		if w, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && w > 0 {
			s.Width = w
		}
	}
	return s
}

// Test returns streams over two buffers.
func Test() (s *Streams, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &Streams{In: &bytes.Buffer{}, Out: out, Err: err, Width: 100}, out, err
}

// Printf writes a result.
func (s *Streams) Printf(format string, args ...any) { _, _ = fmt.Fprintf(s.Out, format, args...) }

// Notef writes progress.
func (s *Streams) Notef(format string, args ...any) { _, _ = fmt.Fprintf(s.Err, format, args...) }
