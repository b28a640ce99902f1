package stacks

import (
	"redoubt/components/audit"
	"redoubt/components/bucket"
	"redoubt/components/keys"
	"redoubt/components/vault"
	"redoubt/system"
)

// declareAudit lets AWS judge the home's backups. What AWS Config delivers goes into a bucket
// of its own, which is neither replicated nor backed up: it can be recorded again.
func (h *home) declareAudit() error {
	var stores []system.Store
	for _, r := range h.protected() {
		stores = append(stores, r.Store)
	}
	judged := vault.Judge(stores)
	args := &audit.Args{
		Scope: h.scope(), AdoptRecorder: h.config.Adopt.ConfigRecorder, BreakGlassArn: vault.BreakGlassArn(h.scope()),
		EveryDays: judged.EveryDays, KeptDays: judged.KeptDays, ShortestDays: judged.ShortestDays,
	}
	if !args.AdoptRecorder {
		b, err := bucket.New(h.ctx, "bucket-audit", &bucket.Args{
			Scope: h.scope(), Name: "audit", Generation: 1, KeyArn: h.keys.Arn(keys.Data),
			Retention: system.Retention{PITRDays: 35}, Protect: h.config.Protect,
		}, h.here())
		if err != nil {
			return err
		}
		args.Bucket, args.KeyArn = b.Bucket, h.keys.Arn(keys.Data)
	}
	_, err := audit.New(h.ctx, "audit", args, h.here())
	return err
}
