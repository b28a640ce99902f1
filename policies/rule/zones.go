package rule

import "strings"

// Subnet is the type that Zones looks for.
const Subnet = "aws:ec2/subnet:Subnet"

// InZones judges each resource of the types by the subnets that one of its
// inputs lists: they must stand in at least so many zones.
func (g *Graph) InZones(types []string, path string, least int) []Finding {
	var out []Finding
	for _, r := range g.OfType(types...) {
		g.About("%s", r.Name)
		r = g.ByURN(r.URN)
		if zones := g.Zones(r, path); zones < least {
			out = append(out, g.ViolationAt(r, "%s stand in %d zones, want at least %d", path, zones, least))
		}
	}
	return out
}

// Zones is in how many zones the subnets stand that an input lists. The subnets
// are those whose ids the input is made of, which a preview knows too. Subnets
// that the program does not declare count as a zone each.
func (g *Graph) Zones(r *Resource, path string) int {
	property, _, _ := strings.Cut(path, ".")
	zones := map[string]bool{}
	for _, s := range g.Via(r, property) {
		if s.Type == Subnet && s.Exists("availabilityZone") {
			zones[s.Text("availabilityZone")] = true
		}
	}
	list := r.At(path)
	switch {
	case len(zones) == 0:
		return list.Len()
	case list.raw == Unknown:
		return len(zones)
	}
	return min(len(zones), list.Len())
}
