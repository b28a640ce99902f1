package marks

import (
	"slices"
	"time"

	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/timings"
	"redoubt/witness"
)

// tier is what clients of a tier meet over time.
type tier struct {
	of system.Tier
	// agents are the places of its agents, needs the services outside that each of them calls.
	agents []int
	needs  [][]string
	// coped is how the tier did at the last look; told is when its pods have read their new level.
	coped coping
	told  time.Time
	// host is the name that the tier's clients follow; near is where they are.
	host   string
	near   system.Home
	client client
	// refused is since when requests are refused; zero while they are accepted.
	refused time.Time
	outages []witness.Outage
}

// newTier takes the name of the tier's public agent, or the domain when it has none: all that is not public follows it.
func newTier(sys *system.System, of system.Tier, active system.Home) *tier {
	t := &tier{of: of, host: sys.Domain, near: active, client: client{id: of.Name, home: active}}
	for n, a := range sys.Agents {
		if a.Tier != of.Name {
			continue
		}
		t.agents, t.needs = append(t.agents, n), append(t.needs, a.Needs)
		if a.Public && t.host == sys.Domain {
			t.host = a.Name + "." + sys.Domain
		}
	}
	return t
}

// look lets the client follow the name, and notes whether its requests are accepted from now on.
func (t *tier) look(w *world.World, now time.Time, m *tierMet, every time.Duration, began time.Time) {
	t.client.follow(w, now, m.leads, m.ttl)
	accepted := t.client.home != "" && *m.serves.of(t.client.home) && t.copes(now, *m.copes.of(t.client.home))
	switch {
	case !accepted && t.refused.IsZero():
		t.refused = now
	case accepted && !t.refused.IsZero():
		if o := attempted(t.refused, now, every, began); o.From.Before(o.To) {
			t.outages = append(t.outages, o)
		}
		t.refused = time.Time{}
	}
}

// copes reports whether the pods do without what is lost. They read a new level some time after it was written:
// timing appconfig.poll.
func (t *tier) copes(now time.Time, c coping) bool {
	if c == degraded && t.coped == lacking {
		takes, _ := timings.Get(timings.AppconfigPoll).Typical()
		t.told = now.Add(takes)
	}
	t.coped = c
	return c == well || c == degraded && !now.Before(t.told)
}

// attempted is an outage as a client sees it that asks once an interval.
func attempted(from, to time.Time, every time.Duration, began time.Time) witness.Outage {
	return witness.Outage{
		From: began.Add(time.Duration(ticks(from, every, began)) * every),
		To:   began.Add(time.Duration(ticks(to, every, began)) * every),
	}
}

// seen are the outages until now, one that lasts among them.
func (t *tier) seen(now time.Time, every time.Duration, began time.Time) []witness.Outage {
	out := slices.Clip(t.outages) // what is over is never changed
	if !t.refused.IsZero() {
		o := attempted(t.refused, now, every, began)
		out = append(out, witness.Outage{From: o.From})
	}
	return out
}
