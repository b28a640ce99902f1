package sim

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAdopted_keepsTheLaterGeneration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		given, kept any
		want        map[string]int
	}{
		"only the adoption knows it":      {nil, map[string]any{"tasks": 2}, map[string]int{"tasks": 2}},
		"the engine wrote it as text":     {nil, `{"tasks":2}`, map[string]int{"tasks": 2}},
		"the project's settings are late": {map[string]any{"tasks": 1, "work": 4}, `{"tasks":2}`, map[string]int{"tasks": 2, "work": 4}},
		"the project's settings are on":   {map[string]any{"tasks": 3}, map[string]any{"tasks": 2}, map[string]int{"tasks": 3}},
		"nothing was adopted":             {map[string]any{"tasks": 3}, nil, map[string]int{"tasks": 3}},
	} {
		config := map[string]any{generationsKey: c.given}
		require.NoError(t, adopted(config, map[string]any{generationsKey: c.kept}), name)
		got, err := generationsOf(config)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
	}
	require.ErrorContains(t, adopted(map[string]any{}, map[string]any{generationsKey: "tasks"}), generationsKey)
}
