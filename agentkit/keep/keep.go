// Package keep is the program that keeps the lease of the active home for one home. Each home runs two of it, in two
// zones: when one is gone the other goes on within half of the lease's term.
package keep

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"redoubt/agentkit/home"
	"redoubt/agentkit/lock"
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

// place is a table and where it is; an empty region is the home's own.
type place struct{ table, region string }

// settings are the environment, checked.
type settings struct {
	home   system.Home
	own    place
	others []place
}

// read checks the environment, and names all that is wrong with it.
func read(env func(string) string) (settings, error) {
	s := settings{home: system.Home(env(homeVar)), own: place{table: env(tableVar)}}
	var errs []error
	if !s.home.Valid() {
		errs = append(errs, fmt.Errorf("%s is %q, want one of %v", homeVar, s.home, system.Homes))
	}
	if s.own.table == "" {
		errs = append(errs, fmt.Errorf("%s is empty, want the name of the home's lock table", tableVar))
	}
	vars := []string{arbiterTableVar, arbiterRegionVar, peerTableVar, peerRegionVar}
	var missing []string
	for _, name := range vars {
		if env(name) == "" {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) == 0:
		s.others = []place{{env(arbiterTableVar), env(arbiterRegionVar)}, {env(peerTableVar), env(peerRegionVar)}}
	case len(missing) < len(vars):
		errs = append(errs, fmt.Errorf("with an arbiter all of %v are set; missing: %v", vars, missing))
	}
	return s, errors.Join(errs...)
}

// Main keeps the lease until the context ends.
func Main(ctx context.Context, env func(string) string) error {
	s, err := read(env)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, Usage)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("read the AWS settings: %w", err)
	}
	table := func(p place) home.Table {
		client := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
			if p.region != "" {
				o.Region = p.region
			}
		})
		return home.Table{Store: lock.Table(client, p.table), Words: lock.Words(client, p.table)}
	}
	return s.keepers(table).Keep(ctx)
}

func (s settings) keepers(table func(place) home.Table) home.Keepers {
	k := home.Keepers{Home: s.home, Tables: home.Tables{Own: table(s.own)}}
	for _, p := range s.others {
		k.Others = append(k.Others, table(p))
	}
	return k
}
