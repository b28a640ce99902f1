package marks

import (
	"hash/fnv"
	"math/rand/v2"
	"time"

	"redoubt/system"
	"redoubt/timings"
)

// client is somebody who follows a name: it keeps an answer as long as it may, and its connections until they are
// drained (assumed; prior dns.client.drain).
type client struct {
	home system.Home
	// next is where it moves at a time; moves is zero while it stays.
	next  system.Home
	moves time.Time
	rand  *rand.Rand
}

func newClient(name string, home system.Home, seed uint64) client {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	c := client{home: home}
	if seed != 0 {
		c.rand = rand.New(rand.NewPCG(seed, h.Sum64())) //nolint:gosec // a simulated client
	}
	return c
}

// follow moves the client once its time has come, and sets that time when the name leads elsewhere.
func (c *client) follow(now time.Time, leads system.Home, ttl time.Duration) {
	if !c.moves.IsZero() && !now.Before(c.moves) {
		c.home, c.moves = c.next, time.Time{}
	}
	switch {
	case leads == "" || leads == c.home:
		c.moves = time.Time{}
	case c.moves.IsZero() || c.next != leads:
		c.next, c.moves = leads, now.Add(c.patience(ttl))
	}
}

// patience is how long it takes a client to follow a change: what is left of the answer that it holds, or its
// connections, whichever lasts longer. Without a seed it is the typical client that has just asked.
func (c *client) patience(ttl time.Duration) time.Duration {
	drain := timings.Prior(timings.PriorDNSClientDrain)
	if c.rand == nil {
		return max(ttl, drain.P50)
	}
	left := time.Duration(c.rand.Float64() * float64(ttl))
	return max(left, drain.Quantile(c.rand.Float64()))
}
