package stacks

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/keys"
	"redoubt/components/vault"
	"redoubt/inventory"
	"redoubt/system"
)

// declareVault backs up every store of the home that AWS Backup knows, keeps
// the configuration beside them, and has the backups judged.
func (h *home) declareVault() error {
	args := &vault.Args{
		Scope: h.scope(), KeyArn: h.keys.Arn(keys.Backup), TopicKeyArn: h.keys.Arn(keys.Logs),
		StoreKeyArn: h.keys.Arn(keys.Data),
		Network:     &vault.Network{VpcID: h.network.VpcID, SubnetIDs: h.network.IsolatedSubnetIDs},
		Compliance:  h.config.ComplianceLock, CopyAccount: h.config.CopyAccount,
		OwnRegionSettings: true, Protect: h.config.Protect,
	}
	if h.peer != nil {
		p := h.scope().Peer(h.config.PeerRegion)
		args.PeerScope = &p
	}
	args.Resources = h.protected()
	var err error
	if h.vault, err = vault.New(h.ctx, "vault", args, h.here()); err != nil {
		return err
	}
	if err := h.declareConfiguration(); err != nil {
		return err
	}
	return h.declareAudit()
}

// protected are the stores that AWS Backup backs up, the configuration among them.
func (h *home) protected() []vault.Resource {
	var out []vault.Resource
	for _, st := range h.system.Stores {
		if arn := h.backedUp(st); arn != nil {
			out = append(out, vault.Resource{Store: st, Arn: arn})
		}
	}
	out = append(out, slices.Concat(h.tableBackups(), h.ledgerBackups())...)
	return append(out, vault.Resource{Store: configurationStore(), Arn: h.configurations.Arn})
}

// backedUp is the ARN of a store that AWS Backup backs up, nil for the others.
func (h *home) backedUp(st system.Store) pulumi.StringInput {
	switch {
	case h.buckets[st.Name] != nil:
		return h.buckets[st.Name].Arn
	case h.postgres[st.Name] != nil:
		return h.postgres[st.Name].ClusterArn
	}
	return nil
}

// backupSlots say how each store is backed up: a restore gives its plan the
// restored one instead.
func (h *home) backupSlots() []slot {
	slots := []slot{
		text(h.vault.RestoreRoleArn, func(o *inventory.Home, v string) { o.Vault.RestoreRoleArn = v }),
	}
	for _, r := range h.protected() {
		part := pulumi.String(r.Store.Name)
		store := strings.TrimSuffix(r.Store.Name, system.LedgerSuffix)
		if st, known := h.system.Store(store); !known || !h.deployed(st) {
			continue // the configuration is no store of the system
		}
		slots = append(slots,
			text(h.vault.PlanIDs.MapIndex(part), ofStore(store, func(s *inventory.Store, v string) { s.BackupPlanID = v })),
			text(h.vault.SelectionIDs.MapIndex(part),
				ofStore(store, func(s *inventory.Store, v string) { s.BackupSelectionID = v })))
	}
	return slots
}
