// Package real is the suite of drills in stages: deploy, steady state, drills, restores, report, clean up. Unless every
// guard of internal/real is open and the build tag "real" is set, it runs on the simulated regions, so that it is
// never dead code. docs/drills-real.md tells how to run it on an account.
package real

//go:generate go test . -run TestExpected -update
