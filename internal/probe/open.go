package probe

import (
	"context"
	"fmt"
	"net"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"redoubt/agentkit/lock"
	"redoubt/internal/awsmetrics"
	"redoubt/internal/clock"
	"redoubt/internal/probe/cells"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/witness/program"
)

// opener opens what an inventory names.
type opener struct {
	system  *system.System
	home    system.Home
	inv     inventory.Inventory
	cfg     aws.Config
	clients program.Clients
}

// Open makes the eyes of a home's prober, which look with the settings of a pod, and who takes what they publish. It opens
// no connection.
func Open(s *system.System, home system.Home, inv inventory.Inventory, cfg aws.Config, cluster Lister) (*Eyes, map[system.Home]Putter, error) {
	w, err := program.Of(program.Config{Home: home}, s, inv)
	if err != nil {
		return nil, nil, fmt.Errorf("the homes of the inventory: %w", err)
	}
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} } // a look that failed is a look; the next one comes soon
	o := opener{s, home, inv, cfg, w.Clients(cfg)}
	own := o.in(home)
	e := &Eyes{System: s, Home: home, Inventory: inv, Clock: clock.Wall{}, Stores: map[string]*Mark{}, Active: w.Leads().Active,
		Entry: Entry{Domain: s.Domain, Addresses: map[system.Home]string{}, Clock: clock.Wall{}, Dial: (&net.Dialer{}).DialContext},
		Clients: Clients{Keys: kms.NewFromConfig(own), Backups: backup.NewFromConfig(own), Snapshots: s3.NewFromConfig(own),
			Metrics: awsmetrics.Client(own), Objects: map[system.Home]cells.Objects{}},
		Cluster: cluster}
	if of := inv.Homes[home].Control; of.Arbiter != nil {
		e.Word = lock.Words(dynamodb.NewFromConfig(own), of.LockTable).Word
	}
	put := map[system.Home]Putter{}
	for at, of := range inv.Homes {
		if of.Region == "" {
			continue // not seen yet
		}
		put[at], e.Clients.Objects[at], e.Entry.Addresses[at] = awsmetrics.Client(o.in(at)), s3.NewFromConfig(o.in(at)), of.Entry.Address
	}
	for _, st := range s.Stores {
		if _, here := inv.Homes[home].Stores[st.Name]; here {
			e.Stores[st.Name] = NewMark(s, st, o.cell(st, e.Clients.Objects))
		}
	}
	return e, put, nil
}

// in is the configuration in the region of a home.
func (o opener) in(home system.Home) aws.Config {
	cfg := o.cfg.Copy()
	cfg.Region = o.inv.Homes[home].Region
	return cfg
}

// cell is the mark of a store in what its kind is kept in.
func (o opener) cell(st system.Store, objects map[system.Home]cells.Objects) cells.Cell {
	switch st.Kind {
	case system.Postgres:
		return &cells.Postgres{Home: o.home,
			Writer: func(ctx context.Context, serves system.Home) (*pgx.Conn, error) {
				return o.clients.Database(ctx, st, serves)
			},
			Reader: func(ctx context.Context) (*pgx.Conn, error) { return o.clients.OwnDatabase(ctx, st) }}
	case system.Cache:
		return &cells.Cache{Home: o.home, Reader: o.clients.OwnCache(st),
			Writer: func(serves system.Home) *redis.Client { return o.clients.Cache(st, serves) }}
	case system.Bucket:
		b := &cells.Bucket{Home: o.home, Clients: map[system.Home]cells.Objects{}, Names: map[system.Home]string{}}
		o.each(st, func(at system.Home, of inventory.Store) { b.Clients[at], b.Names[at] = objects[at], of.Name })
		return b
	default:
		t := &cells.Table{Home: o.home, Ledger: st.Kind == system.Queue, Clients: map[system.Home]cells.Items{}, Names: map[system.Home]string{}}
		o.each(st, func(at system.Home, of inventory.Store) {
			t.Clients[at], t.Names[at] = dynamodb.NewFromConfig(o.in(at)), of.Name
			if t.Ledger {
				t.Names[at] = of.LedgerTable
			}
		})
		return t
	}
}

// each calls f with the homes that have the store.
func (o opener) each(st system.Store, f func(system.Home, inventory.Store)) {
	for at, home := range o.inv.Homes {
		if of, there := home.Stores[st.Name]; there {
			f(at, of)
		}
	}
}
