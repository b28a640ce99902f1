//go:build judge

package differential

import (
	"context"
	"errors"
	"flag"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/tools/judge/report"
	"redoubt/tools/judge/upstream"
)

var only = flag.String("only", "", "judge the types whose tokens match this regular expression, and nothing else")

func TestSimulator_agreesWithUpstream(t *testing.T) {
	p := startProvider(t)
	types, err := Types(p)
	require.NoError(t, err)
	bases, err := Bases()
	require.NoError(t, err)
	bases = append(bases, exampleBases(t, types)...)
	some := regexp.MustCompile(*only)
	bases = slices.DeleteFunc(bases, func(b Base) bool { return !some.MatchString(b.Token) })
	known, err := Knowns()
	require.NoError(t, err)
	runner := &Runner{Types: types, Seed: seed(t), Pairs: 20, Known: known}
	cases, err := runner.Run(context.Background(), bases)
	assert.NoError(t, err)

	for _, c := range cases {
		if !c.Agrees() && c.Known == "" {
			t.Errorf("%s", c)
		}
	}
	t.Logf("seed %d: %d cases, %.2f %% agree", runner.Seed, len(cases), 100*Agreement(cases))
	if *only != "" {
		return
	}
	assert.GreaterOrEqual(t, Agreement(cases), 0.99)
	assert.Equal(t, len(types), len(by(cases, func(c Case) string { return c.Token })), "types without a base")
	unused(t, known, cases)
	if runner.Seed == defaultSeed {
		report.Keep(t, "../report", "20-differential", Report(cases, runner.Seed, upstream.Version), report.Update())
	}
}

// unused reports entries of known.yaml that no case needs any more.
func unused(t *testing.T, known []Known, cases []Case) {
	t.Helper()
	met := map[string]bool{}
	for _, c := range cases {
		met[c.Known] = true
	}
	for _, k := range known {
		assert.True(t, met[k.Reason], "known.yaml: no case differs any more by %q", k.Reason)
	}
}

const defaultSeed = 1

// seed is the default unless REDOUBT_SEED names another.
func seed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("REDOUBT_SEED")
	if text == "" {
		return defaultSeed
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
