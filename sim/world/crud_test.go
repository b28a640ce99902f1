package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/sim/world"
)

// TestAny_asksOneRegionOrAll: what stands in another region is not there, and neither is what has gone.
func TestAny_asksOneRegionOrAll(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	of := doc{"Name": "notes", "BillingMode": "PAY_PER_REQUEST", "HashKey": "id", "Attributes": []any{doc{"Name": "id", "Type": "S"}}}
	l.make(ireland, "notes", dynamoTable, of)
	named := func(name string) func(*world.Entity) bool {
		return func(e *world.Entity) bool { return e.ID == name }
	}
	for region, want := range map[string]bool{ireland: true, "": true, frankfurt: false} {
		assert.Equal(t, want, l.Any(region, dynamoTable, named("notes")), "in %q", region)
		assert.False(t, l.Any(region, dynamoTable, named("others")), "in %q", region)
	}
	assert.False(t, l.Any(ireland, "AWS::Coffee::Machine", named("notes")))
	assert.NoError(t, l.remove(ireland, "notes"))
	assert.False(t, l.Any(ireland, dynamoTable, named("notes")))
}
