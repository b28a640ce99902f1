package recovery

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/tests/homes"
)

// found is what both homes' observers lead to after a fault.
func (l *lab) found(t *testing.T, faults ...string) diagnose.Finding {
	t.Helper()
	for _, line := range faults {
		l.Break(t, line)
	}
	var all []drive.Observer
	for _, home := range system.Homes {
		all = append(all, drive.Observer{World: l.port(t), Home: home, Active: system.Primary,
			Dependencies: []string{"web-search", "model"}})
	}
	seen := drive.Watch(context.Background(), all, 30*time.Second, 2*time.Minute)
	require.NotEmpty(t, seen)
	return diagnose.Find(l.Now(), seen, diagnose.DefaultRules(false))
}

func TestObservers_seeWhatIsBrokenAndAreNeverToldIt(t *testing.T) {
	t.Parallel()
	stores := standing(t).Inventory(t).Homes[system.Primary].Stores
	const here = homes.Ireland
	for name, c := range map[string]struct {
		faults []string
		kind   diagnose.Kind
		what   string
	}{
		"nothing":         {nil, diagnose.Healthy, ""},
		"a zone":          {[]string{"zone-down " + here + "b"}, diagnose.ZoneLost, here + "b"},
		"two zones":       {[]string{"zone-down " + here + "a", "zone-down " + here + "b"}, diagnose.Unclear, here + "a"},
		"all zones":       {[]string{"zone-down " + here + "a", "zone-down " + here + "b", "zone-down " + here + "c"}, diagnose.Unclear, here + "a"},
		"a dependency":    {[]string{"dependency-down web-search"}, diagnose.DependencyLost, "web-search"},
		"a table's items": {[]string{"corrupt " + stores["sessions"].Name + " " + here}, diagnose.StoreCorrupt, "sessions"},
		"a bucket":        {[]string{"corrupt " + stores["artifacts"].Name + " " + here}, diagnose.StoreCorrupt, "artifacts"},
		"a database":      {[]string{"corrupt " + stores["tasks"].Name + " " + here}, diagnose.StoreCorrupt, "tasks"},
		"a cache":         {[]string{"corrupt " + stores["scores"].Name + " " + here}, diagnose.StoreCorrupt, "scores"},
		"elasticache":     {[]string{"service-down elasticache " + here}, diagnose.WriterLost, ""},
		"dynamodb":        {[]string{"service-down dynamodb " + here}, diagnose.WriterLost, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := standing(t).found(t, c.faults...)
			assert.Equal(t, c.kind, f.Kind, f.Why)
			if c.what != "" {
				assert.Equal(t, c.what, f.Name, f.Why)
			}
		})
	}
}

func TestObservers_seeAZoneThatFadesFlap(t *testing.T) {
	t.Parallel()
	l := standing(t)
	l.Break(t, "zone-fading "+homes.Ireland+"b over 8m")
	l.Wait(3 * time.Minute)
	f := l.found(t)
	assert.Equal(t, diagnose.Unclear, f.Kind, f.Why)
	assert.Equal(t, homes.Ireland+"b", f.Name, f.Why)
	l.Wait(10 * time.Minute)
	f = l.found(t)
	assert.Equal(t, diagnose.ZoneLost, f.Kind, f.Why)
}
