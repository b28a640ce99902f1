package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

func TestRender_pagesAreFresh(t *testing.T) {
	t.Parallel()
	pages, err := render(module)
	require.NoError(t, err)
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(module, name))
		require.NoError(t, err)
		assert.True(t, want == string(got), "%s is stale; run: make generate", name)
	}
}

func TestSimulatorPage_namesEveryKindAndOperation(t *testing.T) {
	t.Parallel()
	page, err := simulatorPage(module)
	require.NoError(t, err)
	for _, name := range world.Operations() {
		assert.Contains(t, page, "| `"+name+"` |")
	}
	for _, name := range world.Kinds() {
		assert.Contains(t, page, "| `"+name[strings.LastIndex(name, "::")+2:]+"` |")
	}
}

func TestAssumptions_areWholeSentences(t *testing.T) {
	t.Parallel()
	list, err := assumptions(module)
	require.NoError(t, err)
	require.NotEmpty(t, list, "the code says what it assumes")
	for _, a := range list {
		assert.NotContains(t, a.text, "\n")
		assert.FileExists(t, filepath.Join(module, a.file))
	}
}

func TestShort_dropsZeroParts(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		15 * time.Minute: "15m", time.Hour: "1h", 90 * time.Second: "1m30s", 0: "0s",
		10 * time.Second: "10s", 61 * time.Minute: "1h1m", 3610 * time.Second: "1h0m10s", 20 * time.Hour: "20h",
	} {
		assert.Equal(t, want, short(d))
	}
}
