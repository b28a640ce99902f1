package program

import (
	"context"
	"net"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"

	"redoubt/inventory"
	"redoubt/system"
	"redoubt/witness/run"
)

// Of is the program of a system that was read already: for who leads a drill and runs a witness of its own.
func Of(c Config, sys *system.System, inv inventory.Inventory) (*Program, error) {
	p := &Program{Config: c, system: sys, inventory: inv}
	return p, p.intervals()
}

// Writers write the marks of every store, with the clients that agents use. Their places are the caller's to close.
func (p *Program) Writers(cfg aws.Config) []run.Writer {
	cfg = cfg.Copy()
	cfg.Region = p.inventory.Homes[p.Home].Region
	m := maker{p, cfg, secretsmanager.NewFromConfig(cfg)}
	var out []run.Writer
	for _, s := range p.written() {
		out = append(out, run.Writer{Store: s.Name, Every: p.every[s.Name], Places: m.places(s)})
	}
	return out
}

// Clients are the ways of an agent to databases and caches, for who writes marks of its own.
type Clients struct{ maker }

// Clients are those of the program.
func (p *Program) Clients(cfg aws.Config) Clients {
	cfg = cfg.Copy()
	cfg.Region = p.inventory.Homes[p.Home].Region
	return Clients{maker{p, cfg, secretsmanager.NewFromConfig(cfg)}}
}

// Database connects to where a store is written while a home serves.
func (c Clients) Database(ctx context.Context, s system.Store, serves system.Home) (*pgx.Conn, error) {
	return c.connect(ctx, s, c.host(s), c.inventory.Homes[serves].Stores[s.Name].Endpoint)
}

// OwnDatabase connects to the readers of the program's own home.
func (c Clients) OwnDatabase(ctx context.Context, s system.Store) (*pgx.Conn, error) {
	at := c.inventory.Homes[c.Home].Stores[s.Name].ReaderEndpoint
	return c.connect(ctx, s, at, at)
}

// Cache connects to where a cache is written while a home serves.
func (c Clients) Cache(s system.Store, serves system.Home) *redis.Client {
	of := c.inventory.Homes[serves].Stores[s.Name]
	return redis.NewClient(c.cacheOptions(c.in(serves), serves, s, c.host(s), of.Endpoint, of.Name))
}

// OwnCache connects to the replicas of the program's own home.
func (c Clients) OwnCache(s system.Store) *redis.Client {
	of := c.inventory.Homes[c.Home].Stores[s.Name]
	return redis.NewClient(c.cacheOptions(c.in(c.Home), c.Home, s, of.ReaderEndpoint, of.ReaderEndpoint, of.Name))
}

// in is the configuration in the region of a home.
func (c Clients) in(home system.Home) aws.Config {
	cfg := c.cfg.Copy()
	cfg.Region = c.inventory.Homes[home].Region
	return cfg
}

// Leads tells which home serves, by the name service of this machine.
func (p *Program) Leads() *Switch { return p.theSwitch(net.DefaultResolver.LookupHost) }
