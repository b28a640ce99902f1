// Package wire tries the port over the wire, against moto: every operation that
// moto knows is really made, and two writers race for the lock table. Its tests
// carry the build tag apps and start a moto_server of their own.
package wire
