// Package regions knows which AWS regions can be a home, which two may be
// paired, and which addresses each home uses: data and pure functions.
package regions

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"

	"redoubt/system"
)

// Site is where one home lives.
type Site struct {
	Home system.Home
	// Region is the AWS region code, such as eu-west-1.
	Region string
	// Account is the twelve-digit AWS account id.
	Account string
	// Zones are the three availability zones, pinned in the stack's
	// configuration so that an event in one never changes the program's mind.
	Zones []string
	// CIDR is the home's address range. The homes' ranges never overlap.
	CIDR netip.Prefix
}

var (
	account    = regexp.MustCompile(`^[0-9]{12}$`)
	zoneLetter = regexp.MustCompile(`^[a-z]$`)
)

// Validate reports everything about the site that AWS or the other home would
// not bear, joined in one error.
func (s Site) Validate() error {
	var errs []error
	if !s.Home.Valid() {
		errs = append(errs, fmt.Errorf("home is %q, want primary or secondary", s.Home))
	}
	_, err := home(s.Region)
	errs = append(errs, err)
	if !account.MatchString(s.Account) {
		errs = append(errs, fmt.Errorf("account is %q, want twelve digits", s.Account))
	}
	errs = append(errs, s.validateZones()...)
	return errors.Join(append(errs, s.validateCIDR())...)
}

// validateZones holds that the zones are three of the region. Which letters
// an account has differs from account to account, so any letter is taken:
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
func (s Site) validateZones() []error {
	var errs []error
	if len(s.Zones) != ZonesOfHome {
		errs = append(errs, fmt.Errorf("zones are %v, want %d", s.Zones, ZonesOfHome))
	}
	for i, zone := range s.Zones {
		letter, inRegion := cutRegion(zone, s.Region)
		if !inRegion || !zoneLetter.MatchString(letter) {
			errs = append(errs, fmt.Errorf("zone %q is none of region %q, want names such as %sa", zone, s.Region, s.Region))
		}
		if slices.Contains(s.Zones[:i], zone) {
			errs = append(errs, fmt.Errorf("zone %q stands twice, want %d different ones", zone, ZonesOfHome))
		}
	}
	return errs
}

func cutRegion(zone, region string) (string, bool) {
	if len(zone) <= len(region) || zone[:len(region)] != region {
		return "", false
	}
	return zone[len(region):], true
}

// validateCIDR holds the range of the home's network, which need not be the
// planned one: an adopted network brings its own. AWS takes /16 to /28:
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
func (s Site) validateCIDR() error {
	c := s.CIDR
	switch {
	case !c.IsValid() || !c.Addr().Is4():
		return fmt.Errorf("address range is %v, want an IPv4 range such as %v", c, CIDR(system.Primary))
	case c != c.Masked():
		return fmt.Errorf("address range %v has bits beyond its length, want %v", c, c.Masked())
	case c.Bits() < 16 || c.Bits() > 28:
		return fmt.Errorf("address range %v is a /%d, want /16 to /28", c, c.Bits())
	case !private(c):
		return fmt.Errorf("address range %v is public, want one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16", c)
	}
	if !s.Home.Valid() {
		return nil // whom it must not overlap is unknown
	}
	for _, r := range reserved(s.Home) {
		if c.Overlaps(r.prefix) {
			return fmt.Errorf("address range %v overlaps %v, the range of %s", c, r.prefix, r.what)
		}
	}
	return nil
}
