package drill

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
)

// TestPermitted_wantsBothHomesOutOfProduction writes both settings files in every way that counts.
func TestPermitted_wantsBothHomesOutOfProduction(t *testing.T) {
	t.Parallel()
	const out, in = "  redoubt:production: false\n", "  redoubt:experimentsInProduction: true\n"
	for name, c := range map[string]struct {
		primary, secondary string
		refused            bool
	}{
		"nothing is said":            {"", "", true},
		"one home is out":            {out, "", true},
		"both are out":               {out, out, false},
		"text counts":                {"  redoubt:production: \"false\"\n", out, false},
		"neither true nor false":     {"  redoubt:production: no way\n", out, true},
		"both let them in":           {in, in, false},
		"one lets them in":           {in, "", true},
		"one is out, one lets it in": {out, in, true},
	} {
		dir := t.TempDir()
		text, err := os.ReadFile("../../../system.yaml")
		require.NoError(t, err)
		for file, body := range map[string]string{"Pulumi.yaml": "name: redoubt\n", "system.yaml": string(text),
			"Pulumi.primary.yaml":   "config:\n  redoubt:region: eu-west-1\n" + c.primary,
			"Pulumi.secondary.yaml": "config:\n  redoubt:region: eu-central-1\n" + c.secondary} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(body), 0o600))
		}
		p, err := project.OpenIn(dir)
		require.NoError(t, err, name)
		err = permitted(p)
		assert.Equal(t, c.refused, err != nil, name)
		if c.refused {
			assert.Equal(t, exit.Refused, exit.Of(err), name)
		}
	}
}
