// Package survive shows that the code survives a failover, a failback and a
// restore: whatever AWS changes then, the next update of either home replaces
// nothing, deletes nothing and undoes nothing.
package survive
