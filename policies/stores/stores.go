// Package stores names what a home must hold of what the system declares, for
// the rules that look for it by type and name.
package stores

import (
	"fmt"
	"slices"

	"redoubt/policies/rule"
	"redoubt/system"
)

// Part is one resource that something needs.
type Part struct {
	// What it is, as in: has no ... in the secondary home.
	What string
	// Homes are where it stands; none stands for both.
	Homes []system.Home
	// Peer is true for what is declared once the other home is there.
	Peer bool
	// Types are the tokens that will do; Name has %s for who needs it.
	Types []string
	Name  string
}

// Missing returns what the home of the graph does not hold of the parts. The
// graph must be about who needs them.
func Missing(g *rule.Graph, name string, parts ...Part) []rule.Finding {
	var out []rule.Finding
	for _, p := range parts {
		if len(p.Homes) > 0 && !slices.Contains(p.Homes, g.Home) {
			continue
		}
		own := fmt.Sprintf(p.Name, name)
		switch found := slices.ContainsFunc(p.Types, func(typ string) bool { return g.Has(typ, own) }); {
		case found:
		case p.Peer && !g.PeerReady:
			out = append(out, g.WaitsForPeer())
		default:
			out = append(out, g.Violation("has no %s in the %s home, want %s %s", p.What, g.Home, p.Types[0], own))
		}
	}
	return out
}

// Here reports whether the home of the graph holds the store: a tier that is
// restored from backups has no place for its stores in the secondary.
func Here(g *rule.Graph, st system.Store) bool {
	tier, _ := g.System.Tier(st.Tier)
	return g.Home == system.Primary || tier.Strategy != system.BackupRestore
}

// Kept is something that AWS Backup backs up in each home.
type Kept struct {
	// Subject is such as: store "tasks". Name is what its plan, its selection and its restore test are called after.
	Subject, Name string
}

// BackedUp is what AWS Backup has to back up in the home of the graph: the
// stores that it knows, of a queue the work ledger, and the configuration.
func BackedUp(g *rule.Graph) []Kept {
	var out []Kept
	for _, st := range g.System.Stores {
		name := st.Name
		switch {
		case !Here(g, st) || st.Kind == system.Cache:
			continue
		case st.Kind == system.Queue:
			name += system.LedgerSuffix
		}
		out = append(out, Kept{fmt.Sprintf("store %q", st.Name), name})
	}
	return append(out, Kept{"the configuration", "configuration"})
}

// Saved is a rule about all of BackedUp, which needs the parts, and about Caches, which need theirs.
func Saved(parts, ofCaches []Part) *rule.StackRule {
	return &rule.StackRule{Check: func(g *rule.Graph, _ rule.Config) []rule.Finding {
		var out []rule.Finding
		for _, k := range BackedUp(g) {
			g.About("%s", k.Subject)
			out = append(out, Missing(g, k.Name, parts...)...)
		}
		for _, st := range Caches(g) {
			g.About("store %q", st.Name)
			out = append(out, Missing(g, st.Name, ofCaches...)...)
		}
		return out
	}}
}

// Caches are the caches that cannot be rebuilt: exported snapshots stand for
// their backups.
func Caches(g *rule.Graph) []system.Store {
	return slices.DeleteFunc(g.System.StoresOf(system.Cache), func(st system.Store) bool {
		return st.RebuildFrom != "" || !Here(g, st)
	})
}
