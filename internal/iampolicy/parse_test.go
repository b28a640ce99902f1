package iampolicy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse_givesBackWhatWasWritten(t *testing.T) {
	t.Parallel()
	want := Document{Statements: []Statement{
		{Sid: "A", Effect: Allow, Actions: []string{"a:B", "a:C"}, Resources: []string{"r"}},
		{
			Sid: "B", Effect: Allow, Principals: map[string][]string{"AWS": {"x", "y"}, "Service": {"z"}},
			Actions: []string{"a:B"}, Conditions: map[string]map[string][]string{"Bool": {"k": {"true"}}},
		},
		{Sid: "C", Effect: Deny, Principals: map[string][]string{"*": {"*"}}, NotActions: []string{"a:B"}},
		{Sid: "D", Effect: Deny, Actions: []string{"a:B"}, NotResources: []string{"r", "s"}},
	}}
	got, err := Parse(want.JSON())
	require.NoError(t, err)
	assert.Equal(t, want.JSON(), got.JSON())
	assert.Equal(t, want.Statements[3], got.Statements[3])
	assert.Equal(t, want.Statements[1].Principals, map[string][]string(got.Statements[1].Principals))
	assert.Equal(t, want.Statements[1].Conditions, got.Statements[1].Conditions)
}

func TestParse_refusesWhatIsNoPolicy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		``:  "read policy: ",
		`{`: "read policy: ",
		`{"Version":"2008-10-17","Statement":[]}`:                        `version is "2008-10-17", want 2012-10-17`,
		`{"Version":"2012-10-17","Statement":[{"Action":1}]}`:            "read policy: ",
		`{"Version":"2012-10-17","Statement":[{"Principal":["a","b"]}]}`: "read policy: ",
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
	}
}
