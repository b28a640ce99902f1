package assess

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/system"
)

// work are jobs of so many recoveries each.
func work(counts ...int) *board {
	b := &board{}
	for _, n := range counts {
		b.jobs = append(b.jobs, &job{samples: make([]sample, n)})
	}
	return b
}

// Each scenario has one worker before any has two, and the long ones wait for the end, where they are shared.
func TestBoard_sharesTheLongOnesAtTheEnd(t *testing.T) {
	t.Parallel()
	b := work(10, 2, 5, 0, 8)
	var got []int
	for range 6 {
		got = append(got, len(b.take().samples))
	}
	assert.Equal(t, []int{2, 5, 8, 10, 10, 8}, got, "then whatever has most left, with the fewest workers first")
	for _, j := range b.jobs {
		j.next.Store(int64(len(j.samples)) + 3)
	}
	assert.Nil(t, b.take(), "all are begun")
	assert.Zero(t, b.jobs[0].left())
}

func TestJobs_shareWhatIsLeftAmongTheFirst(t *testing.T) {
	t.Parallel()
	all := jobs(map[system.Disruption][]drill.Scenario{
		system.RegionLoss: {{Name: "r"}}, system.DataLoss: {{Name: "a"}, {Name: "b"}, {Name: "c"}}, system.ZoneLoss: {}}, 20)
	counts := map[string]int{}
	for _, j := range all {
		counts[j.scenario.Name] = len(j.samples)
	}
	assert.Equal(t, map[string]int{"r": 20, "a": 7, "b": 7, "c": 6}, counts)
	assert.Len(t, samplesOf(all, system.DataLoss), 20)
	assert.Empty(t, samplesOf(all, system.ZoneLoss))
}

// Who cancels when all is done gets the forecast.
func TestSimulate_isNotRefusedWhenAllIsDone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := work(3, 4)
	for _, j := range b.jobs {
		j.next.Store(int64(len(j.samples)))
	}
	require.NoError(t, Base{}.simulate(ctx, b.jobs, Options{Workers: 2}))
}
