package marks

import (
	"strconv"
	"time"

	"redoubt/sim/world"
	"redoubt/system"
)

// client is somebody who follows the name of a tier: it keeps an answer as long as it may, and its connections until
// they are drained.
type client struct {
	id   string
	home system.Home
	// next is where it moves at a time; moves is zero while it stays.
	next  system.Home
	moves time.Time
	// times counts its moves, each of which is drawn anew.
	times int
}

// follow moves the client once its time has come, and sets that time when the name leads elsewhere.
func (c *client) follow(w *world.World, now time.Time, leads system.Home, ttl time.Duration) {
	if !c.moves.IsZero() && !now.Before(c.moves) {
		c.home, c.moves = c.next, time.Time{}
		c.times++
	}
	switch {
	case leads == "" || leads == c.home:
		c.moves = time.Time{}
	case c.moves.IsZero() || c.next != leads:
		phase, drain := w.ClientOf(c.id + "/" + strconv.Itoa(c.times))
		c.next, c.moves = leads, now.Add(time.Duration(phase*float64(ttl))).Add(drain)
	}
}
