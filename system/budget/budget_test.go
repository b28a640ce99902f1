package budget

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const s = time.Second

// chain is gateway -> planner -> memory -> model, each with a second of work and
// one retry that connects within a second.
func chain() []Party {
	once := Retry{Times: 1, Connect: s, Backoff: 50 * time.Millisecond}
	return []Party{
		{Name: "gateway", Work: s, Limit: time.Minute, Why: "the tier's", Retry: once, Calls: []string{"planner"}},
		{Name: "planner", Work: s, Limit: time.Minute, Why: "the tier's", Retry: once, Calls: []string{"memory"},
			Outside: []Wait{{"model", 10 * s}}},
		{Name: "memory", Work: s, Limit: time.Minute, Why: "the tier's", Retry: once, Outside: []Wait{{"model", 10 * s}}},
	}
}

func TestSum_addsUpAlongTheCalls(t *testing.T) {
	t.Parallel()
	parties := chain()
	sheet, faults := Sum(parties)
	require.Empty(t, faults)
	assert.Equal(t, 11*s, sheet["memory"].Deadline)
	assert.Equal(t, 11*s+12050*time.Millisecond, sheet["planner"].Deadline)
	assert.Equal(t, s+sheet["planner"].Deadline+1050*time.Millisecond, sheet["gateway"].Deadline)
	calls := sheet.Calls(parties)
	require.Len(t, calls, 2)
	assert.Equal(t, Call{Caller: "planner", Callee: "memory", PerTry: 11 * s, Retry: parties[2].Retry,
		Total: 12050 * time.Millisecond}, calls[1])
}

// A callee whose deadline is longer than its caller's is told, with the way there and the figures.
func TestSum_refusesACalleeThatMayTakeLongerThanItsCaller(t *testing.T) {
	t.Parallel()
	parties := chain()
	parties[1].Deadline, parties[2].Deadline = 30*s, 40*s
	_, faults := Sum(parties)
	require.Len(t, faults, 1, "%v", faults)
	assert.Equal(t, "planner", faults[0].Party)
	assert.Equal(t, 52050*time.Millisecond, faults[0].Least)
	assert.Equal(t, "gateway -> planner -> memory -> model: a request to planner may take 30s (it is given), "+
		"but needs 52.05s: 1s of its own work, 41.05s for memory (40s a try, 1 retried), 10s for model", faults[0].String())

	parties[1].Deadline = faults[0].Least
	_, faults = Sum(parties)
	assert.Empty(t, faults, "what the fault says is enough")
	parties[1].Deadline -= time.Millisecond
	_, faults = Sum(parties)
	assert.Len(t, faults, 1, "and no less")
}

func TestSum_refusesWhatIsLongerThanTheLimit(t *testing.T) {
	t.Parallel()
	parties := chain()
	parties[2].Outside[0].Total = 2 * time.Minute
	_, faults := Sum(parties)
	require.Len(t, faults, 1, "its callers mend themselves: %v", faults)
	assert.Equal(t, "gateway -> planner -> memory -> model: a request to memory may take 1m (the tier's), "+
		"but needs 2m1s: 1s of its own work, 2m for model", faults[0].String())

	parties = chain()
	parties[2].Deadline = 2 * time.Minute
	_, faults = Sum(parties)
	require.Len(t, faults, 1, "%v", faults)
	assert.Contains(t, faults[0].String(), "a request to memory is given 2m, but may take 1m (the tier's)")
}

func TestSum_tellsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	parties := chain()
	parties[0].Deadline, parties[1].Deadline, parties[2].Deadline = 5*s, 5*s, 5*s
	_, faults := Sum(parties)
	require.Len(t, faults, 3)
	for i, name := range []string{"memory", "planner", "gateway"} {
		assert.Equal(t, name, faults[i].Party)
	}
}

func TestSum_refusesACircle(t *testing.T) {
	t.Parallel()
	parties := chain()
	parties[2].Calls = []string{"planner"}
	sheet, faults := Sum(parties)
	require.Len(t, faults, 1, "%v", faults)
	assert.Equal(t, "planner -> memory -> planner: the calls go round in a circle, so their deadlines cannot add up",
		faults[0].String())
	assert.Empty(t, sheet, "nobody before a circle has a budget")
}

func TestRetry_longest(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{
		0: 0, 1: 1*s + 100*time.Millisecond, 2: 2*s + 400*time.Millisecond, 5: 5*s + (1+3+7+10+10)*100*time.Millisecond,
	} {
		assert.Equal(t, want, Retry{Times: n, Connect: s, Backoff: 100 * time.Millisecond}.Longest(), "%d retries", n)
	}
	assert.Equal(t, time.Duration(math.MaxInt64), Retry{Times: 3, Connect: math.MaxInt64, Backoff: 1 << 62}.Longest())
}

// Whatever the graph: where nothing is refused each caller has more time than
// all it waits for, and a graph with a circle is always refused.
func TestSum_holdsOfAnyGraph(t *testing.T) {
	t.Parallel()
	circles, shorts, fine := 0, 0, 0
	for seed := range uint64(5000) {
		parties := random(rand.New(rand.NewPCG(seed, 8)))
		sheet, faults := Sum(parties)
		if len(faults) > 0 {
			if faults[0].Least == 0 {
				circles++
			} else {
				shorts++
			}
			continue
		}
		fine++
		for _, p := range parties {
			b := sheet[p.Name]
			sum := p.Work
			for _, c := range b.Out {
				require.GreaterOrEqual(t, c.Total, sheet[c.Callee].Deadline, "seed %d", seed)
				require.Less(t, sheet[c.Callee].Deadline, b.Deadline, "seed %d: %s of %s", seed, c.Callee, p.Name)
				sum += c.Total
			}
			require.LessOrEqual(t, sum, b.Deadline, "seed %d: %s", seed, p.Name)
			require.LessOrEqual(t, b.Deadline, p.Limit, "seed %d: %s", seed, p.Name)
		}
	}
	t.Logf("seeds 0 to 4999: %d graphs hold, %d with circles, %d too short", fine, circles, shorts)
	for _, n := range []int{circles, shorts, fine} {
		assert.Greater(t, n, 100)
	}
}

func random(r *rand.Rand) []Party {
	out := make([]Party, 1+r.IntN(6))
	for i := range out {
		out[i] = Party{Name: fmt.Sprintf("p%d", i), Work: time.Duration(1+r.IntN(5)) * s, Limit: time.Minute,
			Retry: Retry{Times: r.IntN(3), Connect: s, Backoff: s / 20}}
		if r.IntN(4) == 0 {
			out[i].Deadline = time.Duration(10+r.IntN(50)) * s
		}
		for j := range out {
			if back := j <= i; r.IntN(3) == 0 && (!back || r.IntN(8) == 0) {
				out[i].Calls = append(out[i].Calls, fmt.Sprintf("p%d", j))
			}
		}
	}
	return out
}
