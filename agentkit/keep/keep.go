// Package keep is the program that keeps the lease of the active home for one home. Each home runs two of it, in two
// zones: when one is gone the other goes on within half of the lease's term.
package keep

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"redoubt/agentkit/home"
	"redoubt/agentkit/keep/settings"
	"redoubt/agentkit/lock"
	"redoubt/agentkit/measure"
	"redoubt/internal/alive"
)

// Main keeps the lease until the context ends.
func Main(ctx context.Context, env func(string) string) error {
	s, err := settings.Read(env)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, settings.Usage)
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("read the AWS settings: %w", err)
	}
	k := keepers(s, opener(cfg))
	if k.Round, err = alive.Told(ctx, env); err != nil {
		return err
	}
	return k.Keep(ctx)
}

// opener opens tables with an agent's own clients.
func opener(cfg aws.Config) func(settings.Place) home.Table {
	return func(p settings.Place) home.Table {
		client := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
			if p.Region != "" {
				o.Region = p.Region
			}
		})
		return home.Table{Store: lock.Table(client, p.Table), Words: lock.Words(client, p.Table)}
	}
}

// Watchers are what an agent asks before it writes, by what its environment tells it of the tables of leases: give its
// MayWrite to whatever takes one, and run its Watch beside the agent's work. It is nil, and nothing is to be asked, where
// the environment tells of none: without an arbiter a plan stops the agents of the home that is left.
func Watchers(env func(string) string, cfg aws.Config, meter *measure.Recorder) (home.Majority, error) {
	if !settings.Told(env) {
		return nil, nil
	}
	s, err := settings.Read(env)
	if err != nil {
		return nil, fmt.Errorf("the lease of the active home: %w", err)
	}
	return keepers(s, opener(cfg)).Watchers(s.Home, home.Terms{}, meter), nil
}

func keepers(s settings.Settings, table func(settings.Place) home.Table) home.Keepers {
	k := home.Keepers{Home: s.Home, Tables: home.Tables{Own: table(s.Own)}}
	for _, p := range s.Others() {
		k.Others = append(k.Others, table(p))
	}
	return k
}
