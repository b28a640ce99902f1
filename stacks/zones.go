package stacks

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// lookZones asks the home's own region what ids its zones have: a zonal shift
// names a zone by its id, and which name means it differs from account to account
// (https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html).
// A region that answers without them leaves the inventory without them.
func (h *home) lookZones() error {
	all, err := aws.GetAvailabilityZones(h.ctx, &aws.GetAvailabilityZonesArgs{}, pulumi.Provider(h.provider))
	if err != nil {
		return fmt.Errorf("look up the ids of the zones: %w", err)
	}
	h.zoneIDs = map[string]string{}
	var errs []error
	for _, zone := range h.config.Zones {
		switch n := slices.Index(all.Names, zone); {
		case len(all.Names) == 0:
		case n < 0 || n >= len(all.ZoneIds):
			errs = append(errs, fmt.Errorf("redoubt:zones: %s is no zone of the account in %s, want of %v",
				zone, h.config.Region, all.Names))
		default:
			h.zoneIDs[zone] = all.ZoneIds[n]
		}
	}
	return errors.Join(errs...)
}
