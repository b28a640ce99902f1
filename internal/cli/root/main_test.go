package root

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
)

func TestHeed_stopsGentlyThenAtOnce(t *testing.T) {
	t.Parallel()
	s, _, errs := streams.Test()
	var happened []any
	signals := make(chan os.Signal, 2)
	signals <- os.Interrupt
	signals <- os.Interrupt
	heed(signals, s, func() { happened = append(happened, "stop") }, func(code int) { happened = append(happened, code) })
	assert.Equal(t, []any{"stop", int(exit.Interrupted)}, happened)
	assert.Contains(t, errs.String(), "stopped at once")
}
