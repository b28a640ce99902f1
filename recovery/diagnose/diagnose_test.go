package diagnose_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/repeat"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// seen is what an observer saw of something every 20 seconds, the oldest first:
// g good, b bad, ? nothing, a dot for no look at all.
func seen(observer string, a diagnose.Aspect, home system.Home, name, states string) []diagnose.Observation {
	var out []diagnose.Observation
	for n, s := range states {
		state := map[rune]diagnose.State{'g': diagnose.Good, 'b': diagnose.Bad, '?': diagnose.Unknown}[s]
		if s == '.' {
			continue
		}
		out = append(out, diagnose.Observation{
			Observer: observer, Aspect: a, Home: home, Name: name, State: state, Detail: "test",
			At: now.Add(-time.Duration(len(states)-1-n) * 20 * time.Second),
		})
	}
	return out
}

// home is what an observer saw of entry, control plane and one store of a home.
func home(observer string, h system.Home, states string) []diagnose.Observation {
	return join(seen(observer, diagnose.Entry, h, "", states), seen(observer, diagnose.Control, h, "", states),
		seen(observer, diagnose.Writes, h, "tasks", states))
}

func join(lists ...[]diagnose.Observation) []diagnose.Observation {
	var out []diagnose.Observation
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

const (
	primary, secondary = system.Primary, system.Secondary
	good, bad, short   = "ggggggg", "ggbbbbbb", "gggggggb"
	flapping           = "gbgbgbbbbb"
)

func TestFind_table(t *testing.T) {
	t.Parallel()
	well := join(home("secondary", secondary, good), home("primary", primary, good))
	for _, c := range []struct {
		name    string
		arbiter bool
		seen    []diagnose.Observation
		kind    diagnose.Kind
		home    system.Home
		of      string
	}{
		{"all is well", true, join(well, home("arbiter", primary, good), home("secondary", primary, good)),
			diagnose.Healthy, "", ""},
		{"peer and arbiter see nothing of the primary", true,
			join(home("secondary", primary, bad), home("arbiter", primary, bad)), diagnose.RegionLost, primary, ""},
		{"the same of the secondary", true,
			join(home("primary", secondary, bad), home("arbiter", secondary, bad)), diagnose.RegionLost, secondary, ""},
		{"the arbiter still sees it", true,
			join(home("secondary", primary, bad), home("arbiter", primary, good)), diagnose.Partitioned, primary, ""},
		{"the peer still sees it", true,
			join(home("secondary", primary, good), home("arbiter", primary, bad)), diagnose.Partitioned, primary, ""},
		{"the arbiter is lost", true, home("secondary", primary, bad), diagnose.Unclear, primary, ""},
		{"the arbiter cannot look", true,
			join(home("secondary", primary, bad), home("arbiter", primary, "????????")), diagnose.Unclear, primary, ""},
		{"no arbiter: lost or cut", false, home("secondary", primary, bad), diagnose.RegionSilent, primary, ""},
		{"the home's own word does not count", false, home("primary", primary, bad), diagnose.WriterLost, primary, "tasks"},
		{"a flapping line", true,
			join(home("secondary", primary, flapping), home("arbiter", primary, flapping)), diagnose.Unclear, "", ""},
		{"one of two lines flaps", true,
			join(home("secondary", primary, bad), home("arbiter", primary, flapping)), diagnose.Unclear, primary, ""},
		{"too short", true,
			join(home("secondary", primary, short), home("arbiter", primary, short)), diagnose.Unclear, "", ""},
		{"stale", true, join(home("secondary", primary, "bbbb"+"...................."),
			home("arbiter", primary, "bbbb"+"....................")), diagnose.Unclear, "", ""},
		{"nobody looked", true, nil, diagnose.Unclear, "", ""},
		{"an observer nobody knows", true,
			join(home("laptop", primary, bad), home("secondary", primary, good)), diagnose.Healthy, "", ""},
		{"the entry alone", true, join(seen("secondary", diagnose.Entry, primary, "", bad),
			seen("secondary", diagnose.Control, primary, "", good)), diagnose.Unclear, "", ""},
		{"only the control plane", true, join(seen("secondary", diagnose.Control, primary, "", bad),
			seen("arbiter", diagnose.Control, primary, "", bad), seen("arbiter", diagnose.Entry, primary, "", good)),
			diagnose.Unclear, "", ""},
		{"one zone", true, join(well, seen("primary", diagnose.Zone, primary, "eu-west-1a", bad),
			seen("primary", diagnose.Zone, primary, "eu-west-1b", good)), diagnose.ZoneLost, primary, "eu-west-1a"},
		{"two zones", true, join(well, seen("primary", diagnose.Zone, primary, "eu-west-1a", bad),
			seen("primary", diagnose.Zone, primary, "eu-west-1b", bad)), diagnose.Unclear, primary, "eu-west-1a"},
		{"a store takes no writes", true, join(well, seen("secondary", diagnose.Writes, primary, "scores", bad),
			seen("secondary", diagnose.Entry, primary, "", good)), diagnose.WriterLost, primary, "scores"},
		{"observers disagree on writes", true, join(seen("primary", diagnose.Writes, primary, "tasks", good),
			seen("secondary", diagnose.Writes, primary, "tasks", bad)), diagnose.Unclear, primary, "tasks"},
		{"wrong content", true, join(well, seen("primary", diagnose.Content, primary, "artifacts", bad)),
			diagnose.StoreCorrupt, primary, "artifacts"},
		{"wrong content beats lost writes", true, join(seen("primary", diagnose.Content, primary, "artifacts", bad),
			seen("primary", diagnose.Writes, primary, "artifacts", bad)), diagnose.StoreCorrupt, primary, "artifacts"},
		{"a dependency", true, join(well, seen("primary", diagnose.Dependency, "", "large-model", bad),
			seen("secondary", diagnose.Dependency, "", "large-model", bad)), diagnose.DependencyLost, "", "large-model"},
		{"a dependency from one side only", true, join(well, seen("primary", diagnose.Dependency, "", "large-model", bad),
			seen("secondary", diagnose.Dependency, "", "large-model", good)), diagnose.Unclear, "", "large-model"},
		{"a lost region explains the rest", true, join(home("secondary", primary, bad), home("arbiter", primary, bad),
			seen("secondary", diagnose.Zone, primary, "eu-west-1a", bad)), diagnose.RegionLost, primary, ""},
		{"from the future", true, []diagnose.Observation{{Observer: "secondary", Aspect: diagnose.Entry, Home: primary,
			State: diagnose.Bad, At: now.Add(time.Minute)}}, diagnose.Unclear, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := diagnose.Find(now, c.seen, diagnose.DefaultRules(c.arbiter))
			assert.Equal(t, c.kind, f.Kind, "%s", f.Why)
			if c.home != "" {
				assert.Equal(t, c.home, f.Home)
			}
			if c.of != "" {
				assert.Equal(t, c.of, f.Name)
			}
			assert.NotEmpty(t, f.Why)
			if f.Kind != diagnose.Unclear {
				assert.NotEmpty(t, f.For, "a finding stands on evidence")
			}
		})
	}
}

// TestFind_neverLosesARegionThatSomebodySees mixes random sights: whatever they
// are, a region that one fresh and steady line sees well is never called lost,
// and never on fewer observers than the quorum.
func TestFind_neverLosesARegionThatSomebodySees(t *testing.T) {
	t.Parallel()
	seed := repeat.Seed(t)
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
	patterns := []string{good, bad, short, flapping, "????????", "bbbbbb..", "", "bbbbbbbb", "gbbbbbbg"}
	kinds := map[diagnose.Kind]int{}
	for range 20_000 {
		peer, arbiter := patterns[r.IntN(len(patterns))], patterns[r.IntN(len(patterns))]
		f := diagnose.Find(now, join(home("secondary", primary, peer), home("arbiter", primary, arbiter)),
			diagnose.DefaultRules(true))
		kinds[f.Kind]++
		if f.Kind == diagnose.RegionLost {
			for _, p := range []string{peer, arbiter} {
				assert.Contains(t, []string{bad, "bbbbbb..", "bbbbbbbb"}, p, "seed %d: %s", seed, f.Why)
			}
		}
	}
	assert.Positive(t, kinds[diagnose.RegionLost])
	assert.Positive(t, kinds[diagnose.Partitioned])
}

// What the loss is counted from is the first look that found the home lost,
// with no better one after it, on any line of an observer that has lost it.
func TestFind_saysSinceWhen(t *testing.T) {
	t.Parallel()
	f := diagnose.Find(now, join(home("secondary", primary, "gggbbbbb"), home("arbiter", primary, "gggbbbbbb"),
		seen("primary", diagnose.Writes, secondary, "tasks", "bbbbbbbbbbbb")), diagnose.DefaultRules(true))
	assert.Equal(t, diagnose.RegionLost, f.Kind)
	assert.Equal(t, now.Add(-5*20*time.Second), f.Since)
}

// TestFind_countsSilenceAndClocks holds a loss to the margin for clocks that lie apart, and to looks that follow each other.
func TestFind_countsSilenceAndClocks(t *testing.T) {
	t.Parallel()
	r := diagnose.DefaultRules(true)
	lost := func(states string) diagnose.Kind {
		return diagnose.Find(now, join(home("secondary", primary, states), home("arbiter", primary, states)), r).Kind
	}
	assert.Equal(t, diagnose.RegionLost, lost("ggbbbb"), "for a minute")
	r.Skew = 2 * time.Second
	assert.Equal(t, diagnose.Unclear, lost("ggbbbb"), "perhaps for 58 seconds")
	assert.Equal(t, diagnose.RegionLost, lost("ggbbbbb"))
	assert.Equal(t, diagnose.RegionLost, lost("bb..bbb"))
	r.Gap = 30 * time.Second
	assert.Equal(t, diagnose.Unclear, lost("bb..bbb"), "nobody knows what was in between")
	assert.Equal(t, diagnose.Unclear, lost("bbbbbb..."), "nor what is now")
	ahead := home("secondary", primary, "bbbbbbg")
	for n := range ahead {
		ahead[n].At = ahead[n].At.Add(2 * time.Second)
	}
	assert.Equal(t, diagnose.Partitioned,
		diagnose.Find(now, join(ahead, home("arbiter", primary, "bbbbbb")), r).Kind, "a clock that is ahead is heard")
}
