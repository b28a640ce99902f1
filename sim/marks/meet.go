package marks

import (
	"context"
	"time"

	"redoubt/inventory"
	"redoubt/system"
)

// met is what clients meet at a moment. It follows from the world alone.
type met struct {
	tiers  []tierMet
	stores []storeMet
}

// byHome is one value for each home, in the order of system.Homes.
type byHome[T any] [2]T

func (b *byHome[T]) of(h system.Home) *T {
	if h == system.Primary {
		return &b[0]
	}
	return &b[1]
}

// tierMet is what clients of a tier meet.
type tierMet struct {
	// leads is the home that the tier's name leads to; empty when it leads nowhere.
	leads system.Home
	// ttl is how long a client may keep that answer.
	ttl time.Duration
	// serves says in which homes a request is answered.
	serves byHome[bool]
	// copes says how the tier does there without a service outside that it needs.
	copes byHome[coping]
}

// coping is how a tier's agents do with what they need from outside.
type coping int

const (
	well     coping = iota
	lacking         // an agent calls what does not answer
	degraded        // every such agent has been told to do without
)

// storeMet is what clients of a store meet.
type storeMet struct {
	// takes says in which homes a write is acknowledged.
	takes byHome[bool]
	// copied says whether what is written in a home reaches the other now.
	copied byHome[bool]
}

// meet looks at everything as clients do.
func (w *Witness) meet() met {
	out := met{tiers: make([]tierMet, len(w.tiers)), stores: make([]storeMet, len(w.stores))}
	ready := map[string]byHome[bool]{}
	for _, home := range system.Homes {
		of, known := w.Inventory.Homes[home]
		if !known {
			continue
		}
		for name := range of.Agents {
			r := ready[name]
			*r.of(home) = w.World.Answers(context.Background(), home, name) == nil
			ready[name] = r
		}
	}
	for n, s := range w.stores {
		out.stores[n] = w.meetStore(s, ready)
	}
	for n, t := range w.tiers {
		out.tiers[n] = w.meetTier(t, ready, out.stores)
	}
	return out
}

// meetTier asks where the tier's name leads, and in which homes all of its agents and stores work.
func (w *Witness) meetTier(t *tier, ready map[string]byHome[bool], stores []storeMet) tierMet {
	out := tierMet{}
	if at, err := w.World.World.ResolveFrom(w.Regions[t.near], t.host, "A"); err == nil {
		out.ttl = at.TTL
		for home, region := range w.Regions {
			if region == at.Region {
				out.leads = home
			}
		}
	}
	for _, home := range system.Homes {
		works := true
		for _, name := range t.agents {
			r := ready[name]
			works = works && *r.of(home)
		}
		for n, s := range w.stores {
			works = works && (s.of.Tier != t.of.Name || *stores[n].takes.of(home))
		}
		*out.serves.of(home) = works
		*out.copes.of(home) = w.copes(t, home)
	}
	return out
}

// copes asks what is lost of what a tier's agents need, and whether their level lets them do without. That an agent at
// any level but full does not need what is lost is assumed.
func (w *Witness) copes(t *tier, home system.Home) coping {
	lost := false
	for _, name := range t.agents {
		for _, need := range t.needs[name] {
			if w.World.World.Dependency(need) == nil {
				continue
			}
			if w.World.Level(context.Background(), home, name) == system.Full {
				return lacking
			}
			lost = true
		}
	}
	if lost {
		return degraded
	}
	return well
}

// meetStore asks in which homes a store acknowledges, and what its copy gets.
func (w *Witness) meetStore(s *store, ready map[string]byHome[bool]) storeMet {
	out := storeMet{}
	apart := w.World.World.Apart(w.Regions[system.Primary], w.Regions[system.Secondary])
	for _, home := range system.Homes {
		of, known := w.Inventory.Homes[home]
		if !known {
			continue
		}
		writer := len(s.writers) == 0
		for _, name := range s.writers {
			r := ready[name]
			writer = writer || *r.of(home)
		}
		*out.takes.of(home) = writer && w.World.Takes(context.Background(), home, s.of.Name) == nil
		kind, id := carried(s, of)
		*out.copied.of(home) = !apart && w.World.World.Carries(kind, w.Regions[home], id)
	}
	return out
}

// lags are how far the copies of a store are behind what each home writes, while they are copied.
func (w *Witness) lags(s *store) byHome[time.Duration] {
	out := byHome[time.Duration]{}
	for _, home := range system.Homes {
		kind, id := carried(s, w.Inventory.Homes[home])
		*out.of(home), _ = w.World.World.Lag(kind, w.Regions[home], id)
	}
	return out
}

// carried is what AWS copies of a store in a home: of a queue, its work ledger.
func carried(s *store, of inventory.Home) (kind, id string) {
	one := of.Stores[s.of.Name]
	switch s.of.Kind {
	case system.Postgres:
		return "AWS::RDS::DBCluster", one.Name
	case system.Cache:
		return "AWS::ElastiCache::ReplicationGroup", one.Name
	case system.Bucket:
		return "AWS::S3::Bucket", one.Name
	case system.Queue:
		return "AWS::DynamoDB::Table", one.LedgerTable
	}
	return "AWS::DynamoDB::Table", one.Name
}
