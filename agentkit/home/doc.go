// Package home tells an agent whether its home is the active one, so that it may
// write. It is the lease of the active home, in the protocol of recovery/lease: a Keeper of the active
// home renews it, and every agent watches it (Home.MayWrite).
//
// # What is guaranteed
//
// MayWrite is true only while no other home can have taken the lease, as long as clocks lie at most Skew apart.
// An agent's own clock may even lie by hours, as long as a keeper's renewal that takes longer than a quarter of Term
// never reaches the table (its request is given up by then). It becomes false
//
//   - when another home has the lease, as soon as that is seen, and in any case before the other can take it;
//   - when the lease cannot be read, or nobody renews it, for as long as it lasts: a home that is cut from everything stops writing by itself;
//   - when the clock has gone back, and until the lease was seen to be renewed after that.
//
// The end that stands in the lease is compared with the machine's clock, which may lie or
// jump. So it is not enough: a renewal counts for three quarters of Term from the last look that had not seen it yet,
// by a clock that cannot go back. Both must hold. An agent that has just started therefore waits for one renewal, a quarter of Term.
//
// MayWrite is a look, not a lock: a write that began while it was true arrives later. Give writes a deadline
// shorter than Skew, or send them through lock.Guard with Home.Generation, which the store compares.
//
// The lease is never let go, because agents that believe in it would not know: a home that should not be the
// active one any more lets it end, and the other home takes it after Term and twice Skew at the latest.
//
// # What is assumed
//
// The lease stands in a table of one region: the arbiter's, where there is one, or the home's own. In a home's
// own table it says what that home was told last: a home that is cut off from the other and not from its own
// table goes on until its keeper is told (Keeper.Active), for without an arbiter two homes cut from each other
// cannot be both safe and available. Clocks run at the same rate, up to Skew in a Term.
package home
