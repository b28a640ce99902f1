package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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

func TestSimulatorPage_namesEveryBehaviourWithItsSourceOrSaysAssumed(t *testing.T) {
	t.Parallel()
	page, err := simulatorPage(module)
	require.NoError(t, err)
	for _, b := range world.Behaviours() {
		_, line, found := strings.Cut(page, "| `"+b.Name+"` | "+b.What)
		require.True(t, found, b.Name)
		line, _, _ = strings.Cut(line, "\n")
		assert.True(t, strings.Contains(line, "](https://") || strings.Contains(line, "assumed"), line)
	}
	_, err = grounds(world.Behaviour{Name: "somehow", Assumed: "so it is"})
	require.ErrorContains(t, err, "somehow has neither a source nor the word assumed")
}

func TestSource_linksTheAddressAlone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"assumed":                        "assumed",
		"https://a.example/b/c.html":     "[c](https://a.example/b/c.html)",
		"https://a.example/b/#part":      "[part](https://a.example/b/#part)",
		"https://a.example/b/ (assumed)": "[b](https://a.example/b/) (assumed)",
	} {
		assert.Equal(t, want, source(in))
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
