package rule

import "strings"

// Subnet is the type that Zones looks for.
const Subnet = "aws:ec2/subnet:Subnet"

const leastZones = "leastZones"

// ZonesOption is the option of every rule about zones; Config.LeastZones reads it.
func ZonesOption() []Option {
	return []Option{{Name: leastZones, Kind: Integer, Default: 3, Min: 2, Max: 6,
		Describes: "The fewest availability zones."}}
}

// LeastZones is what is set for ZonesOption.
func (c Config) LeastZones() int { return c.Int(leastZones) }

// InZones is a rule with ZonesOption: the subnets that an input of each resource of the types lists stand in enough
// zones.
func InZones(path string, types ...string) *StackRule {
	check := func(g *Graph, c Config) []Finding {
		var out []Finding
		for _, r := range g.OfType(types...) {
			g.About("%s", r.Name)
			out = append(out, g.WantZones(r, path, c)...)
		}
		return out
	}
	return &StackRule{Check: check, WithoutSystem: true}
}

// WantZones is the finding that the subnets which an input lists stand in too few zones, or none.
func (g *Graph) WantZones(r *Resource, path string, c Config) []Finding {
	return g.wantZones(r, path, g.Zones(r, path), c)
}

// WantZonesBeside is the finding that the resources of a type which have the parent of r stand in too few zones, or
// none. It calls them what they are, as in: its instances.
func (g *Graph) WantZonesBeside(r *Resource, typ, what string, c Config) []Finding {
	zones := map[string]bool{}
	for _, beside := range g.Children(r.Parent) {
		if beside.Type == typ {
			note(zones, beside)
		}
	}
	return g.wantZones(r, what, len(zones), c)
}

func (g *Graph) wantZones(r *Resource, what string, zones int, c Config) []Finding {
	if least := c.LeastZones(); zones < least {
		return []Finding{g.ViolationAt(r, "%s stand in %d zones, want at least %d", what, zones, least)}
	}
	return nil
}

// note adds the zone that a resource is declared in.
func note(zones map[string]bool, r *Resource) {
	if r.Exists("availabilityZone") {
		zones[r.Text("availabilityZone")] = true
	}
}

// Zones is in how many zones the subnets stand that an input lists. The subnets
// are those whose ids the input is made of, which a preview knows too. Subnets
// that the program does not declare count as a zone each.
func (g *Graph) Zones(r *Resource, path string) int {
	property, _, _ := strings.Cut(path, ".")
	zones := map[string]bool{}
	for _, s := range g.Via(r, property) {
		if s.Type == Subnet {
			note(zones, s)
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
