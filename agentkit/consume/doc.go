// Package consume takes work from a queue and does it, a bounded number at a time.
//
// # What is guaranteed
//
// A message is deleted only after its work is marked done in the ledger, or after a copy of it with the reason
// is in the dead-letter queue, or when its handler leaves the work to the ledger (ErrLater). Whatever happens in between, it comes again: work is done at least once, and its token
// makes that harmless (agentkit/idempotent). While work goes on its message is kept hidden from others; when that
// cannot be kept up, the context of the work ends before another may get the message.
//
// A message that fails MostReceives times, or whose handler says so (Poison), goes to the dead-letter queue with the reason, the
// number of receives and its queue; a message that is none of the ledger's does so at once. Work that fails
// otherwise is given back for a while that doubles. The queue's own redrive policy remains behind this: it catches what
// kills its consumer each time, without a reason.
//
// When its context ends, a consumer receives no more, lets work finish for Grace, then ends the contexts of what is
// left and gives their messages back at once. It also receives nothing while MayWrite is false, which ends the work in
// hand too, and while ZoneOff is true: pods of a zone that traffic was moved away from go on polling by
// themselves (no load balancer stands before a queue).
//
// # What is assumed
//
// The handler ends when its context does. MostReceives is at most the queue's own maxReceiveCount.
package consume
