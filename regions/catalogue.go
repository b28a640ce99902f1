package regions

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"redoubt/internal/nearest"
)

// ZonesOfHome is over how many availability zones a home spreads.
const ZonesOfHome = 3

// CatalogueSource is the page that the catalogue is taken from.
const CatalogueSource = "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"

// Region is one AWS region of the partition aws.
type Region struct {
	// Code is what the API calls it, such as eu-west-1.
	Code string
	// Name is what people call it, such as Europe (Ireland).
	Name string
	// Country is where its zones are.
	Country string
	// Zones is how many availability zones a new account can use at least.
	Zones int
	// OptIn is true when an account must enable the region before using it.
	OptIn bool `yaml:"optIn"`
	// Note says where the page is not as plain as the figures.
	Note string
}

// CanBeHome reports whether a home can live in the region: it needs three zones.
func (r Region) CanBeHome() bool { return r.Zones >= ZonesOfHome }

//go:embed catalogue.yaml
var rawCatalogue []byte

var catalogue = sync.OnceValue(func() []Region {
	var all []Region
	if err := yaml.Unmarshal(rawCatalogue, &all); err != nil {
		panic("regions: embedded catalogue: " + err.Error()) // only a bad commit breaks it
	}
	return all
})

// All lists the regions that can be a home, by code.
func All() []Region {
	var out []Region
	for _, r := range catalogue() {
		if r.CanBeHome() {
			out = append(out, r)
		}
	}
	return out
}

// Lookup returns the region with a code, whether or not it can be a home.
func Lookup(code string) (Region, bool) {
	for _, r := range catalogue() {
		if r.Code == code {
			return r, true
		}
	}
	return Region{}, false
}

// partitions are the other parts of AWS, which share neither accounts nor
// networks with this one, by the start of their regions' codes:
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
var partitions = []struct{ prefix, name string }{
	{"cn-", "aws-cn"}, {"us-gov-", "aws-us-gov"}, {"us-isob-", "aws-iso-b"}, {"us-isof-", "aws-iso-f"},
	{"us-iso-", "aws-iso"}, {"eu-isoe-", "aws-iso-e"}, {"eusc-", "aws-eusc"},
}

// home returns the region with a code when a home can live in it, or why not.
func home(code string) (Region, error) {
	for _, p := range partitions {
		if strings.HasPrefix(code, p.prefix) {
			return Region{}, fmt.Errorf("region %q is in partition %s, want one of partition aws", code, p.name)
		}
	}
	r, known := Lookup(code)
	switch {
	case code == "":
		return r, fmt.Errorf("region is empty, want a code such as eu-west-1")
	case !known:
		return r, fmt.Errorf("region %q is not known; %s", code, nearest.Hint(code, codes()))
	case !r.CanBeHome():
		return r, fmt.Errorf("region %q has %d zones, want at least %d (%s; %s)",
			code, r.Zones, ZonesOfHome, r.Note, CatalogueSource)
	default:
		return r, nil
	}
}

func codes() []string {
	var out []string
	for _, r := range All() {
		out = append(out, r.Code)
	}
	return out
}
