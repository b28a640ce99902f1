package diagnose

import (
	"fmt"
	"slices"
	"time"

	"redoubt/system"
)

// About names what a finding on somebody's word is about, as far as it is about one of these.
type About struct{ Zone, Store, Dependency string }

// Named reports whether findings of the kind name a zone, a store or a dependency.
func (k Kind) Named() bool {
	return slices.Contains([]Kind{ZoneLost, StoreCorrupt, WriterLost, DependencyLost}, k)
}

// Said is a finding on somebody's word alone, of a home at a time.
func Said(k Kind, home system.Home, now time.Time, by string, of About) Finding {
	f := Finding{Kind: k, Home: home, Since: now, Why: fmt.Sprintf("%s says so: %s", by, k)}
	switch k {
	case ZoneLost:
		f.Name = of.Zone
	case StoreCorrupt, WriterLost:
		f.Name = of.Store
	case DependencyLost:
		f.Home, f.Name = "", of.Dependency
	case Healthy:
		f.Home, f.Since = "", time.Time{}
	}
	return f
}
