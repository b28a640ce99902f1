package recovery

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/repeat"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/tests/homes"
)

var schedules = flag.Int("schedules", 400, "how many random fault schedules TestProperty runs in the simulator")

// TestProperty disturbs runs at random. Whatever happens, the rules of the
// design hold: one writer, traffic after data, no silent loss, an end.
func TestProperty_randomFaultSchedules(t *testing.T) { disturb(t, *schedules) }

func disturb(t *testing.T, schedules int) {
	seed := repeat.Seed(t)
	t.Logf("%d schedules", schedules)
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a run is short and makes much garbage
	turns := turnsOf(schedules)
	var mu sync.Mutex
	ends := map[execute.Outcome]int{}
	var wait sync.WaitGroup
	for _, name := range slices.Sorted(mapKeys(scenes)) {
		l, p := scenes[name](t)
		inv := l.Inventory(t)
		wait.Go(func() {
			for _, k := range turns[name] {
				s := story{inv: inv, plan: p}
				s.mishaps, s.poll = randomMishaps(seed+uint64(k), p) //nolint:gosec // not negative
				s.lab = l.fork()
				f, broken := s.tell()
				mu.Lock()
				ends[f.Outcome]++
				mu.Unlock()
				if len(broken) > 0 {
					s.shrink(l)
					t.Errorf("seed %d of %s: %v\n%s", seed+uint64(k), name, broken, s.text(name))
					return
				}
			}
		})
	}
	wait.Wait()
	t.Logf("how they ended: %v", ends)
	assert.Positive(t, ends[execute.Recovered])
	assert.Positive(t, ends[execute.Stopped])
}

// slow are the scenes in which copies take hours or days: one schedule in a hundred each.
var slow = []string{"partition", "rebuild", "restore-bucket", "restore-cache", "restore-database", "restore-ledger", "restore-table"}

// turnsOf shares the schedules between the scenes, by their numbers.
func turnsOf(schedules int) map[string][]int {
	out := map[string][]int{}
	quick := slices.DeleteFunc(slices.Sorted(mapKeys(scenes)), func(name string) bool { return slices.Contains(slow, name) })
	for k := range schedules {
		name := quick[k%len(quick)]
		if k%100 < len(slow) {
			name = slow[k%100]
		}
		out[name] = append(out[name], k)
	}
	return out
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// randomMishaps are up to eight things that go wrong, and how often the run looks.
func randomMishaps(seed uint64, p plan.Plan) ([]mishap, time.Duration) {
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test
	var all []mishap
	for range 1 + r.IntN(8) {
		all = append(all, randomMishap(r, p))
	}
	return all, polls(p)[r.IntN(3)]
}

// polls are how often a run looks: seldom where copies take hours.
func polls(p plan.Plan) []time.Duration {
	for _, s := range p.Steps {
		if time.Duration(s.Timeout) > 2*time.Hour {
			return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute}
		}
	}
	return []time.Duration{0, 10 * time.Second, time.Minute}
}

func randomMishap(r *rand.Rand, p plan.Plan) mishap {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	to := p.Regions[p.Active]
	after := time.Duration(r.IntN(15*60)) * time.Second
	switch r.IntN(8) {
	case 0:
		return mishap{Cut: 1 + r.IntN(4*len(p.Steps))}
	case 1:
		return mishap{After: after, Fault: pick("zone-down ", "zone-up ") + to + pick("a", "b", "c")}
	case 2:
		return mishap{After: after, Fault: pick("control-plane-down ", "control-plane-up ") +
			pick("rds", "eks", "elasticache", "dynamodb") + " " + to}
	case 3:
		return mishap{After: after, Fault: pick("region-down ", "region-up ", "region-up ") + p.Regions[p.Active.Peer()]}
	case 4:
		return mishap{After: after, Fault: pick("partition ", "heal ") + homes.Ireland + " " + homes.Frankfurt}
	}
	m := mishap{Step: p.Steps[r.IntN(len(p.Steps))].ID, On: "call", Nth: 1 + r.IntN(3)}
	m.Until = m.Nth + r.IntN(4)
	m.What = pick("throttled", "conflict", "denied", "unreachable", "lost", "lost", "lost")
	if r.IntN(2) == 0 {
		m.On, m.What = "check", pick("silent", "stale")
	}
	if r.IntN(15) == 0 {
		m.Until = 1_000_000
	}
	return m
}

// shrink leaves mishaps out as long as the story still breaks a rule.
func (s *story) shrink(from *lab) {
	for n := 0; n < len(s.mishaps); {
		less := *s
		less.mishaps, less.broken = slices.Delete(slices.Clone(s.mishaps), n, n+1), nil
		less.lab = from.fork()
		if _, broken := less.tell(); len(broken) > 0 {
			s.mishaps, s.broken = less.mishaps, broken
			continue
		}
		n++
	}
}

// text is the story as a scenario file.
func (s *story) text(scene string) string {
	lines := []string{"scene " + scene, "poll " + s.poll.String()}
	for _, m := range s.mishaps {
		lines = append(lines, m.String())
	}
	return strings.Join(lines, "\n")
}

// TestStories tells what goes wrong in a run and how it must end: recovered,
// or stopped with the reason. What the property finds is kept here.
func TestStories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/stories/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			s, scene := readStory(t, string(raw))
			l, p := scenes[scene](t)
			s.lab, s.inv, s.plan = l, l.Inventory(t), p
			f, broken := s.tell()
			assert.Empty(t, broken, "%s: %s", f.Outcome, f.Why)
			assert.Equal(t, s.ends, f.Outcome, f.Why)
			assert.Contains(t, f.Why, s.because)
		})
	}
}

// readStory reads a scenario file; lines that begin with # are for the reader.
func readStory(t *testing.T, text string) (story, string) {
	t.Helper()
	var s story
	scene := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "scene "):
			scene = strings.TrimPrefix(line, "scene ")
		case strings.HasPrefix(line, "poll "):
			d, err := time.ParseDuration(strings.TrimPrefix(line, "poll "))
			require.NoError(t, err)
			s.poll = d
		case strings.HasPrefix(line, "expect "):
			outcome, because, _ := strings.Cut(strings.TrimPrefix(line, "expect "), ": ")
			s.ends, s.because = execute.Outcome(outcome), because
		default:
			m, err := parseMishap(line)
			require.NoError(t, err)
			s.mishaps = append(s.mishaps, m)
		}
	}
	require.Contains(t, scenes, scene, fmt.Sprintf("%q", text))
	return s, scene
}
