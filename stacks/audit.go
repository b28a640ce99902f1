package stacks

import (
	"redoubt/components/audit"
	"redoubt/components/bucket"
	"redoubt/components/keys"
	"redoubt/components/vault"
	"redoubt/internal/iampolicy"
	"redoubt/system"
)

// auditPart is the part of the name of the audit's bucket.
const auditPart = "audit"

// declareAudit lets AWS judge the home's backups. The reports, and what AWS Config delivers, go into a bucket
// of its own, which is neither replicated nor backed up: they can be made again.
func (h *home) declareAudit() error {
	var stores []system.Store
	for _, r := range h.protected() {
		stores = append(stores, r.Store)
	}
	judged := vault.Judge(stores)
	delivered, err := bucket.New(h.ctx, "bucket-"+auditPart, &bucket.Args{
		Scope: h.scope(), Name: auditPart, Generation: 1, KeyArn: h.keys.Arn(keys.Data),
		Retention: system.Retention{PITRDays: 35}, Protect: h.config.Protect,
		Allow: []iampolicy.Statement{audit.Deliveries(h.scope(), "arn:aws:s3:::"+h.scope().Bucket(auditPart, 1))},
	}, h.here())
	if err != nil {
		return err
	}
	_, err = audit.New(h.ctx, "audit", &audit.Args{
		Scope: h.scope(), AdoptRecorder: h.config.Adopt.ConfigRecorder, BreakGlassArn: vault.BreakGlassArn(h.scope()),
		EveryDays: judged.EveryDays, KeptDays: judged.KeptDays, ShortestDays: judged.ShortestDays,
		Bucket: delivered.Bucket, KeyArn: h.keys.Arn(keys.Data),
	}, h.here())
	return err
}
