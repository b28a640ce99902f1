// Package settings is the environment of a keeper: pure, so that a stack can write what the program reads.
package settings

import (
	"errors"
	"fmt"

	"redoubt/system"
)

// The settings, all of them environment variables.
const (
	homeVar  = "REDOUBT_HOME"
	tableVar = "REDOUBT_LOCK_TABLE"
	// With an arbiter all of these are set, without one none is.
	arbiterTableVar, arbiterRegionVar = "REDOUBT_ARBITER_TABLE", "REDOUBT_ARBITER_REGION"
	peerTableVar, peerRegionVar       = "REDOUBT_PEER_LOCK_TABLE", "REDOUBT_PEER_REGION"
)

// Usage is what the program says of itself.
const Usage = `keeper keeps the lease of the active home while its home is to serve. It is set by its environment:

  ` + homeVar + `               primary or secondary
  ` + tableVar + `         the home's lock table, in the region of AWS_REGION
  ` + arbiterTableVar + `      with an arbiter: its table,
  ` + arbiterRegionVar + `     the region of that,
  ` + peerTableVar + `    the peer's lock table,
  ` + peerRegionVar + `        and the region of that`

// Place is a table and where it is; an empty region is the home's own.
type Place struct{ Table, Region string }

// Settings are the environment, checked.
type Settings struct {
	Home system.Home
	Own  Place
	// Arbiter and Peer are both set, or neither is.
	Arbiter, Peer Place
}

// Others are the tables beside the home's own; none without an arbiter.
func (s Settings) Others() []Place {
	if s.Arbiter == (Place{}) {
		return nil
	}
	return []Place{s.Arbiter, s.Peer}
}

// Told reports whether the environment tells of any table.
func Told(env func(string) string) bool {
	for _, name := range []string{tableVar, arbiterTableVar, arbiterRegionVar, peerTableVar, peerRegionVar} {
		if env(name) != "" {
			return true
		}
	}
	return false
}

// Read checks the environment, and names all that is wrong with it.
func Read(env func(string) string) (Settings, error) {
	s := Settings{
		Home: system.Home(env(homeVar)), Own: Place{Table: env(tableVar)},
		Arbiter: Place{env(arbiterTableVar), env(arbiterRegionVar)}, Peer: Place{env(peerTableVar), env(peerRegionVar)},
	}
	var errs []error
	if !s.Home.Valid() {
		errs = append(errs, fmt.Errorf("%s is %q, want one of %v", homeVar, s.Home, system.Homes))
	}
	if s.Own.Table == "" {
		errs = append(errs, fmt.Errorf("%s is empty, want the name of the home's lock table", tableVar))
	}
	vars := []string{arbiterTableVar, arbiterRegionVar, peerTableVar, peerRegionVar}
	var missing []string
	for _, name := range vars {
		if env(name) == "" {
			missing = append(missing, name)
		}
	}
	if 0 < len(missing) && len(missing) < len(vars) {
		errs = append(errs, fmt.Errorf("with an arbiter all of %v are set; missing: %v", vars, missing))
	}
	return s, errors.Join(errs...)
}

// Environment is what Read reads.
func (s Settings) Environment() map[string]string {
	out := map[string]string{homeVar: string(s.Home), tableVar: s.Own.Table}
	if len(s.Others()) > 0 {
		out[arbiterTableVar], out[arbiterRegionVar] = s.Arbiter.Table, s.Arbiter.Region
		out[peerTableVar], out[peerRegionVar] = s.Peer.Table, s.Peer.Region
	}
	return out
}
