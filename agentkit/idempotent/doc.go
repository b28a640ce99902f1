// Package idempotent runs an effect once for each token, however often and wherever
// the token is handed in: twice at once, again after a crash, again a day later.
//
// A record in the idempotency table goes through three writes, each conditional:
//
//	begin     nobody has begun: owner, claim 1, and until when the claim lasts
//	take over the claim before has ended, and is still the one that was read: claim + 1
//	finish    the claim is still the caller's: the result, and no claim any more
//
// A duplicate that comes while the claim lasts is told so by a BusyError; one that
// comes after the finish gets the stored result. The claim's number is the generation
// of package recovery/lease; it stands in the record itself because the result and the claim
// must change in one conditional write (docs/decisions/0023).
//
// # What is guaranteed
//
// At most one result is ever stored for a token, and every caller that gets a
// result gets this one. Two effects are not at work at once as long as a process stops when its
// context ends: at the end of its claim, less Skew.
//
//   - An effect that returns Writes is done once in effect: they are committed in one
//     transaction with the finish, or not at all.
//   - An effect on a service that accepts the token (Claim.Token) and deduplicates by
//     it is done once in effect, as long as the service remembers the token.
//   - Any other effect is done at least once. It is done again when its process ends, or
//     loses its claim, after the effect and before the finish; that window is the time of one
//     conditional write, and a process frozen in it is late by as much as it was frozen.
//
// An effect that returns an error is not finished: the claim is let go, and the next caller
// runs the effect again with the same token.
//
// # What is assumed
//
// Clocks lie at most Skew apart. The table's conditional writes of one region are
// serialised; between the regions of a global table they are not, so a record is authoritative
// in the active home alone (ask agentkit/home before), and what a lost home had finished and not
// replicated runs again in the other. Records are kept for Keep: a token that comes later is new.
package idempotent
