package slips_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/slips"
)

type object = map[string]any

func TestMisspell_eachFieldInTurn(t *testing.T) {
	t.Parallel()
	o := object{"spec": object{"containers": []any{object{"image": "a"}, object{"name": "b"}}}}
	assert.Equal(t, []string{".spec", ".spec.containers", ".spec.containers.image", ".spec.containers.name"},
		slips.Fields(o))
	assert.Equal(t, object{"spec": object{"containers": []any{object{"imagex": "a"}, object{"name": "b"}}}},
		slips.Misspell(o, ".spec.containers.image"))
	assert.Equal(t, []string{".labels"}, slips.Fields(object{"labels": object{"example.com/a": "b"}}))
	assert.Equal(t, object{"specx": o["spec"]}, slips.Misspell(o, ".spec"))
	assert.Equal(t, object{"spec": object{"containers": []any{object{"image": "a"}, object{"name": "b"}}}}, o, "a copy")
}
