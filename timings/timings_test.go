package timings_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/timings"
)

func TestGet_givesFigureAndSource(t *testing.T) {
	t.Parallel()
	got := timings.Get(timings.AuroraInregionFailover)
	typical, ok := got.Typical()
	require.True(t, ok)
	assert.Equal(t, 30*time.Second, typical)
	longest, ok := got.Max()
	require.True(t, ok)
	assert.Equal(t, time.Minute, longest)
	assert.Equal(t, timings.Doc, got.Kind)
	assert.Contains(t, got.Source, "docs.aws.amazon.com")
}

func TestTiming_wordsAreNeverZero(t *testing.T) {
	t.Parallel()
	words := timings.Get(timings.AuroraGlobalFailoverDoc)
	_, typical := words.Typical()
	_, longest := words.Max()
	_, any := words.Longest()
	assert.False(t, typical || longest || any, "the source has words only")

	zero := timings.Get(timings.DDBMRSCRPO)
	d, ok := zero.Typical()
	assert.True(t, ok, "a figure of zero is a figure")
	assert.Zero(t, d)

	limit := timings.Get(timings.S3RTCSLA)
	_, ok = limit.Typical()
	assert.False(t, ok)
	d, ok = limit.Longest()
	assert.True(t, ok)
	assert.Equal(t, 15*time.Minute, d)
}

func TestTiming_fractionsOfASecondAreExact(t *testing.T) {
	t.Parallel()
	d, ok := timings.Get(timings.RTTEuWest1EuCentral1).Typical()
	require.True(t, ok)
	assert.Equal(t, 27500*time.Microsecond, d)
}

func TestGet_unknownIDPanics(t *testing.T) {
	t.Parallel()
	assert.PanicsWithValue(t, `timings: no timing "aurora.none"; use a constant of ids.go`,
		func() { timings.Get("aurora.none") })
	_, ok := timings.Lookup("aurora.none")
	assert.False(t, ok)
	_, ok = timings.Lookup("r53.ttl")
	assert.True(t, ok)
}

func TestData_everyTimingIsComplete(t *testing.T) {
	t.Parallel()
	seen := map[timings.ID]bool{}
	for _, id := range timings.IDs() {
		assert.False(t, seen[id], "%s stands twice", id)
		seen[id] = true
		got := timings.Get(id)
		assert.NotEmpty(t, got.Mechanism, id)
		assert.NotEmpty(t, got.Note, id)
		assert.Equal(t, "s", got.Unit, id)
		assert.Contains(t, []timings.Metric{timings.Duration, timings.Lag}, got.Metric, id)
		assert.Contains(t, []timings.Kind{timings.SLA, timings.Doc, timings.Blog, timings.ThirdParty, timings.Own}, got.Kind, id)
		u, err := url.Parse(got.Source)
		require.NoError(t, err, id)
		if got.Kind == timings.Own {
			assert.FileExists(t, filepath.Join("..", got.Source), id)
		} else {
			assert.Equal(t, "https", u.Scheme, id)
		}
		typical, t1 := got.Typical()
		longest, t2 := got.Max()
		assert.False(t, t1 && t2 && longest < typical, "%s: %s is longer than %s", id, typical, longest)
	}
	assert.GreaterOrEqual(t, len(seen), 100)
}

// TestGet_codeNamesConstants keeps string literals, which would build although
// nothing has that id, out of the calls.
func TestGet_codeNamesConstants(t *testing.T) {
	t.Parallel()
	literal := regexp.MustCompile(`timings\.(Get|Prior|ID|PriorID)\("`)
	root := ".."
	require.NoError(t, filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasPrefix(path, filepath.Join(root, "timings")) {
			return nil
		}
		raw, err := os.ReadFile(path)
		assert.False(t, literal.Match(raw), "%s: name the constant of timings/ids.go", path)
		return err
	}))
}
