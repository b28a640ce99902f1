package diagnose_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// TestSaid_namesWhatItIsAbout: each kind takes the name that is its own, and no other.
func TestSaid_namesWhatItIsAbout(t *testing.T) {
	t.Parallel()
	of := diagnose.About{Zone: "a zone", Store: "a store", Dependency: "a service"}
	finding := func(home system.Home, name string, since time.Time) diagnose.Finding {
		return diagnose.Finding{Home: home, Name: name, Since: since}
	}
	for kind, want := range map[diagnose.Kind]diagnose.Finding{
		diagnose.RegionLost:     finding(primary, "", now),
		diagnose.Unclear:        finding(primary, "", now),
		diagnose.ZoneLost:       finding(primary, "a zone", now),
		diagnose.StoreCorrupt:   finding(primary, "a store", now),
		diagnose.WriterLost:     finding(primary, "a store", now),
		diagnose.DependencyLost: finding("", "a service", now),
		diagnose.Healthy:        finding("", "", time.Time{}),
	} {
		want.Kind, want.Why = kind, "ann says so: "+string(kind)
		assert.Equal(t, want, diagnose.Said(kind, primary, now, "ann", of))
		assert.Equal(t, want.Name != "", kind.Named(), "%s", kind)
	}
}
