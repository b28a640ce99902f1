package regions_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/regions"
	"redoubt/system"
)

func site() regions.Site {
	return regions.Site{
		Home: system.Primary, Region: "eu-west-1", Account: "123456789012",
		Zones: []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"}, CIDR: regions.CIDR(system.Primary),
	}
}

func TestSite_acceptsBothExampleHomes(t *testing.T) {
	t.Parallel()
	require.NoError(t, site().Validate())
	second := regions.Site{
		Home: system.Secondary, Region: "eu-central-1", Account: "123456789012",
		Zones: []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"}, CIDR: regions.CIDR(system.Secondary),
	}
	require.NoError(t, second.Validate())
}

func TestSite_acceptsAnAdoptedNetwork(t *testing.T) {
	t.Parallel()
	for _, cidr := range []string{"10.9.0.0/16", "172.31.0.0/20", "192.168.16.0/24"} {
		s := site()
		s.CIDR = netip.MustParsePrefix(cidr)
		assert.NoError(t, s.Validate(), cidr)
	}
}

func TestSite_refuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*regions.Site)
		want   string
	}{
		{"no home", func(s *regions.Site) { s.Home = "third" }, `home is "third", want primary or secondary`},
		{"an unknown region", func(s *regions.Site) { s.Region = "eu-wset-1" }, `did you mean "eu-west-1"?`},
		{"no region", func(s *regions.Site) { s.Region = "" }, "region is empty"},
		{"a region with two zones", func(s *regions.Site) { s.Region = "us-west-1" }, `has 2 zones, want at least 3`},
		{"another partition", func(s *regions.Site) { s.Region = "us-gov-west-1" }, "is in partition aws-us-gov"},
		{"a short account", func(s *regions.Site) { s.Account = "1234" }, `account is "1234", want twelve digits`},
		{"two zones", func(s *regions.Site) { s.Zones = s.Zones[:2] }, "zones are [eu-west-1a eu-west-1b], want 3"},
		{"a zone twice", func(s *regions.Site) { s.Zones[2] = s.Zones[0] }, `zone "eu-west-1a" stands twice`},
		{"a zone of the peer", func(s *regions.Site) { s.Zones[2] = "eu-central-1a" }, `"eu-central-1a" is none of region`},
		{"a local zone", func(s *regions.Site) { s.Zones[2] = "eu-west-1-lon-1a" }, "is none of region"},
		{"no range", func(s *regions.Site) { s.CIDR = netip.Prefix{} }, "want an IPv4 range"},
		{"an IPv6 range", func(s *regions.Site) { s.CIDR = netip.MustParsePrefix("fd00::/16") }, "want an IPv4 range"},
		{"host bits", func(s *regions.Site) { s.CIDR = netip.MustParsePrefix("10.9.0.1/16") }, "want 10.9.0.0/16"},
		{"too large", func(s *regions.Site) { s.CIDR = netip.MustParsePrefix("10.0.0.0/8") }, "is a /8, want /16 to /28"},
		{"public addresses", func(s *regions.Site) { s.CIDR = netip.MustParsePrefix("8.8.0.0/16") }, "is public"},
		{
			"the peer's range", func(s *regions.Site) { s.CIDR = regions.CIDR(system.Secondary) },
			"overlaps 10.41.0.0/16, the range of the secondary",
		},
		{
			"a part of the arbiter's range", func(s *regions.Site) { s.CIDR = netip.MustParsePrefix("10.42.16.0/20") },
			"the range of the arbiter",
		},
		{
			"the range of the services", func(s *regions.Site) { s.CIDR = netip.MustParsePrefix("172.20.0.0/16") },
			"the range of the Kubernetes services of the primary",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := site()
			test.change(&s)
			require.ErrorContains(t, s.Validate(), test.want)
		})
	}
}

func TestSite_reportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	err := regions.Site{}.Validate()
	require.Error(t, err)
	assert.Len(t, strings.Split(err.Error(), "\n"), 5)
}

func TestCheckArbiter(t *testing.T) {
	t.Parallel()
	require.NoError(t, regions.CheckArbiter("eu-north-1", "eu-west-1", "eu-central-1"))
	require.ErrorContains(t, regions.CheckArbiter("eu-west-1", "eu-west-1", "eu-central-1"), "want a third")
	require.ErrorContains(t, regions.CheckArbiter("eu-central-1", "eu-west-1", "eu-central-1"), "want a third")
	require.ErrorContains(t, regions.CheckArbiter("moon-1", "eu-west-1", "eu-central-1"), "want a region of the catalogue")
}
