package regions

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"redoubt/system"
)

// The address plan. Everything that may one day share a route has a range of
// its own, because a network's range cannot be changed while it lives:
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
//
//	10.40.0.0/16   the primary's network
//	10.41.0.0/16   the secondary's network
//	10.42.0.0/16   the arbiter's network
//	172.20.0.0/16  the Kubernetes services of the primary
//	172.21.0.0/16  the Kubernetes services of the secondary
//
// The services' ranges lie outside the networks: EKS refuses one that overlaps
// the cluster's network or a network peered with it:
// https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
var plan = struct {
	networks, services map[system.Home]netip.Prefix
	arbiter            netip.Prefix
}{
	networks: map[system.Home]netip.Prefix{
		system.Primary:   netip.MustParsePrefix("10.40.0.0/16"),
		system.Secondary: netip.MustParsePrefix("10.41.0.0/16"),
	},
	services: map[system.Home]netip.Prefix{
		system.Primary:   netip.MustParsePrefix("172.20.0.0/16"),
		system.Secondary: netip.MustParsePrefix("172.21.0.0/16"),
	},
	arbiter: netip.MustParsePrefix("10.42.0.0/16"),
}

// CIDR returns the address range of a home's network. It is the zero prefix
// for what is no home.
func CIDR(home system.Home) netip.Prefix { return plan.networks[home] }

// ServiceCIDR returns the range of the Kubernetes services of a home.
func ServiceCIDR(home system.Home) netip.Prefix { return plan.services[home] }

// ArbiterCIDR returns the address range of the arbiter's network.
func ArbiterCIDR() netip.Prefix { return plan.arbiter }

// span is a range and who has it.
type span struct {
	prefix netip.Prefix
	what   string
}

// reserved are the ranges that the network of a home must not touch.
func reserved(home system.Home) []span {
	return []span{
		{CIDR(home.Peer()), "the " + string(home.Peer())},
		{ArbiterCIDR(), "the arbiter"},
		{ServiceCIDR(home), "the Kubernetes services of the " + string(home)},
		{ServiceCIDR(home.Peer()), "the Kubernetes services of the " + string(home.Peer())},
	}
}

// private reports whether all of a range is for private networks (RFC 1918).
func private(c netip.Prefix) bool {
	for _, block := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} {
		if b := netip.MustParsePrefix(block); b.Bits() <= c.Bits() && b.Contains(c.Addr()) {
			return true
		}
	}
	return false
}

// Subnets are the ranges of a network's subnets, one of each sort for a zone.
type Subnets struct {
	// Public subnets hold the load balancers and the NAT gateways.
	Public []netip.Prefix
	// Private subnets hold the nodes, and each pod takes an address, so they
	// are the big ones.
	Private []netip.Prefix
	// Isolated subnets hold the stores and have no way out.
	Isolated []netip.Prefix
}

// MaxZones is for how many zones a network has room.
const MaxZones = 4

// How many bits longer than the network's prefix each sort of subnet is, and
// where its first one begins, in units of its own size. Private subnets fill
// the lower half. The upper half is cut into quarters: isolated subnets have
// the first two, public ones the third, and the last stays free.
const (
	privateBits, privateFirst   = 3, 0
	isolatedBits, isolatedFirst = 5, 16
	publicBits, publicFirst     = 6, 48
)

// CarveSubnets cuts a network into a public, a private and an isolated subnet
// for each zone. A zone added later leaves the earlier ones where they are. In
// a /16 a private subnet is a /19 with 8,187 usable addresses, an isolated one
// a /21 and a public one a /22. The smallest network that can be cut is a /22,
// as AWS takes no subnet smaller than a /28:
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
func CarveSubnets(cidr netip.Prefix, zones int) (Subnets, error) {
	switch {
	case zones < 1 || zones > MaxZones:
		return Subnets{}, fmt.Errorf("carve %v: %d zones, want 1 to %d", cidr, zones, MaxZones)
	case !cidr.IsValid() || !cidr.Addr().Is4() || cidr != cidr.Masked():
		return Subnets{}, fmt.Errorf("carve %v: want an IPv4 range without bits beyond its length", cidr)
	case cidr.Bits() < 16 || cidr.Bits() > 22:
		return Subnets{}, fmt.Errorf("carve %v: is a /%d, want /16 to /22", cidr, cidr.Bits())
	}
	var s Subnets
	for zone := range zones {
		s.Private = append(s.Private, nth(cidr, privateBits, privateFirst+zone))
		s.Isolated = append(s.Isolated, nth(cidr, isolatedBits, isolatedFirst+zone))
		s.Public = append(s.Public, nth(cidr, publicBits, publicFirst+zone))
	}
	return s, nil
}

// nth is the n-th part of a range when it is cut into parts that are longer
// by bits.
func nth(cidr netip.Prefix, bits, n int) netip.Prefix {
	length := cidr.Bits() + bits
	start := cidr.Addr().As4()
	at := binary.BigEndian.Uint32(start[:]) + uint32(n)<<(32-length)
	var out [4]byte
	binary.BigEndian.PutUint32(out[:], at)
	return netip.PrefixFrom(netip.AddrFrom4(out), length)
}
