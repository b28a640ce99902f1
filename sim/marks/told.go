package marks

import (
	"time"

	"redoubt/recovery/drill"
	"redoubt/system"
	"redoubt/witness"
)

// Outages are the times in which requests of a tier were refused, until now.
func (w *Witness) Outages(tier string) []witness.Outage {
	for _, t := range w.tiers {
		if t.of.Name == tier {
			return t.seen(w.Now(), w.Every, w.began)
		}
	}
	return nil
}

// Keep is how long a client may keep the answer that leads it to a tier, at most.
func (w *Witness) Keep(tier string) time.Duration {
	for n, t := range w.tiers {
		if t.of.Name == tier {
			return w.met.tiers[n].ttl
		}
	}
	return 0
}

// Restored tells that a store goes on since a moment with what it held at a time.
func (w *Witness) Restored(name string, since, at time.Time) {
	for _, s := range w.stores {
		if s.of.Name == name {
			s.pause(w.Now(), w.Every, w.began)
			s.lose(since.Add(-1), s.log.Acknowledged(at)) // a mark of that very moment came after
		}
	}
}

// Losses reads every store back now. LossAt is when the fault began.
func (w *Witness) Losses(lossAt time.Time) []witness.Loss {
	out := make([]witness.Loss, 0, len(w.stores))
	for _, s := range w.stores {
		s.pause(w.Now(), w.Every, w.began)
		out = append(out, s.loss(w.Now(), lossAt, w.Every))
	}
	return out
}

// Spans are the stretches in which a store acknowledged marks, and what of them was lost.
func (w *Witness) Spans(name string) []drill.Span {
	var out []drill.Span
	for _, s := range w.stores {
		if s.of.Name != name {
			continue
		}
		out = make([]drill.Span, 0, len(s.spans))
		for _, p := range s.spans {
			next := drill.Span{From: p.from, To: p.to, Home: p.home, Marks: p.Last - p.First + 1, Lost: s.log.Gone.Within(p.Span),
				TwoWriters: p.two}
			if n := len(out); n > 0 && out[n-1].Home == next.Home && out[n-1].TwoWriters == p.two && out[n-1].To.Equal(next.From) {
				out[n-1].To, out[n-1].Marks, out[n-1].Lost = next.To, out[n-1].Marks+next.Marks, out[n-1].Lost+next.Lost
				continue
			}
			out = append(out, next)
		}
	}
	return out
}

// Home is where a tier's client is now.
func (w *Witness) Home(tier string) system.Home {
	for _, t := range w.tiers {
		if t.of.Name == tier {
			return t.client.home
		}
	}
	return ""
}
