// Package keep is the program that keeps the lease of the active home for one home. Each home runs two of it, in two
// zones: when one is gone the other goes on within half of the lease's term.
package keep

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"redoubt/agentkit/home"
	"redoubt/agentkit/keep/settings"
	"redoubt/agentkit/lock"
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
	table := func(p settings.Place) home.Table {
		client := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
			if p.Region != "" {
				o.Region = p.Region
			}
		})
		return home.Table{Store: lock.Table(client, p.Table), Words: lock.Words(client, p.Table)}
	}
	k := keepers(s, table)
	if k.Round, err = alive.Told(ctx, env); err != nil {
		return err
	}
	return k.Keep(ctx)
}

func keepers(s settings.Settings, table func(settings.Place) home.Table) home.Keepers {
	k := home.Keepers{Home: s.Home, Tables: home.Tables{Own: table(s.Own)}}
	for _, p := range s.Others() {
		k.Others = append(k.Others, table(p))
	}
	return k
}
