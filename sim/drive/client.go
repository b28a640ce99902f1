package drive

import (
	"time"

	"redoubt/sim/world"
)

// Reaches is when a client follows a name whose answer changed: its cache has the
// phase, a share of the name's time to live, left to run at that moment, and the
// client goes on with what it had for the drain.
func Reaches(changed time.Time, ttl time.Duration, phase float64, drain time.Duration) time.Time {
	return changed.Add(time.Duration(phase * float64(ttl))).Add(drain)
}

// Client is one client of a name, with a cache that keeps an answer as long as it
// may and connections that outlive the cache. Its time is the world's.
type Client struct {
	World *world.World
	// ID decides, with the world's seed, where in its cache's life it is and how long it drains.
	ID string
	// Near is the region that the client is near or in; VPC is its network there, for private names.
	Near, VPC string
	// Name and Type are what it asks for.
	Name, Type string

	// at is where its requests go, next where they go when it has drained.
	at, next string
	// fresh is until when it keeps the answer; moves is when it has drained.
	fresh, moves time.Time
}

// Region is where the client's requests go now; empty is nowhere. A client that is
// asked seldom asks for the name seldom: Reaches is exact.
func (c *Client) Region() string {
	now := c.World.Now()
	phase, drain := c.World.ClientOf(c.ID)
	switch {
	case c.fresh.IsZero():
		c.at, c.fresh = c.ask(now, phase)
		c.next = c.at
	case !now.Before(c.fresh):
		var region string
		region, c.fresh = c.ask(now, 1)
		if region != "" && region != c.next {
			c.next, c.moves = region, now.Add(drain)
		}
	}
	if !now.Before(c.moves) {
		c.at = c.next
	}
	return c.at
}

// ask resolves the name, and says until when a share of the answer's time keeps it. A
// name without an answer is asked for again at once (assumed).
func (c *Client) ask(now time.Time, share float64) (string, time.Time) {
	var a world.Answer
	var err error
	if c.VPC != "" {
		a, err = c.World.ResolveIn(c.Near, c.VPC, c.Name, c.Type)
	} else {
		a, err = c.World.ResolveFrom(c.Near, c.Name, c.Type)
	}
	if err != nil {
		return "", now
	}
	return a.Region, Reaches(now, a.TTL, share, 0)
}
