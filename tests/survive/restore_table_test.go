//go:build engine

package survive

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/recovery/adopt"
	"redoubt/sim/world"
	"redoubt/system"
)

func TestRestore_ofATableIsAdopted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		store, table string
		active       system.Home
	}{
		"in the primary":           {"sessions", "sessions", system.Primary},
		"in the secondary":         {"sessions", "sessions", system.Secondary},
		"of the ledger of a queue": {"work", "work" + system.LedgerSuffix, system.Primary},
	} {
		t.Run(name, func(t *testing.T) {
			h := standing(t)
			h.wait(24 * time.Hour)
			inv := h.inventory(t)
			h.adopt(t, inv, adopt.Restored{Store: c.store, Generation: 2,
				Selections: h.restoreTable(t, inv, c.store, c.table, 2, c.active)})
			for _, region := range []string{ireland, frankfurt} {
				_, err := h.Read(region, "AWS::DynamoDB::Table", "atlas-"+c.table+"-g2")
				require.NoError(t, err)
				_, err = h.Read(region, "AWS::DynamoDB::Table", "atlas-"+c.table)
				assert.NoError(t, err, "the damaged one stands as it was")
			}
		})
	}
}

// restoreTable does what a plan does: it restores the table in the home that is
// active, gives it what a restore does not bring back, replicates it to the other
// home, and backs both up. It returns the new backup selections.
func (h *homes) restoreTable(t *testing.T, inv inventory.Inventory, store, part string, generation int, active system.Home,
) map[system.Home]string {
	t.Helper()
	first, other := inv.Homes[active], inv.Homes[active.Peer()]
	scope := func(home system.Home) naming.Scope {
		return naming.Scope{System: inv.System, Home: home, Region: inv.Homes[home].Region, Account: inv.Homes[home].Account}
	}
	old, name := scope(active).Table(part, 1), scope(active).Table(part, generation)
	h.call(t, first.Region, "dynamodb", "RestoreTableToPointInTime", world.Document{
		"SourceTableName": old, "TargetTableName": name, "UseLatestRestorableTime": true})
	h.wait(12 * time.Hour)
	h.call(t, first.Region, "dynamodb", "UpdateTable", world.Document{"TableName": name,
		"StreamSpecification": world.Document{"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}})
	h.call(t, first.Region, "dynamodb", "UpdateTimeToLive", world.Document{"TableName": name,
		"TimeToLiveSpecification": world.Document{"AttributeName": inventory.Expires, "Enabled": true}})
	h.call(t, first.Region, "dynamodb", "UpdateTable", world.Document{"TableName": name, "ReplicaUpdates": []any{
		world.Document{"Create": world.Document{"RegionName": other.Region, "KMSMasterKeyId": other.Keys["data"]}}}})
	out := map[system.Home]string{}
	for _, home := range both {
		at := scope(home)
		h.call(t, at.Region, "dynamodb", "UpdateContinuousBackups", world.Document{"TableName": name,
			"PointInTimeRecoverySpecification": world.Document{"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 35.0}})
		h.call(t, at.Region, "dynamodb", "UpdateTable", world.Document{"TableName": name, "DeletionProtectionEnabled": true})
		h.call(t, at.Region, "dynamodb", "TagResource", world.Document{"ResourceArn": at.ARN("dynamodb", "table/"+name),
			"Tags": []any{
				world.Document{"Key": "redoubt:system", "Value": inv.System},
				world.Document{"Key": "redoubt:home", "Value": string(home)},
				world.Document{"Key": "managed-by", "Value": "redoubt"},
				world.Document{"Key": "redoubt:store", "Value": part},
				world.Document{"Key": "redoubt:tier", "Value": inv.Homes[home].Stores[store].Tier},
			}})
		out[home] = h.reselect(t, at, at.ARN("dynamodb", "table/"+old), at.ARN("dynamodb", "table/"+name))
	}
	return out
}
