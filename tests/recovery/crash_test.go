package recovery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/repeat"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// TestCrash_atEveryRecord cuts a run of every scene off at each of its records,
// before it is written, and resumes it as another operator does. The end is that of a
// run that nobody cut, and nothing takes effect twice. Restores are cut at each twelfth record: the long
// run (TestEngine_restoresCutAtEveryRecord) cuts at every one.
func TestCrash_atEveryRecord(t *testing.T) {
	t.Parallel()
	cutScenes(t, func(name string) int {
		if isRestore(name) {
			return 12
		}
		return 1
	})
}

func isRestore(scene string) bool { return strings.HasPrefix(scene, "restore-") }

// cutScenes cuts at every so many records of a scene; none of a scene of 0.
func cutScenes(t *testing.T, every func(scene string) int) {
	t.Helper()
	for _, name := range slices.Sorted(mapKeys(scenes)) {
		step := every(name)
		if step == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, p := scenes[name](t)
			inv := l.Inventory(t)
			whole := story{lab: l.fork(), inv: inv, plan: p}
			store := &journal.Memory{}
			v := whole.lab.driver(t)
			v.Store = store
			_, err := v.Run(context.Background(), execute.New(p, execute.Options{Run: "r", Generation: 1}))
			require.NoError(t, err)
			want := whole.digest(t)
			records, err := store.Load(t.Context(), "r")
			require.NoError(t, err)
			points := 0
			for at := 1; at <= len(records); at += step {
				points++
				s := story{lab: l.fork(), inv: inv, plan: p, mishaps: []mishap{{Cut: at}}}
				f, broken := s.tell()
				require.Empty(t, broken, "cut at record %d", at)
				require.Equal(t, execute.Recovered, f.Outcome, "cut at record %d: %s", at, f.Why)
				require.Equal(t, want, s.digest(t), "cut at record %d", at)
			}
			t.Logf("%d crash points of %d records", points, len(records))
		})
	}
}

// someCuts cuts runs off at seeded records, up to four times each.
func someCuts(t *testing.T, times int) {
	seed := repeat.Seed(t)
	for n, name := range slices.Sorted(mapKeys(scenes)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := seed + uint64(n) //nolint:gosec // not negative
			t.Logf("seed %d, %d runs", seed, times)
			l, p := scenes[name](t)
			inv := l.Inventory(t)
			whole := story{lab: l.fork(), inv: inv, plan: p}
			_, broken := whole.tell()
			require.Empty(t, broken)
			want, points := whole.digest(t), 0
			r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a test
			for n := range times {
				s := story{lab: l.fork(), inv: inv, plan: p}
				for range 1 + r.IntN(4) {
					s.mishaps = append(s.mishaps, mishap{Cut: 1 + r.IntN(5*len(p.Steps))})
				}
				points += len(s.mishaps)
				f, broken := s.tell()
				require.Empty(t, broken, "run %d: %v", n, s.mishaps)
				require.Equal(t, execute.Recovered, f.Outcome, "run %d: %v: %s", n, s.mishaps, f.Why)
				require.Equal(t, want, s.digest(t), "run %d: %v", n, s.mishaps)
			}
			t.Logf("%d crash points", points)
		})
	}
}

// digest is what a recovery is about: who writes, where users go, what runs where,
// how well, what work waits, and what the arbiter says where there is one.
func (s *story) digest(t testing.TB) string {
	t.Helper()
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	at, err := s.lab.Resolve("agents.example.com", "A")
	add("entry %s %v", at.Region, err)
	for _, home := range system.Homes {
		add("%s writes: %v", home, s.writes(home))
		if home != s.plan.Lost {
			add("%s caches: %v", home, s.caches(home))
			add("%s writes by %s at levels %v", home, s.lab.writerOf(t, "tasks", home), s.lab.levels(t, home))
		}
		for _, a := range s.lab.sys.Agents {
			add("%s %s: %v", home, a.Name, s.ready(home, a.Name))
		}
	}
	add("stranded: %v", s.stranded(s.plan.Active))
	if s.inv.Third() != nil {
		w := s.lab.word(t)
		add("word %d: %s, ready %v, held by %s", w.Generation, w.Active, w.Ready, s.lab.holder(t, plan.Arbiter))
	}
	if s.plan.Lost == "" {
		add("shifts: %d", s.lab.shifts(t))
	}
	if s.restores() {
		out = append(out, s.lab.restored(t)...)
	}
	return strings.Join(out, "\n")
}

// caches says of each cache of a home why it takes no writes there.
func (s *story) caches(home system.Home) map[string]error {
	out := map[string]error{}
	for name, of := range s.inv.Homes[home].Stores {
		if of.Kind == system.Cache {
			out[name] = s.lab.Writes(regionOf[home], of.Name)
		}
	}
	return out
}

func TestCrash_seededCuts(t *testing.T) {
	someCuts(t, 8)
	assert.False(t, t.Failed())
}
