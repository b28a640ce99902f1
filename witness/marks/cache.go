package marks

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"redoubt/witness"
)

// Cache writes marks into a stream, by the Redis protocol that Valkey speaks too.
// A stream keeps order, shows a mark twice that came twice, and carries the
// server's own time.
//
// A mark is acknowledged when the primary node has answered. Replicas follow
// later, in the same home and in the other:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastore.html
type Cache struct {
	Witness
	// Client must make no retries of its own (MaxRetries -1): one attempt is one attempt.
	Client *redis.Client
	// Most is how many marks the stream keeps, about; zero means as many as one a
	// second makes until they are too old.
	Most int64
}

var _ Place = (*Cache)(nil)

// page is how many marks are read at once.
const page = 1000

// Write adds one entry.
func (c *Cache) Write(ctx context.Context, seq int64) error {
	most := c.Most
	if most <= 0 {
		most = int64(c.keep().Seconds())
	}
	return c.Client.XAdd(ctx, &redis.XAddArgs{
		Stream: witness.CacheKey(c.Name), MaxLen: most, Approx: true, Values: []string{"seq", strconv.FormatInt(seq, 10)},
	}).Err()
}

// Read returns the marks in the order in which they arrived.
func (c *Cache) Read(ctx context.Context) ([]int64, error) {
	var out []int64
	for from := "-"; ; {
		entries, err := c.Client.XRangeN(ctx, witness.CacheKey(c.Name), from, "+", page).Result()
		if err != nil {
			return nil, fmt.Errorf("read marks: %w", err)
		}
		for _, e := range entries {
			text, _ := e.Values["seq"].(string)
			seq, ok := Number(text, "")
			if !ok {
				return nil, fmt.Errorf("read marks: entry %s has the number %q", e.ID, text)
			}
			out = append(out, seq)
		}
		if len(entries) < page {
			return out, nil
		}
		from = "(" + entries[len(entries)-1].ID
	}
}

// Close ends the connections.
func (c *Cache) Close() error {
	if err := c.Client.Close(); err != nil && !errors.Is(err, redis.ErrClosed) &&
		!strings.Contains(err.Error(), "closed") {
		return err
	}
	return nil
}
