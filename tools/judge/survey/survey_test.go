//go:build judge

package survey

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/tools/judge/upstream"
)

func TestSchemaData_isWhatUpstreamSays(t *testing.T) {
	binary, err := upstream.Find()
	if errors.Is(err, upstream.ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip("NOT JUDGED: " + err.Error())
	}
	require.NoError(t, err)
	p, err := upstream.Start(context.Background(), binary, "eu-west-1")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, p.Close()) })

	types, remarks, err := Collect(context.Background(), p)
	require.NoError(t, err)
	assert.Empty(t, remarks, "every property has its SDK name and a plain answer")
	got, err := Encode(types)
	require.NoError(t, err)
	kept, err := os.ReadFile("../../../sim/schema/upstream.json")
	require.NoError(t, err)
	assert.True(t, string(kept) == string(got),
		"sim/schema/upstream.json is stale: in tools/judge run `go run . schema ../../sim/schema/upstream.json`")
}
