package prober

import (
	"time"

	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch"
)

// Whole is what a prober sees that sees everything there is to see in the homes of an inventory, and finds it well. What
// it leads to is what every prober publishes, the simulated one and the one on AWS: tests hold both to it.
func Whole(s *system.System, inv inventory.Inventory, home system.Home, now time.Time) Sight {
	same, taken := false, false
	of, saw := inv.Homes[home], Sight{
		Active: system.Primary, Accepts: map[string]bool{}, Newest: map[string]time.Time{}, Differs: &same,
		Answers: map[system.Home]map[string]bool{}, Nodes: map[string]int{}, Replicas: map[string]Replicas{},
		Kept: map[string]Kept{}, Keys: map[string]bool{}, CertificateEnds: now.Add(240 * time.Hour),
		RoundTrip: 20 * time.Millisecond, Compared: now.Add(-24 * time.Hour), Drilled: now.Add(-48 * time.Hour),
		Measured: now.Add(-72 * time.Hour), Ratio: 1.2,
	}
	for _, st := range s.Stores {
		saw.Accepts[st.Name], saw.Newest[st.Name] = true, now
		if watch.BackedUp(st) {
			saw.Kept[st.Name] = Kept{Backup: now.Add(-time.Hour), Copied: now.Add(-2 * time.Hour), Restored: now.Add(-3 * time.Hour)}
		}
	}
	for _, to := range system.Homes {
		saw.Answers[to] = map[string]bool{}
		for _, a := range s.Public() {
			saw.Answers[to][a.Name] = true
		}
	}
	for _, a := range s.Agents {
		saw.Replicas[a.Name] = Replicas{Wanted: len(of.Zones), Ready: len(of.Zones), Zones: len(of.Zones)}
	}
	for _, zone := range of.Zones {
		saw.Nodes[zone] = 2
	}
	if of.Control.Arbiter != nil {
		saw.TakenOver = &taken
	}
	for purpose := range of.Keys {
		saw.Keys[purpose] = true
	}
	return saw
}
