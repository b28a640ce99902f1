package regions

import (
	"errors"
	"fmt"

	"redoubt/timings"
)

// Warning is a reason to think twice about a pair of regions. It refuses nothing.
type Warning struct {
	// Text says what is the matter, for one line.
	Text string
	// Source is the page that says so.
	Source string
}

// String is the warning with its source, on one line.
func (w Warning) String() string { return w.Text + " (" + w.Source + ")" }

// CheckPair holds that two regions can be the homes of one system. The error
// joins every reason why they cannot; the warnings are for people to weigh.
func CheckPair(primary, secondary string) ([]Warning, error) {
	var errs []error
	first, err := home(primary)
	if err != nil {
		errs = append(errs, fmt.Errorf("primary: %w", err))
	}
	second, err := home(secondary)
	if err != nil {
		errs = append(errs, fmt.Errorf("secondary: %w", err))
	}
	if primary == secondary && primary != "" {
		errs = append(errs, fmt.Errorf("both homes are in %q, want two regions, so that one is left", primary))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var warnings []Warning
	for _, r := range []Region{first, second} {
		warnings = append(warnings, controlPlanes(r)...)
		warnings = append(warnings, clusterZones(r)...)
		warnings = append(warnings, optIn(r)...)
	}
	return append(warnings, together(first, second)...), nil
}

// CheckArbiter holds that a region can decide between two homes: it is known, and neither of theirs.
func CheckArbiter(region, primary, secondary string) error {
	if _, known := Lookup(region); !known {
		return fmt.Errorf("is %q, want a region of the catalogue", region)
	}
	if region == primary || region == secondary {
		return fmt.Errorf("is %q as a home's, want a third: it would be lost with the home", region)
	}
	return nil
}

// controlPlanes warns of the two regions whose loss takes parts of AWS along
// that the other home would miss: a home there is lost together with them.
func controlPlanes(r Region) []Warning {
	const global = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html"
	switch r.Code {
	case "us-east-1":
		return []Warning{{
			"us-east-1 holds the control planes of IAM and Route 53 and is needed to create S3 buckets: " +
				"when this home is lost, the other cannot change any of these", global,
		}}
	case "us-west-2":
		return []Warning{{
			"us-west-2 holds the configuration of routing controls and multi-region access points: " +
				"when this home is lost, the other cannot change any of these", global,
		}}
	}
	return nil
}

// clusterZones warns of the zones in which EKS places no control plane. They
// are told by their id, which has another name in every older account.
func clusterZones(r Region) []Warning {
	ids := map[string]string{"us-east-1": "use1-az3", "us-west-1": "usw1-az2", "ca-central-1": "cac1-az3"}
	id, has := ids[r.Code]
	if !has {
		return nil
	}
	return []Warning{{
		fmt.Sprintf("EKS places no control plane in zone id %s of %s: pin zones with other ids", id, r.Code),
		"https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
	}}
}

// optIn warns of regions that are off until an account enables them.
func optIn(r Region) []Warning {
	if !r.OptIn {
		return nil
	}
	return []Warning{{
		r.Code + " is off until the account enables it: do so in every account, long before the day it is needed",
		"https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html",
	}}
}

// together warns of two regions that one event can reach.
func together(a, b Region) []Warning {
	codes := map[string]bool{a.Code: true, b.Code: true}
	switch {
	case codes["me-central-1"] && codes["me-south-1"]:
		return []Warning{{
			"me-central-1 and me-south-1 lost zones in one event on 2026-03-01",
			"https://iroon.com/irtn/link/64215/iranian-drone-strikes-hit-three-aws-data-centers-in-the-uae",
		}}
	case a.Country == b.Country:
		return []Warning{{
			fmt.Sprintf("%s and %s are both in %s: what strikes the country strikes both", a.Code, b.Code, a.Country),
			CatalogueSource,
		}}
	}
	return nil
}

// RoundTrip returns how long a packet takes from one region to the other and
// back. It is false for pairs that the timings do not have.
func RoundTrip(a, b string) (timings.Timing, bool) {
	if t, has := timings.Lookup("rtt." + a + "." + b); has {
		return t, true
	}
	return timings.Lookup("rtt." + b + "." + a)
}
