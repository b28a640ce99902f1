//go:build apps && linux

package local

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/local"
)

var (
	kills = flag.Int("kills", 5, "how often the primary home is killed")
	must  = flag.Bool("must", os.Getenv("CI") == "true", "fail where a program is not installed")
	file  = flag.String("json", "", "the file that the results are written to")
)

// TestMain tries nothing where a program is not installed, which it says, and which neither CI nor make drill-local allows.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := local.Missing(); err != nil {
		fmt.Println("NOT TRIED: the drill on one machine;", err)
		if *must {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestDrill_theWitnessTellsTheTruth(t *testing.T) {
	m, err := local.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	var all []local.Result
	for n := range *kills {
		r, err := m.Drill(t.Context(), local.Planned(uint64(n)))
		require.NoError(t, err, "kill %d", n+1)
		all = append(all, r)
		for _, store := range local.Stores {
			compare(t, fmt.Sprintf("kill %d, store %s", n+1, store), store, r)
		}
	}
	fmt.Print(table(all))
	if *file != "" {
		text, err := json.MarshalIndent(all, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(*file, append(text, '\n'), 0o644))
	}
}

// compare holds the witness to the truth: within its margin, which is one interval, or the
// time that a try took where the machine was slower.
func compare(t *testing.T, at, store string, r local.Result) {
	t.Helper()
	c := r.Stores[store]
	says, is := c.Witness, c.Truth
	require.True(t, says.Loss.Known, at)
	require.True(t, says.RTO.Known, at)
	assert.Len(t, says.Outages, 1, at)
	assert.Positive(t, says.Loss.Acknowledged, at)
	// A mark that was under way at the kill may be in the primary without an answer: that is no loss, and one mark at most.
	assert.InDelta(t, is.Lost, says.Loss.Lost, 1, "%s: lost marks", at)
	assert.LessOrEqual(t, says.Loss.Lost, is.Lost, "%s: nothing is lost that the primary never held", at)
	near(t, is.RPO, says.Loss.RPO.Value, says.Loss.RPO.Margin+is.Precision, at+": RPO")
	near(t, is.RTO, says.RTO.Value, says.RTO.Margin+is.Precision, at+": RTO")
	if _, cut := r.Kill.Cut[store]; cut {
		assert.Positive(t, says.Loss.Lost, "%s: what is not copied is lost", at)
	}
	twice := 0
	if store == local.Work {
		twice = r.Kill.Twice
	} else {
		assert.Zero(t, says.Loss.Reordered, at)
	}
	assert.Equal(t, twice, says.Loss.Duplicates, "%s: marks that came twice", at)
}

func near(t *testing.T, want, got, margin time.Duration, what string) {
	t.Helper()
	assert.LessOrEqual(t, (got - want).Abs(), margin, "%s is %s, want %s ± %s", what, got, want, margin)
}
