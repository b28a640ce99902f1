// Package regions knows which AWS regions can be a home, which two may be
// paired, and which addresses each home uses: data and pure functions.
package regions

import (
	"net/netip"

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
