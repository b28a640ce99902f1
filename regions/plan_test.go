package regions_test

import (
	"fmt"
	"math/rand"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/regions"
	"redoubt/system"
)

// ranges lists every range of the plan and every subnet in it, by name.
func ranges(t *testing.T, zones int) map[string]netip.Prefix {
	t.Helper()
	out := map[string]netip.Prefix{}
	networks := map[string]netip.Prefix{"arbiter": regions.ArbiterCIDR()}
	for _, home := range system.Homes {
		networks[string(home)] = regions.CIDR(home)
		out[string(home)+" services"] = regions.ServiceCIDR(home)
	}
	for name, network := range networks {
		subnets, err := regions.CarveSubnets(network, zones)
		require.NoError(t, err)
		for sort, list := range map[string][]netip.Prefix{
			"public": subnets.Public, "private": subnets.Private, "isolated": subnets.Isolated,
		} {
			for zone, subnet := range list {
				out[fmt.Sprintf("%s %s %d", name, sort, zone)] = subnet
				assert.True(t, network.Contains(subnet.Addr()) && subnet.Bits() > network.Bits(), "%v in %v", subnet, network)
			}
		}
	}
	return out
}

func TestPlan_neverOverlaps(t *testing.T) {
	t.Parallel()
	for zones := 1; zones <= regions.MaxZones; zones++ {
		all := ranges(t, zones)
		assert.Len(t, all, 2+3*3*zones)
		for a, first := range all {
			assert.Equal(t, first.Masked(), first, a)
			for b, second := range all {
				assert.False(t, a != b && first.Overlaps(second), "%s %v overlaps %s %v", a, first, b, second)
			}
		}
	}
}

func TestPlan_networksNeverOverlap(t *testing.T) {
	t.Parallel()
	all := []netip.Prefix{regions.ArbiterCIDR()}
	for _, home := range system.Homes {
		all = append(all, regions.CIDR(home), regions.ServiceCIDR(home))
		assert.Equal(t, 16, regions.CIDR(home).Bits())
	}
	for i, a := range all {
		for _, b := range all[:i] {
			assert.False(t, a.Overlaps(b), "%v overlaps %v", a, b)
		}
	}
	assert.False(t, regions.CIDR("third").IsValid())
	assert.False(t, regions.ServiceCIDR("third").IsValid())
}

// Any network that AWS takes and that is large enough is carved without overlap.
func TestCarveSubnets_neverOverlap(t *testing.T) {
	t.Parallel()
	const seed = 20261123
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewSource(seed))
	for range 500 {
		address := netip.AddrFrom4([4]byte{10, byte(random.Intn(256)), byte(random.Intn(256)), byte(random.Intn(256))})
		network := netip.PrefixFrom(address, 16+random.Intn(7)).Masked()
		zones := 1 + random.Intn(regions.MaxZones)
		s, err := regions.CarveSubnets(network, zones)
		require.NoError(t, err)
		var all []netip.Prefix
		for _, list := range [][]netip.Prefix{s.Public, s.Private, s.Isolated} {
			require.Len(t, list, zones)
			all = append(all, list...)
		}
		for i, a := range all {
			assert.True(t, network.Contains(a.Addr()) && a == a.Masked() && a.Bits() <= 28, "%v of %v", a, network)
			for _, b := range all[:i] {
				require.False(t, a.Overlaps(b), "%v overlaps %v in %v", a, b, network)
			}
		}
	}
}

func TestCarveSubnets_sizes(t *testing.T) {
	t.Parallel()
	s, err := regions.CarveSubnets(netip.MustParsePrefix("10.40.0.0/16"), 3)
	require.NoError(t, err)
	assert.Equal(t, "[10.40.0.0/19 10.40.32.0/19 10.40.64.0/19]", fmt.Sprint(s.Private))
	assert.Equal(t, "[10.40.128.0/21 10.40.136.0/21 10.40.144.0/21]", fmt.Sprint(s.Isolated))
	assert.Equal(t, "[10.40.192.0/22 10.40.196.0/22 10.40.200.0/22]", fmt.Sprint(s.Public))
}

func TestCarveSubnets_keepsEarlierZones(t *testing.T) {
	t.Parallel()
	three, err := regions.CarveSubnets(regions.CIDR(system.Primary), 3)
	require.NoError(t, err)
	four, err := regions.CarveSubnets(regions.CIDR(system.Primary), 4)
	require.NoError(t, err)
	assert.Equal(t, three.Public, four.Public[:3])
	assert.Equal(t, three.Private, four.Private[:3])
	assert.Equal(t, three.Isolated, four.Isolated[:3])
}

func TestCarveSubnets_refuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cidr  netip.Prefix
		zones int
		want  string
	}{
		{regions.CIDR(system.Primary), 0, "0 zones, want 1 to 4"},
		{regions.CIDR(system.Primary), 5, "5 zones, want 1 to 4"},
		{netip.Prefix{}, 3, "want an IPv4 range"},
		{netip.MustParsePrefix("fd00::/16"), 3, "want an IPv4 range"},
		{netip.MustParsePrefix("10.40.0.1/16"), 3, "without bits beyond its length"},
		{netip.MustParsePrefix("10.40.0.0/23"), 3, "is a /23, want /16 to /22"},
		{netip.MustParsePrefix("10.0.0.0/15"), 3, "is a /15, want /16 to /22"},
	} {
		_, err := regions.CarveSubnets(test.cidr, test.zones)
		require.ErrorContains(t, err, test.want)
	}
}
