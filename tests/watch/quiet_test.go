package watch

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/sim/alarms"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/tests/homes"
	"redoubt/watch/judge"
	"redoubt/watch/prober"
)

// begin is both homes, standing, with an arbiter between them and with their alarms.
func begin(t testing.TB, past alarms.Past) *alarms.Regions {
	t.Helper()
	h := homes.Standing(t)
	inv := plantest.WithArbiter(h.Inventory(t))
	require.NoError(t, drive.Third(h.World, inv))
	w := drive.World{World: h.World, Inventory: inv, Regions: map[system.Home]string{
		system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt}}
	return alarms.New(w, homes.System(t), system.Primary, past)
}

// TestQuietDay_tellsNobody lets a day pass in which nothing is wrong.
func TestQuietDay_tellsNobody(t *testing.T) {
	t.Parallel()
	r := begin(t, alarms.Past{})
	require.NoError(t, r.Pass(24*time.Hour, nil))
	for _, e := range r.Told {
		assert.False(t, e.To == "ALARM" || e.Tells, "%s %s %s", e.At.Format(time.TimeOnly), e.Home, e.Part)
	}
	for _, home := range system.Homes {
		assert.Empty(t, r.Firing(home), home)
		for _, a := range r.Catalogue(home).Alarms {
			if a.Missing == "breaching" {
				assert.Equal(t, "OK", string(r.State(home, a.Part)), "%s: %s is judged, and well", home, a.Part)
			}
		}
	}
	publishes(t, r)
}

// publishes holds the simulated prober to what the one on AWS publishes, which is held to the same (internal/probe).
func publishes(t *testing.T, r *alarms.Regions) {
	t.Helper()
	want := map[system.Home][]string{}
	for _, home := range system.Homes {
		for _, p := range prober.Publish(r.System, home, r.World.Now(), prober.Whole(r.System, r.World.Inventory, home, r.World.Now())) {
			want[p.Into] = append(want[p.Into], judge.Key(p.Metric))
		}
	}
	for _, home := range system.Homes {
		assert.ElementsMatch(t, want[home], r.Heard(home), "what is published into the region of the %s home", home)
	}
}
