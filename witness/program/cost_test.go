package program

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

var update = flag.Bool("update", false, "write the table of the page again")

// TestCosts_areThoseOfThePage compares the page with the prices and the example's stores.
func TestCosts_areThoseOfThePage(t *testing.T) {
	t.Parallel()
	of, err := Load(write(t, ""))
	require.NoError(t, err)
	p, err := Of(standing(system.Secondary), of.system, of.inventory)
	require.NoError(t, err)
	all, err := Costs(p)
	require.NoError(t, err)
	require.Len(t, all, len(of.system.Stores)+1)
	byKind := map[string]Cost{}
	for _, c := range all {
		byKind[c.Kind] = c
	}
	// By hand: 2,628,000 seconds a month, 1.25 times the list price.
	assert.InDelta(t, 2.628*1.875*1.25, byKind["table"].USD, 0.01)
	assert.Equal(t, time.Second, byKind["table"].Every)
	assert.InDelta(t, 262800*5.4e-6*1.25, byKind["segments"].USD, 0.01)
	const page, begin = "../../docs/witness.md", "| Marks of |"
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	from := strings.Index(string(text), begin)
	require.Positive(t, from, "the page has the table")
	length := strings.Index(string(text)[from:], "\n\n") + 1
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(string(text)[:from]+CostTable(all)+string(text)[from+length:]), 0o644))
		return
	}
	assert.Equal(t, CostTable(all), string(text)[from:from+length], "go test ./witness/program -update writes it again")
}
