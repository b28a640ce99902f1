// Package lock is a lock on a home's lock table, for work that only one process
// does at a time: the protocol of recovery/lease, with renewal and with the check at the store
// that makes it safe.
//
// # What is guaranteed
//
// Each holder has a generation that is greater than every one before it, also after a
// crash and after a release. As long as clocks lie at most Skew apart, no two holders believe
// at once that they hold the lock (Held.Valid), and a holder's context ends before another can take it.
//
// That alone is not enough: a process can stand still between its look at the clock and
// its write. So every write goes through Guard, which lets the store compare: an item that has
// seen a generation takes no write of an older one, whatever any clock says. A holder that reads before it
// writes, to write what depends on it, raises the guard first (Guard.Raise): an item that has not seen the new
// generation yet still takes the old one's write.
//
// # What is assumed
//
// The table is local to one region: never a global table, whose regions would each give
// the lock away. An owner's name is its process's alone. A store that has no conditional write
// (an outside service) is safe only if it compares the generation itself.
package lock
