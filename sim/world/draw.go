package world

import (
	"math"
	"sync"
	"time"
)

// Draw makes every duration and lag of this world, and of the forks made of it
// from now on, a draw from its distribution. A draw is a hash of the seed, the
// behaviour, what it happens to and the how-many-eth time it does: it depends on
// nothing that others do. Without Draw everything takes its typical time.
func (w *World) Draw(seed uint64) error {
	return w.mutate(func(t *tx) error {
		t.redraw = &seed
		return nil
	})
}

// Drawn returns the seed of Draw; ok is false in a world that does not draw.
func (w *World) Drawn() (seed uint64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.st.draw == nil {
		return 0, false
	}
	return *w.st.draw, true
}

// laterBy plans the event that ends a behaviour which begins now.
func (t *tx) laterBy(b behaviour, entity, event string, doc Document) {
	t.await(coming{takes: b, entity: entity, counts: countsOf(b, entity), name: event, doc: doc, sum: sumOf(event, doc)})
}

// takes is how long the next behaviour of the kind takes that the entity goes
// through. It counts: two restores of one table take each their own time.
func (t *tx) takes(b behaviour, entity string) time.Duration {
	t.notes.never()
	return t.spent(b, entity, countsOf(b, entity))
}

func countsOf(b behaviour, entity string) string {
	return generationKey(Global, "takes "+behaviours[b].Name, entity)
}

func (t *tx) spent(b behaviour, entity, counts string) time.Duration {
	if t.draw == nil {
		return plain(b)
	}
	return t.drawn(b, t.count(counts), entity)
}

// lags is how far behind something is while nothing is wrong: one figure for an
// entity in a world. Its name may be told in parts.
func (t *tx) lags(b behaviour, entity ...string) time.Duration {
	t.notes.never()
	return t.figure(b, entity...)
}

func (s *state) figure(b behaviour, entity ...string) time.Duration {
	if s.draw == nil {
		return plain(b)
	}
	return s.drawn(b, 0, entity...)
}

// ClientOf tells of a client of names, by an id of its own, which share of a
// name's time to live its cache has left at a moment that it does not know of, and how
// long it goes on with what it had after that. Without Draw its cache was just filled.
func (w *World) ClientOf(id string) (phase float64, drain time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	defer w.end(t)
	if t.draw == nil {
		return 1, plain(clientDrain)
	}
	return uniform(*t.draw, 0, "dns.client.phase", id), t.lags(clientDrain, id)
}

// drawn is the draw itself, in whole milliseconds.
func (s *state) drawn(b behaviour, occurrence int, entity ...string) time.Duration {
	c := &curves()[b]
	z := math.Sqrt2 * math.Erfinv(2*uniform(*s.draw, occurrence, behaviours[b].Name, entity...)-1)
	return time.Duration(math.Round(math.Exp(c.mu+c.sigma*z)*1000)) * time.Millisecond
}

// uniform is a number between 0 and 1, both excluded, that the four decide: an
// FNV-1a hash, whose bits the finalizer of splitmix64 spreads.
func uniform(seed uint64, occurrence int, behaviour string, entity ...string) float64 {
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	for _, n := range [...]uint64{seed, uint64(occurrence)} { //nolint:gosec // a count is never negative
		for range 8 {
			h = (h ^ n&0xff) * prime
			n >>= 8
		}
	}
	text := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * prime
		}
	}
	text(behaviour)
	h = (h ^ 0xff) * prime
	for _, part := range entity {
		text(part)
	}
	h = (h ^ 0xff) * prime
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	h ^= h >> 31
	return (float64(h>>11) + 0.5) / (1 << 53)
}

// curve is a row's distribution, worked out.
type curve struct {
	plain     time.Duration
	mu, sigma float64
}

var curves = sync.OnceValue(func() *[numBehaviours]curve {
	var out [numBehaviours]curve
	for i, b := range behaviours {
		l := b.Distribution()
		mu := math.Log(l.Median.Seconds())
		z := math.Sqrt2 * math.Erfinv(2*l.At-1)
		out[i] = curve{plain: b.Typical(), mu: mu, sigma: (math.Log(l.High.Seconds()) - mu) / z}
	}
	return &out
})

// plain is what a behaviour takes in a world that does not draw.
func plain(b behaviour) time.Duration { return curves()[b].plain }
