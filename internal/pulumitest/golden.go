package pulumitest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Golden compares text with a file in testdata; -update rewrites it.
func Golden(t testing.TB, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		require.Empty(t, os.Getenv("CI"), "-update is refused in CI")
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	compare(t, path, got)
}

func compare(t testing.TB, path, got string) {
	t.Helper()
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update once and read the new file")
	assert.Equal(t, string(want), got, "%s differs; a rename of a live resource needs an alias", path)
}
