package cells

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"redoubt/system"
	"redoubt/watch/prober"
)

// Cache keeps the mark as one key, by the Redis protocol that Valkey speaks too.
type Cache struct {
	Home system.Home
	// Writer connects to the name that follows the switch, whose certificate is of the home that serves; Reader to the
	// home's own replicas. Clients make no retries of their own.
	Writer func(serves system.Home) *redis.Client
	Reader *redis.Client

	led  system.Home
	open *redis.Client
}

var _ Cell = (*Cache)(nil)

// Write sets the key. A connection outlives no move of the switch, and no failure: the name is asked again.
func (c *Cache) Write(ctx context.Context, serves system.Home, at time.Time) error {
	if c.open == nil || c.led != serves {
		c.drop()
		c.open, c.led = c.Writer(serves), serves
	}
	err := c.open.Set(ctx, prober.CacheKey(c.Home), encode(at), keep).Err()
	if err != nil {
		c.drop()
	}
	return err
}

// Read gets the key from the home's own replicas.
func (c *Cache) Read(ctx context.Context) (time.Time, error) {
	text, err := c.Reader.Get(ctx, prober.CacheKey(c.Home)).Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, ErrNone
	}
	if err != nil {
		return time.Time{}, err
	}
	return decode(text)
}

// Close ends the connections.
func (c *Cache) Close() {
	c.drop()
	_ = c.Reader.Close()
}

func (c *Cache) drop() {
	if c.open != nil {
		_ = c.open.Close()
		c.open = nil
	}
}
