package theirs

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLoad_readsEveryTool(t *testing.T) {
	t.Parallel()
	tools, err := Load()
	require.NoError(t, err)
	want := map[string]int{"AWSGuard": 17, "AWS Config": 120, "Checkov": 110, "Prowler": 130, "Trivy": 50}
	for _, c := range Counts(tools) {
		require.Contains(t, want, c.Tool)
		assert.GreaterOrEqual(t, c.All(), want[c.Tool], c.Tool)
		assert.NotZero(t, c.Ours, c.Tool)
		delete(want, c.Tool)
	}
	assert.Empty(t, want, "tools without a file")
}

const good = `tool: T
version: "1"
page: https://example.com
source: https://example.com/{id}
rules:
  - {id: a, title: Stores are kept, types: [aws:rds/cluster:Cluster], ours: store-kept}
`

func TestLoad_fillsInTheSource(t *testing.T) {
	t.Parallel()
	tools, err := load(fstest.MapFS{"t.yaml": {Data: []byte(good)}})
	require.NoError(t, err)
	assert.Equal(t, "https://example.com/a", tools[0].Rules[0].Source)
}

func TestLoad_refusesFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, old, new, want string }{
		{"both", "ours: store-kept", "ours: store-kept, why: none", `has ours "store-kept" and why "none"`},
		{"neither", ", ours: store-kept", "", `has ours "" and why ""`},
		{"ours is no id", "ours: store-kept", "ours: Store_kept", `ours is "Store_kept"`},
		{"no types", "[aws:rds/cluster:Cluster]", "[]", "has no types"},
		{"no token", "aws:rds/cluster:Cluster", "aws_rds_cluster", `type is "aws_rds_cluster"`},
		{"no address", "source: https://example.com/{id}", "source: somewhere", `source is "somewhere"`},
		{"no page", "page: https://example.com", "page: here", `page is "here"`},
		{"full stop", "Stores are kept", "Stores are kept.", "without a full stop"},
		{"unknown field", "ours:", "mine:", "field mine not found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(fstest.MapFS{"t.yaml": {Data: []byte(strings.Replace(good, test.old, test.new, 1))}})
			assert.ErrorContains(t, err, test.want)
			assert.ErrorContains(t, err, "t.yaml")
		})
	}
}

func TestLoad_refusesOneTwice(t *testing.T) {
	t.Parallel()
	line := good[strings.Index(good, "  - "):]
	_, err := load(fstest.MapFS{"t.yaml": {Data: []byte(good + line)}})
	assert.ErrorContains(t, err, `rule "a" stands twice`)
}

func TestTable_countsAndTellsBoth(t *testing.T) {
	t.Parallel()
	tools := []Tool{{Name: "T", Version: "1", Page: "https://example.com", Rules: []Rule{
		{ID: "a", Title: "A", Source: "https://example.com/a", Ours: "store-kept"},
		{ID: "b", Title: "B", Source: "https://example.com/b", Why: "says nothing"},
		{ID: "c", Title: "C", Source: "https://example.com/c", Why: NotDeclared},
	}}}
	page := Table(tools)
	for _, want := range []string{
		"| [T](https://example.com) | 1 | 3 | 1 | 1 | 1 |",
		"\n1 rules of ours stand for them;",
		"| [a](https://example.com/a) | A | `store-kept` |",
		"| [b](https://example.com/b) | B | none: says nothing |",
		"does not declare, 1: [c](https://example.com/c).",
	} {
		assert.Contains(t, page, want)
	}
	assert.Equal(t, []string{"store-kept"}, Missing(tools, []string{"store-lone"}))
	assert.Empty(t, Missing(tools, []string{"store-lone", "store-kept"}))
}
