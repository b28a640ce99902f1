package execute_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/repeat"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// crashing is a store that loses power: the record of a number is either written
// and not answered, or not written at all.
type crashing struct {
	journal.Memory
	at      int
	written bool
}

func (c *crashing) Append(ctx context.Context, r journal.Record) error {
	if r.Seq == c.at {
		if c.written {
			_ = c.Memory.Append(ctx, r)
		}
		return execute.ErrCut
	}
	return c.Memory.Append(ctx, r)
}

// diamond is a plan with steps side by side, a best effort and a proof.
func diamond() plan.Plan {
	fence, probe := stepOf("fence"), stepOf("probe", "move")
	fence.OnFailure, probe.OnFailure = plan.Continue, plan.Report
	return planOf(fence, stepOf("database", "fence"), stepOf("cache", "fence"), stepOf("agents"),
		stepOf("move", "database", "cache", "agents"), probe)
}

var diamondTakes = map[string]time.Duration{
	"fence": time.Second, "database": minutes(3), "cache": minutes(2), "agents": minutes(4), "move": minutes(1),
}

// TestCrash_atEveryRecord cuts the run at each record, written and not written,
// resumes it in a new generation, and cuts the second run again.
func TestCrash_atEveryRecord(t *testing.T) {
	t.Parallel()
	points := 0
	whole := newLab(diamond(), diamondTakes)
	_, records := run(t, diamond(), whole, execute.Options{Poll: 30 * time.Second})
	for at := 1; at <= len(records); at++ {
		for _, written := range []bool{false, true} {
			for again := at + 1; again <= len(records)+4; again += 3 {
				l := newLab(diamond(), diamondTakes)
				store := &crashing{at: at, written: written}
				_, err := drive(l, execute.New(diamond(), execute.Options{Run: "r", Generation: 1, Poll: 30 * time.Second}),
					execute.Virtual{Store: store})
				require.ErrorIs(t, err, execute.ErrCut)
				l.Advance(l.now.Add(time.Duration(at) * time.Second))
				store.at = again
				f := resume(t, diamond(), l, store, 2)
				store.at = 0
				f = resume(t, diamond(), l, store, 3)
				points += 2
				assert.Equal(t, execute.Recovered, f.Outcome, "cut at record %d", at)
				assert.Empty(t, l.early)
				for step, n := range l.effects {
					assert.Equal(t, 1, n, "step %s, cut at record %d (written %v) and %d", step, at, written, again)
				}
				assert.Len(t, l.effects, len(diamond().Steps))
			}
		}
	}
	t.Logf("%d crash points over %d records, written and not", points, len(records))
}

func resume(t *testing.T, p plan.Plan, l *lab, store journal.Store, generation int) execute.Finish {
	t.Helper()
	records, err := store.Load(t.Context(), "r")
	require.NoError(t, err)
	o := execute.Options{Run: "r", Generation: generation, Poll: 30 * time.Second}
	c, err := execute.Restore(p, o, records)
	require.NoError(t, err)
	f, err := drive(l, c, execute.Virtual{Store: store})
	if err != nil {
		require.ErrorIs(t, err, execute.ErrCut)
	}
	return f
}

// schedule is one random case: a plan, how long its steps take, what goes
// wrong, and at which records the run is cut. A failing one is kept as a file.
type schedule struct {
	Steps   []plan.Step
	Takes   map[string]time.Duration
	Mishaps []mishap
	Options execute.Options
	Cuts    []int
}

func randomSchedule(seed uint64) schedule {
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
	s := schedule{Takes: map[string]time.Duration{}}
	for n := range 2 + r.IntN(6) {
		step := stepOf(fmt.Sprintf("s%d", n))
		for need := range n {
			if r.IntN(3) == 0 {
				step.Needs = append(step.Needs, fmt.Sprintf("s%d", need))
			}
		}
		step.OnFailure = []plan.OnFailure{plan.Stop, plan.Stop, plan.Stop, plan.Continue, plan.Report}[r.IntN(5)]
		s.Takes[step.ID] = time.Duration(r.IntN(20)) * time.Minute
		if r.IntN(25) == 0 {
			s.Takes[step.ID] = 100 * time.Hour // it never finishes
		}
		s.Steps = append(s.Steps, step)
	}
	calls := []string{"throttled", "conflict", "not-found", "denied", "unreachable", "lost", "lost"}
	checks := []string{"silent", "stale"}
	for range r.IntN(6) {
		m := mishap{Step: s.Steps[r.IntN(len(s.Steps))].ID, On: "call", Nth: 1 + r.IntN(3)}
		m.Until = m.Nth + r.IntN(4)
		m.What = calls[r.IntN(len(calls))]
		if r.IntN(2) == 0 {
			m.On, m.What = "check", checks[r.IntN(len(checks))]
		}
		if r.IntN(12) == 0 {
			m.Until = 1e6
		}
		s.Mishaps = append(s.Mishaps, m)
	}
	s.Options = execute.Options{
		Run: "r", Generation: 1, Seed: seed, Parallel: r.IntN(4),
		Poll: []time.Duration{0, time.Minute, 4 * time.Minute}[r.IntN(3)],
	}
	for range r.IntN(4) {
		s.Cuts = append(s.Cuts, 1+r.IntN(30))
	}
	return s
}

// fault says what the schedule shows to be wrong, or nothing.
func (s schedule) fault() string {
	_, why := s.run()
	return why
}

// run walks the schedule to its end and says how it ended and what was wrong.
func (s schedule) run() (execute.Outcome, string) {
	p := planOf(s.Steps...)
	l := newLab(p, s.Takes, s.Mishaps...)
	store := &crashing{}
	var f execute.Finish
	for generation, cut := range append(append([]int(nil), s.Cuts...), 0) {
		store.at, store.written = cut, cut%2 == 0
		o := s.Options
		o.Generation = generation + 1
		records, _ := store.Load(context.Background(), "r")
		c, err := execute.Restore(p, o, records)
		if err != nil {
			return f.Outcome, err.Error()
		}
		f, err = drive(l, c, execute.Virtual{Store: store})
		if err != nil && cut == 0 {
			return f.Outcome, err.Error()
		}
	}
	return f.Outcome, s.judge(p, l, f)
}

func (s schedule) judge(p plan.Plan, l *lab, f execute.Finish) string {
	if len(l.early) > 0 {
		return l.early[0]
	}
	for step, n := range l.effects {
		if n > 1 {
			return fmt.Sprintf("step %s took effect %d times", step, n)
		}
	}
	if limit := time.Duration(len(s.Steps)*(len(s.Cuts)+1)) * 31 * time.Minute; l.now.Sub(start) > limit {
		return fmt.Sprintf("it took %s, want at most %s", l.now.Sub(start), limit)
	}
	for _, step := range p.Steps {
		if f.Outcome == execute.Recovered && step.OnFailure != plan.Continue && !l.isDone(step.ID) {
			return fmt.Sprintf("it says recovered, but step %s is not done", step.ID)
		}
		if f.Outcome == execute.Unproven && step.OnFailure == plan.Stop && !l.isDone(step.ID) {
			return fmt.Sprintf("it says that it came to its end, but step %s is not done", step.ID)
		}
	}
	if f.Outcome == execute.Stopped && f.Why == "" {
		return "it stopped and does not say why"
	}
	return ""
}

// shrink takes away what is not needed for the fault.
func (s schedule) shrink() schedule {
	for again := true; again; {
		again = false
		for n := range s.Mishaps {
			t := s
			t.Mishaps = append(append([]mishap(nil), s.Mishaps[:n]...), s.Mishaps[n+1:]...)
			if t.fault() != "" {
				s, again = t, true
				break
			}
		}
		for n := range s.Cuts {
			t := s
			t.Cuts = append(append([]int(nil), s.Cuts[:n]...), s.Cuts[n+1:]...)
			if t.fault() != "" {
				s, again = t, true
				break
			}
		}
	}
	return s
}

func TestProperty_randomFaultsAndCuts(t *testing.T) {
	t.Parallel()
	const cases = 10_000
	seed := repeat.Seed(t)
	t.Logf("%d schedules", cases)
	outcomes, cuts := map[execute.Outcome]int{}, 0
	for n := range uint64(cases) {
		s := randomSchedule(seed + n)
		cuts += len(s.Cuts)
		outcome, why := s.run()
		if why != "" {
			small := s.shrink()
			file := filepath.Join("testdata", fmt.Sprintf("found-%d.json", seed+n))
			raw, err := json.MarshalIndent(small, "", "  ")
			require.NoError(t, err)
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(file, append(raw, '\n'), 0o644))
			t.Fatalf("seed %d: %s\nthe smallest case that shows it is in %s: %s", seed+n, why, file, small.fault())
		}
		outcomes[outcome]++
	}
	t.Logf("%d cuts; outcomes %v", cuts, outcomes)
	for _, o := range []execute.Outcome{execute.Recovered, execute.Unproven, execute.Stopped} {
		assert.Greater(t, outcomes[o], cases/100, "a property that never sees %q proves little", o)
	}
}

// TestFound_stayMended replays every case that the property test ever found.
func TestFound_stayMended(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/found-*.json")
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var s schedule
		require.NoError(t, json.Unmarshal(raw, &s))
		assert.Empty(t, s.fault(), file)
	}
}
