//go:build apps

package browser

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	//go:embed scripts/layout.js
	layout string
	//go:embed scripts/contrast.js
	contrast string
)

func names[V any](of map[string]V) []string { return slices.Sorted(maps.Keys(of)) }

// TestPages_readOnEveryScreen opens each page without a network, on a desk and on a telephone, by day and by night.
func TestPages_readOnEveryScreen(t *testing.T) {
	b := browser(t)
	all := pages(t)
	for _, name := range names(all) {
		t.Run(name, func(t *testing.T) {
			o := open(t, b, all[name])
			assert.False(t, ask[bool](t, o, "navigator.onLine"))
			roles := map[int64]map[string]int{}
			for _, width := range []int64{1280, 390} {
				o.width(t, width)
				fits(t, o, width)
				roles[width] = rolesOf(t, o)
				o.shoot(t, name, width)
			}
			assert.Equal(t, roles[1280], roles[390], "a table is no table any more when it is stacked")
			assert.Positive(t, roles[390]["columnheader"])
			readable(t, o, "light", "255,255,255")
			readable(t, o, "dark", "20,24,29")
			o.scheme(t, "", "light")
			assert.Empty(t, o.said, "the browser says something")
			assert.Equal(t, []string{o.url()}, o.requests, "the page asks for something")
		})
	}
}

func fits(t *testing.T, o *opened, width int64) {
	t.Helper()
	assert.Equal(t, width, ask[int64](t, o, "innerWidth"))
	got := ask[struct {
		Wrong []string
		Texts int
	}](t, o, layout)
	assert.Greater(t, got.Texts, 30, "the script saw no text")
	assert.Empty(t, got.Wrong, "%d pixels wide", width)
}

// readable checks every text's contrast in the colours that the reader prefers.
func readable(t *testing.T, o *opened, colours, paper string) {
	t.Helper()
	o.width(t, 1280)
	o.scheme(t, "", colours)
	got := ask[struct {
		Wrong []string
		Least float64
		Paper string
	}](t, o, contrast)
	assert.Equal(t, paper, strings.ReplaceAll(got.Paper, " ", ""), colours)
	assert.Empty(t, got.Wrong, "contrast, %s", colours)
	assert.GreaterOrEqual(t, got.Least, 3.0)
	o.shoot(t, colours, 1280)
}

// rolesOf counts the roles that a reader without eyes is told.
func rolesOf(t *testing.T, o *opened) map[string]int {
	t.Helper()
	tree, err := chromedp.Call(o.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(t, err)
	out := map[string]int{}
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		switch role := strings.Trim(string(node.Role.Value), `"`); role {
		case "table", "row", "rowheader", "columnheader", "cell", "heading", "main", "banner", "contentinfo":
			out[role]++
		}
	}
	return out
}
