package differential

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEdit_changesACopyOnly(t *testing.T) {
	t.Parallel()
	in := map[string]any{"rules": []any{map[string]any{"id": "a", "days": 1.0}, map[string]any{"id": "b"}}}
	for _, c := range []struct {
		name string
		at   Path
		to   any
		want map[string]any
	}{
		{"a value inside a list", Path{"rules", 0, "days"}, 2.0,
			map[string]any{"rules": []any{map[string]any{"id": "a", "days": 2.0}, map[string]any{"id": "b"}}}},
		{"a property away", Path{"rules", 0, "days"}, drop,
			map[string]any{"rules": []any{map[string]any{"id": "a"}, map[string]any{"id": "b"}}}},
		{"an element away", Path{"rules", 0}, drop, map[string]any{"rules": []any{map[string]any{"id": "b"}}}},
		{"a property more", Path{"name"}, "n", map[string]any{"name": "n", "rules": in["rules"]}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, editMap(in, c.at, c.to))
			assert.Equal(t, 1.0, in["rules"].([]any)[0].(map[string]any)["days"], "the original is untouched")
		})
	}
}

func TestPath_writesItself(t *testing.T) {
	t.Parallel()
	p := Path{"rules", 0, "destination", "bucket"}
	assert.Equal(t, "rules[0].destination.bucket", p.String())
	assert.Equal(t, "rules.destination.bucket", p.Pattern())
}

func TestKnown_matchesWholeTexts(t *testing.T) {
	t.Parallel()
	known := []Known{{Token: "aws:s3/*", At: "rules.*", Value: `""`, Upstream: Accepted, Reason: "r"}}
	c := Case{Token: "aws:s3/bucketV2:BucketV2", Pattern: "rules.id", Value: `""`, Upstream: Verdict{Says: Accepted}}
	assert.Equal(t, "r", reasonFor(known, c))
	c.Upstream.Says = Refused
	assert.Empty(t, reasonFor(known, c), "another verdict is another disagreement")
	c.Upstream.Says, c.Pattern = Accepted, "otherrules.id"
	assert.Empty(t, reasonFor(known, c))
}

func TestMisspell_neverKeepsTheName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cidrBlock", "tagss", "a", "id"} {
		assert.NotEqual(t, name, misspell(name))
	}
}

func TestBases_holdPlainJSONValues(t *testing.T) {
	t.Parallel()
	bases, err := Bases()
	require.NoError(t, err)
	for _, base := range bases {
		walk(base.Inputs, nil, func(at Path, v any) {
			switch v.(type) {
			case string, bool, float64, []any, map[string]any:
			default:
				t.Errorf("%s (%s) %s is a %T", base.Token, base.Name, at, v)
			}
		})
	}
}

func TestRefusal_namesItsWords(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []any{"ENABLED", "DISABLED"}, namedValues(`expected state to be one of ["ENABLED" "DISABLED"], got bogus`))
	assert.Equal(t, []any{"a", "b"}, namedValues("Given Value: x Valid Values: [a b]"))
	assert.Nil(t, namedValues("is an invalid ARN"))
}
