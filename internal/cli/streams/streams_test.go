package streams

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStreams_redrawsOneLineOnATerminalOnly(t *testing.T) {
	t.Parallel()
	s, out, errs := Test()
	s.Redraw("12345")
	s.Above("kept\n")
	assert.Equal(t, "kept\n", errs.String(), "no terminal, no control characters")

	errs.Reset()
	s.Live, s.Columns = true, func() int { return 5 }
	s.Redraw("äöüßé")
	s.Redraw("1234")
	s.Above("kept %d\n", 1)
	assert.Equal(t, "\r\x1b[Käöüß"+"\r\x1b[K1234"+"\r\x1b[Kkept 1\n", errs.String(), "never the last column, or it would wrap")
	assert.Empty(t, out.String())
}
