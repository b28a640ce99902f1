package inventory

import "hash/fnv"

// The layouts of the tables that Redoubt itself makes beside the stores. They
// are a contract between whoever writes them (agents, leases) and whoever
// recovers them (plans), so they stand here, where both look.
const (
	// Expires is the attribute, in seconds since 1970, after which DynamoDB
	// deletes an item. Every table has it except that of the locks: a lease that
	// vanished by itself would be taken for a free one.
	Expires = "expires"

	// RecordsKey and RecordsSort are the keys of a store of kind table.
	RecordsKey  = "pk"
	RecordsSort = "sk"

	// LocksKey is the key of a home's lock table: the name of the lock.
	LocksKey = "lock"

	// ActiveLease is the lock whose owner is the active home; ActiveWord says which home is to be that (docs/arbiter.md).
	ActiveLease = "active-home"
	ActiveWord  = "active-word"

	// IdempotencyKey is the key of the idempotency table: the token of the call.
	IdempotencyKey = "token"
)

// The work ledger of a queue. A producer puts an item before it sends, a
// consumer marks it done after it has done the work; what a lost home had
// accepted and not done is what LedgerIndex still lists.
const (
	// LedgerKey is the key: the token of the work, which makes doing it twice harmless.
	LedgerKey = "token"
	// LedgerPayload says where the work itself is, or holds it when it is small.
	LedgerPayload = "payload"
	// LedgerGroup is the group of an ordered queue in which the work waits its turn; without it the work is its own.
	LedgerGroup = "group"
	// LedgerAccepted and LedgerDone are when the work was accepted and done, in
	// RFC 3339 and UTC, so that their order is that of time.
	LedgerAccepted = "accepted"
	LedgerDone     = "done"
	// LedgerOpen is the shard of work that is not done; whoever sets LedgerDone
	// removes it in the same write, and the item leaves LedgerIndex.
	LedgerOpen = "open"
	// LedgerIndex lists open work: shard by shard, the oldest first. An item
	// without LedgerOpen is not in it, so its size is that of the open work.
	LedgerIndex = "open-by-accepted"
)

// LedgerShards are the values of LedgerOpen. One would put every open item into
// one partition of the index, which takes no more than 1000 writes a second
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html).
var LedgerShards = []string{"0", "1", "2", "3", "4", "5", "6", "7"}

// LedgerShard is the shard of the work with the token.
func LedgerShard(token string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(token))
	return LedgerShards[h.Sum32()%uint32(len(LedgerShards))]
}
