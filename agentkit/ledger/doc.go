// Package ledger is an agent's side of a queue's work ledger: the table that both homes have, in which
// work is accepted before it is sent, and marked when it is done. The items are those that plans read
// (package inventory tells their attributes, recovery/ledger sends them again).
//
// # What is guaranteed
//
// Work is accepted when Accept returns nil, and not before: its entry is written, and no entry goes before its work is
// done. Accepting a token twice accepts it once, and never opens again what is done. What is accepted is sent at least
// once: by Accept, by Resend when that did not succeed or the message was lost (a Resender runs it), or by the plan that
// recovers the home. So a message may come more than once, and its token makes that harmless (agentkit/idempotent).
//
// Done is for work whose effect has taken place. Work that is given up (Dead) stays open with its reason for KeepDead: a
// plan sends it once more in the other home, Resend does not. After that it is gone from the ledger.
//
// An ordered (FIFO) queue keeps the order of a group. Ledger.Group says what belongs together; without it nothing does,
// and nothing waits. What could not be sent at once comes later than what was accepted after it.
//
// # What is assumed
//
// The ledger replicates behind the writes: what a lost home had accepted in the last second or so may be missing
// in the other until it is back. A payload that is not small is a reference: what it leads to is written, and
// replicated, before the work is accepted. An item holds 400 KB, a message 1 MiB
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
package ledger
