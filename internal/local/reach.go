//go:build linux

package local

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"redoubt/system"
)

// Config is with which an agent of a home makes its clients of the AWS stores.
func (p *Pair) Config(home system.Home) aws.Config { return p.direct[home].Config }

// Database opens a connection to the database of the home that serves.
func (p *Pair) Database(ctx context.Context) (*pgx.Conn, error) {
	return connect(ctx, loopbackHost, p.names[Tasks].Port())
}

// Cache is a client of the cache of the home that serves.
func (p *Pair) Cache() *goredis.Client {
	return goredis.NewClient(options("tcp", loopback(p.names[Recall].Port())))
}

// Name is the way to a store that follows the switch.
func (p *Pair) Name(store string) *Line { return p.names[store] }
