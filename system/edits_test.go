package system_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mark stands in a test's text where the fault is expected.
const mark = "§"

// markedPlace takes the mark out of text and returns its line and column.
func markedPlace(t *testing.T, text string) (string, int, int) {
	t.Helper()
	before, after, found := strings.Cut(text, mark)
	require.True(t, found, "no mark in the text")
	line := strings.Count(before, "\n") + 1
	col := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return before + after, line, col
}

// edit is one change of the small system that makes one fault. The mark in
// new is where the fault must be reported.
type edit struct{ name, old, new, cause, hint string }

// checkEdits holds that each edit leads to one fault, in its place.
func checkEdits(t *testing.T, edits []edit) {
	t.Helper()
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			text, line, col := markedPlace(t, changed(t, e.old, e.new))
			faults := faultsOf(t, text)
			require.Len(t, faults, 1, "%v", faults)
			assert.Contains(t, faults[0].Cause, e.cause)
			assert.Contains(t, faults[0].Hint, e.hint)
			assert.Equal(t, []int{line, col}, []int{faults[0].Line, faults[0].Col}, "place of %v", faults[0])
		})
	}
}

// anotherTier is one more tier, in the form of the file.
func anotherTier(name string) string {
	return "  - name: " + name + `
    strategy: warm-standby
    objectives:
      zone: {rto: 2m, rpo: 5s}
      region: {rto: 15m, rpo: 15m}
      data: {rto: 6h, rpo: 1d}
      dependency: {rto: 5m, rpo: 0}
`
}

// changed is the small system with each old text replaced by a new one, once.
func changed(t testing.TB, changes ...string) string {
	t.Helper()
	small, err := os.ReadFile("testdata/small.yaml")
	require.NoError(t, err)
	text := string(small)
	for i := 0; i+1 < len(changes); i += 2 {
		require.Contains(t, text, changes[i])
		text = strings.Replace(text, changes[i], changes[i+1], 1)
	}
	return text
}
