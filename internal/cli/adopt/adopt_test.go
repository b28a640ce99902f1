package adopt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/adopt"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
)

const (
	adoption = `{"home":"primary","swaps":[{"type":"aws:dynamodb/table:Table","name":"table-notes-table","id":"atlas-notes-g2",
		"properties":{"name":"atlas-notes-g2"}}]}`
	state = `{"version":3,"deployment":{"resources":[{"urn":"urn:pulumi:primary::redoubt::a$b::table-notes-table",
		"type":"aws:dynamodb/table:Table","id":"atlas-notes","inputs":{"name":"atlas-notes"}}]}}`
)

func run(t *testing.T, adoption, state string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "primary.json")
	require.NoError(t, os.WriteFile(file, []byte(adoption), 0o600))
	s, out, _ := streams.Test()
	s.In = strings.NewReader(state)
	err := adopt.Adopt(s, file)
	return out.String(), err
}

func TestAdopt_printsTheStateOfTheRestoredStore(t *testing.T) {
	t.Parallel()
	out, err := run(t, adoption, state)
	require.NoError(t, err)
	assert.Contains(t, out, `"id": "atlas-notes-g2"`)
	assert.NotContains(t, out, `"atlas-notes"`)
}

func TestAdopt_printsNothingWhenItDoesNotFit(t *testing.T) {
	t.Parallel()
	for want, in := range map[string][2]string{
		"has 0 resources table-notes-table": {adoption, strings.ReplaceAll(state, "table-notes-table", "other")},
		"adopts nothing":                    {`{"home":"primary"}`, state},
		"primary.json: invalid character":   {"words", state},
		"read the state: EOF":               {adoption, ""},
	} {
		out, err := run(t, in[0], in[1])
		assert.ErrorContains(t, err, want)
		assert.Equal(t, exit.Usage, exit.Of(err))
		assert.Empty(t, out)
	}
}
