package waits_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
	"redoubt/system/waits"
)

// What is told comes back as it was, for every agent of the example, and no more than it declares.
func TestOf_comesBackAsItWas(t *testing.T) {
	t.Parallel()
	s, err := system.Load("../../system.yaml")
	require.NoError(t, err)
	told := 0
	for _, a := range s.Agents {
		d, err := waits.Of(s, a.Name, true)
		require.NoError(t, err)
		back, err := waits.Decode(d.Encode())
		require.NoError(t, err)
		assert.Equal(t, d, back)
		assert.Len(t, d.Callees, len(a.Calls)+len(s.Asks(a)), a.Name)
		told += len(d.Callees)
		for name, w := range d.Callees {
			assert.Equal(t, slices.Contains(a.Resilience.Without, name), w.Without, "%s without %s", a.Name, name)
			assert.GreaterOrEqual(t, w.Total, w.PerTry, name)
		}
	}
	assert.Greater(t, told, 8)
	d, err := waits.Of(s, "nobody", false)
	require.NoError(t, err)
	assert.Empty(t, d.Callees)
}

// A caller waits longer than all that its callee waits for in turn: what each is told adds up along the calls.
func TestOf_addsUpAlongTheCalls(t *testing.T) {
	t.Parallel()
	s, err := system.Load("../../system.yaml")
	require.NoError(t, err)
	calls := 0
	for _, a := range s.Agents {
		mine, err := waits.Of(s, a.Name, true)
		require.NoError(t, err)
		for _, callee := range a.Calls {
			calls++
			theirs, err := waits.Of(s, callee, true)
			require.NoError(t, err)
			sum := int64(0)
			for _, w := range theirs.Callees {
				sum += w.Total
			}
			assert.GreaterOrEqual(t, mine.Callees[callee].PerTry, sum, "%s waits for %s", a.Name, callee)
		}
	}
	assert.Positive(t, calls)
}

func TestDecode_namesAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := waits.Decode(`{"meshed":true,"callees":{"a":{"totalMillis":1,"perTryMillis":2},"b":{"totalMillis":1}}}`)
	for _, want := range []string{"agent is missing", "callee a", "callee b"} {
		require.ErrorContains(t, err, want)
	}
	for _, text := range []string{"", "{", `{"agent":"a","budget":1}`} {
		_, err := waits.Decode(text)
		require.ErrorContains(t, err, "REDOUBT_WAITS", text)
	}
}
