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
}

// storeMet is what clients of a store meet.
type storeMet struct {
	// takes says in which homes a write is acknowledged.
	takes byHome[bool]
	// copied says whether what is written in a home reaches the other now, after lag.
	copied byHome[bool]
	lag    byHome[time.Duration]
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
	}
	return out
}

// meetStore asks in which homes a store acknowledges, and what its copy gets.
func (w *Witness) meetStore(s *store, ready map[string]byHome[bool]) storeMet {
	out := storeMet{}
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
		*out.lag.of(home), *out.copied.of(home) = w.copy(s, home, of)
	}
	return out
}

// copy is how far the copy of a store in the other home is behind this one; copied is false while nothing arrives there.
func (w *Witness) copy(s *store, home system.Home, of inventory.Home) (lag time.Duration, copied bool) {
	kind, id := "", of.Stores[s.of.Name].Name
	switch s.of.Kind {
	case system.Postgres:
		kind = "AWS::RDS::DBCluster"
	case system.Cache:
		kind = "AWS::ElastiCache::ReplicationGroup"
	case system.Bucket:
		kind = "AWS::S3::Bucket"
	case system.Queue:
		kind, id = "AWS::DynamoDB::Table", of.Stores[s.of.Name].LedgerTable
	default:
		kind = "AWS::DynamoDB::Table"
	}
	lag, copied = w.World.World.Lag(kind, w.Regions[home], id)
	return lag, copied && !w.World.World.Apart(w.Regions[home], w.Regions[home.Peer()])
}
