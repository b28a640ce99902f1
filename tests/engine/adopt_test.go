//go:build engine

package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/cli/exit"
	"redoubt/internal/clitest"
)

// TestAdopt_tellsTheStacksOfARestore restores a database and a cache on the command line and does what the last line
// of each run says: nothing is made or deleted by it, and no update has anything to change then.
func TestAdopt_tellsTheStacksOfARestore(t *testing.T) {
	p := clitest.NewSmall(t)
	p.Must(t, "sim", "up")
	r := p.Run(t, "sim", "adopt", "tasks")
	assert.Equal(t, exit.Usage, r.Code, r.Err)
	assert.Contains(t, r.Err, "the primary home: no restore has written what its stack must learn")

	p.Must(t, "sim", "wait", "3h")
	at := time.Date(2026, 1, 1, 2, 55, 0, 0, time.UTC).Format(time.RFC3339)
	for _, what := range [][]string{{"tasks", "--at", at}, {"recall"}} { // in this order: a restore lets time pass
		store := what[0]
		p.Must(t, append([]string{"plan", "restore", "--out", store + ".json", "--store"}, what...)...)
		r = p.Must(t, "run", store+".json", "--approve", "approval", "--by", "ann")
		assert.Contains(t, r.Out, "before the next update tell the stacks what was restored: redoubt sim adopt "+store+"\n")
		r = p.Must(t, "sim", "adopt", store)
		assert.Regexp(t, `primary: its stack learns of \d+ resources of `+store, r.Err)
		assert.NotRegexp(t, ` \d+ (created|deleted|replaced)`, r.Err, "%s", r.Err)
		p.Must(t, "sim", "preview", "--refresh", "--expect-no-changes")
	}
	p.Must(t, "sim", "adopt", "tasks")
	p.Must(t, "sim", "preview", "--refresh", "--expect-no-changes")

	// What was damaged is in no state, and nobody takes it away by the way.
	r = p.Run(t, "sim", "down")
	assert.Equal(t, exit.Stopped, r.Code, r.Err)
	assert.Regexp(t, `hint: what the restore of (tasks|recall) left beside is in no state; make clean `, r.Err)
}
