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
	// Columns is the terminal's width at this moment.
	Columns func() int
}

// plainColumns is the width where there is no terminal to ask.
const plainColumns = 100

// System returns the streams of this process.
func System() *Streams {
	s := &Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	s.Live = term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb"
	s.Columns = func() int {
		if w, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && w > 0 {
			return w
		}
		return plainColumns
	}
	return s
}

// Test returns streams over two buffers.
func Test() (s *Streams, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &Streams{In: &bytes.Buffer{}, Out: out, Err: err, Columns: func() int { return plainColumns }}, out, err
}

// Printf writes a result.
func (s *Streams) Printf(format string, args ...any) { _, _ = fmt.Fprintf(s.Out, format, args...) }

// Notef writes progress.
func (s *Streams) Notef(format string, args ...any) { _, _ = fmt.Fprintf(s.Err, format, args...) }

// Redraw replaces the line of progress, on a terminal, by text cut to its width.
func (s *Streams) Redraw(text string) {
	if !s.Live {
		return
	}
	if cut := []rune(text); len(cut) >= s.Columns() {
		text = string(cut[:max(s.Columns()-1, 0)])
	}
	s.Notef("%s%s", clearLine, text)
}

// Above writes progress that stays: the line that is being redrawn makes room.
func (s *Streams) Above(format string, args ...any) {
	if s.Live {
		format = clearLine + format
	}
	s.Notef(format, args...)
}

const clearLine = "\r\x1b[K"
