package inventory_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/system"
)

func TestBlank_looksAtWhatExistsOnly(t *testing.T) {
	t.Parallel()
	where := inventory.Home{Region: "eu-west-1", Account: "1", Zones: []string{"a"}, CIDR: "10.0.0.0/16"}
	assert.True(t, inventory.Blank(inventory.Home{}))
	assert.True(t, inventory.Blank(where), "a region is configuration")
	hollow := where
	hollow.Keys = map[string]string{"data": ""}
	hollow.Stores = map[string]inventory.Store{"notes": {}}
	assert.True(t, inventory.Blank(hollow), "names without ids")
	for name, change := range map[string]func(*inventory.Home){
		"vpc":    func(h *inventory.Home) { h.Network.VpcID = "vpc-1" },
		"key":    func(h *inventory.Home) { h.Keys = map[string]string{"data": "arn"} },
		"store":  func(h *inventory.Home) { h.Stores = map[string]inventory.Store{"a": {Name: "n"}} },
		"bucket": func(h *inventory.Home) { h.Control.Bucket = "b" },
	} {
		h := where
		change(&h)
		assert.False(t, inventory.Blank(h), name)
	}
}

func TestMerge_takesEachHomeFromItsOwnDocument(t *testing.T) {
	t.Parallel()
	own, peer := large(2, 2), secondary()
	stale := own.Homes[system.Secondary]
	stale.Network.VpcID = "vpc-of-yesterday"
	own.Homes[system.Secondary] = stale
	wrong := peer.Homes[system.Primary]
	wrong.Network.VpcID = "vpc-as-the-peer-remembers"
	peer.Homes[system.Primary] = wrong

	got, err := inventory.Merge(own, peer)
	require.NoError(t, err)
	assert.Equal(t, system.Primary, got.Home)
	assert.Equal(t, "vpc-0123456789abcdef0", got.Own().Network.VpcID)
	assert.Equal(t, "vpc-of-the-secondary", got.Homes[system.Secondary].Network.VpcID)
	assert.Equal(t, "vpc-of-yesterday", own.Homes[system.Secondary].Network.VpcID, "own is not changed")
}

func TestMerge_aMissingPeerRemovesNothing(t *testing.T) {
	t.Parallel()
	own := large(2, 2)
	want, err := inventory.Encode(own)
	require.NoError(t, err)
	blanked := secondary()
	blanked.Homes = map[system.Home]inventory.Home{system.Secondary: {Region: "eu-central-1", Account: "123456789012"}}
	for name, peer := range map[string]inventory.Inventory{
		"never seen": {},
		"blank":      blanked,
		"homeless":   inventory.New("agents", system.Secondary, inventory.Home{}),
	} {
		got, err := inventory.Merge(own, peer)
		require.NoError(t, err, name)
		raw, err := inventory.Encode(got)
		require.NoError(t, err, name)
		assert.Equal(t, string(want), string(raw), name)
	}
}

func TestMerge_refusesAForeignPeer(t *testing.T) {
	t.Parallel()
	peer := secondary()
	peer.System = "others"
	_, err := inventory.Merge(large(1, 1), peer)
	require.ErrorContains(t, err, `peer: system is "others", want "agents"`)
	_, err = inventory.Merge(large(1, 1), large(1, 1))
	require.ErrorContains(t, err, "home is primary, want secondary")
}

func TestPin_keepsWhatWasKnownAndLetsGoWhatWasRemoved(t *testing.T) {
	t.Parallel()
	seen := large(2, 3).Homes[system.Secondary]
	now := large(2, 3).Homes[system.Secondary]
	now.Network.PeeringID = ""
	now.Keys = nil
	agent := now.Agents["agent-000"]
	agent.Public, agent.TargetGroupArn = false, ""
	now.Agents["agent-000"] = agent
	half := now.Stores["store-00"]
	half.Endpoint = ""
	now.Stores["store-00"] = half
	restored := inventory.Store{Kind: system.Postgres, Generation: 2, Name: "agents-store-01-g2"}
	now.Stores["store-01"] = restored
	delete(now.Stores, "store-02")
	seen.Stores["store-03"], now.Stores["store-03"] = seen.Stores["store-00"],
		inventory.Store{Kind: system.Postgres, Tier: "core", Generation: 1}

	got := inventory.Pin(seen, now)
	assert.Equal(t, seen.Network.PeeringID, got.Network.PeeringID)
	assert.Equal(t, seen.Keys, got.Keys)
	assert.Equal(t, seen.Agents["agent-000"].TargetGroupArn, got.Agents["agent-000"].TargetGroupArn)
	assert.False(t, got.Agents["agent-000"].Public, "no is an answer, not a gap")
	assert.Equal(t, seen.Stores["store-00"], got.Stores["store-00"])
	assert.Equal(t, restored, got.Stores["store-01"], "another store keeps nothing of the old one")
	assert.NotContains(t, got.Stores, "store-02", "taken out on purpose")
	assert.Equal(t, seen.Stores["store-03"], got.Stores["store-03"], "declared, and nothing more is known of it now")

	moved := now
	moved.Region = "eu-north-1"
	assert.Equal(t, moved, inventory.Pin(seen, moved), "another region is another home")
}

func secondary() inventory.Inventory {
	inv := large(2, 2)
	inv.Home = system.Secondary
	h := inv.Homes[system.Secondary]
	h.Network.VpcID = "vpc-of-the-secondary"
	inv.Homes[system.Secondary] = h
	return inv
}
