//go:build judge

package differential

import (
	"context"
	"errors"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/tools/judge/upstream"
)

func TestSimulator_agreesWithUpstream(t *testing.T) {
	p := startProvider(t)
	types, err := Types(p)
	require.NoError(t, err)
	bases, err := Bases()
	require.NoError(t, err)
	known, err := Knowns()
	require.NoError(t, err)
	runner := &Runner{Types: types, Seed: seed(t), Pairs: 20, Known: known}
	cases, err := runner.Run(context.Background(), bases)
	require.NoError(t, err)

	agreed := 0
	for _, c := range cases {
		if c.Agrees() {
			agreed++
		} else if c.Known == "" {
			t.Errorf("%s", c)
		}
	}
	t.Logf("seed %d: %d cases, %d agree", runner.Seed, len(cases), agreed)
	assert.Positive(t, agreed)
}

// seed is 1 unless REDOUBT_SEED names another.
func seed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("REDOUBT_SEED")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, "REDOUBT_SEED")
	return n
}

// startProvider runs the provider. Without one, it says loudly that nothing
// is judged; in CI that is a failure.
func startProvider(t *testing.T) *upstream.Provider {
	t.Helper()
	binary, err := upstream.Find()
	if errors.Is(err, upstream.ErrAbsent) && os.Getenv("CI") == "" {
		t.Skip("NOT JUDGED: " + err.Error())
	}
	require.NoError(t, err)
	p, err := upstream.Start(context.Background(), binary, "eu-west-1")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, p.Close()) })
	return p
}
