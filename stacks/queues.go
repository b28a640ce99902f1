package stacks

import (
	"redoubt/components/keys"
	"redoubt/components/queue"
	"redoubt/components/vault"
	"redoubt/inventory"
	"redoubt/system"
)

// declareQueues declares the stores of kind queue with their work ledgers. A
// queue stands in both homes whatever its tier: it holds nothing that a backup
// could bring back, and costs nothing while it is empty.
func (h *home) declareQueues() error {
	h.queues = map[string]*queue.Queue{}
	for _, st := range h.system.StoresOf(system.Queue) {
		args := &queue.Args{
			Scope: h.scope(), Store: st, Generation: h.config.Generation(st.Name), KeyArn: h.keys.Arn(keys.Data),
			Protect: h.config.Protect,
		}
		if h.hasLedger(st) {
			args.Ledger = &queue.Ledger{ReplicaOf: h.source(), PITRDays: transient.PITRDays}
		}
		q, err := queue.New(h.ctx, "queue-"+st.Name, args, h.here())
		if err != nil {
			return err
		}
		h.queues[st.Name] = q
	}
	return nil
}

// hasLedger reports whether this home has a half of the queue's work ledger.
func (h *home) hasLedger(st system.Store) bool { return h.holds(st, h.peerStore(st.Name).LedgerTable) }

// ledgerBackups are the work ledgers that AWS Backup backs up.
func (h *home) ledgerBackups() []vault.Resource {
	var out []vault.Resource
	for _, st := range h.system.StoresOf(system.Queue) {
		if h.hasLedger(st) {
			ledger := system.Store{Name: queue.LedgerName(st), Kind: system.Table, Tier: st.Tier, Retention: transient}
			out = append(out, vault.Resource{Store: ledger, Arn: h.queues[st.Name].LedgerArn})
		}
	}
	return out
}

func (h *home) queueSlots() []slot {
	var slots []slot
	for _, name := range sortedKeys(h.queues) {
		q := h.queues[name]
		slots = append(slots,
			text(q.Name, ofStore(name, func(s *inventory.Store, v string) { s.Name = v })),
			text(q.Arn, ofStore(name, func(s *inventory.Store, v string) { s.Arn = v })),
			text(q.URL, ofStore(name, func(s *inventory.Store, v string) { s.URL = v })),
			text(q.DeadLetterURL, ofStore(name, func(s *inventory.Store, v string) { s.DeadLetterURL = v })),
			text(q.LedgerName, ofStore(name, func(s *inventory.Store, v string) { s.LedgerTable = v })),
			text(h.keys.Arn(keys.Data), ofStore(name, func(s *inventory.Store, v string) { s.KeyArn = v })),
		)
	}
	return slots
}
