// Package arbiter decides, in a third region, that a home is lost and that the other one is to serve. It is pure: it
// has no clock and makes no call.
//
// Three observers look at the homes: one in each home, one in the arbiter's region. Each puts what it has seen into
// the arbiter's table. The Judge, in the arbiter's region, reads that table. When both observers outside the active
// home have seen nothing of it for the quiet period, on lines that do not flap, it writes the Word: the other home is
// the active one.
//
// The word alone makes no home active, and no two. That do leases, one in each of three tables: the arbiter's, and
// each home's own. A home is active while it holds two of the three (agentkit/home.Majority), and two homes cannot
// both. So a home that is cut off from both others stops writing by its own clock, whatever anybody decided; a home
// that sees one of them goes on, and the loss of the arbiter's region stops nobody.
//
// tests/arbiter plays this machine, the keepers and the agents' watchers through many thousand random schedules.
package arbiter
