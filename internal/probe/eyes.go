// Package probe is the prober: the program in each home that looks at both of them and publishes what it sees as metrics,
// on which the alarms of the home stand. What is published of what is seen, and where, is decided in watch/prober.
package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/system"
	"redoubt/watch/prober"
)

// within is how long a round of looks may take. What has not answered by then was not seen.
const within = 20 * time.Second

// found puts what a look saw into a sight.
type found func(*prober.Sight)

// unless is what was found, or nothing with an error.
func unless(err error, f found) (found, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// look sees one thing.
type look struct {
	// what names it in errors.
	what string
	// see returns what it found, why it found less, or both.
	see func(context.Context) (found, error)
}

// Eyes look at both homes from one of them.
type Eyes struct {
	System *system.System
	Home   system.Home
	// Inventory is the home's own document, with what it knows of the other.
	Inventory inventory.Inventory
	Clock     clock.Clock
	Clients   Clients
	// Stores are the marks of each store.
	Stores map[string]*Mark
	// Active tells which home serves, as clients see it.
	Active func(context.Context) (system.Home, error)
	// Word reads the home's own copy of the arbiter's word; nil without an arbiter.
	Word func(context.Context) (arbiter.Word, error)
	// Entry asks load balancers, Cluster the home's API server.
	Entry   Entry
	Cluster Lister

	kept remembered
}

// looks are all of a round.
func (e *Eyes) looks() []look {
	out := []look{
		{"where the system serves", e.active}, {"the certificate", e.certificate},
		{"the cluster", e.cluster}, {"the backups", e.backups},
	}
	if !e.alone() {
		out = append(out, look{"the line to the other home", e.roundTrip}, look{"the inventories", e.differs})
	}
	if e.Word != nil {
		out = append(out, look{"the arbiter's word", e.word})
	}
	out = append(out, e.marks()...)
	out = append(out, e.answers()...)
	out = append(out, e.keys()...)
	return append(out, e.records()...)
}

// answer is what one look gave.
type answer struct {
	n   int
	saw found
	err error
}

// Round looks at everything at once. A look that fails or does not end hides no other: what it would have seen is absent.
func (e *Eyes) Round(ctx context.Context) (prober.Sight, error) {
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	looks := e.looks()
	answers := make(chan answer, len(looks))
	for n, l := range looks {
		go func() {
			saw, err := l.see(ctx)
			answers <- answer{n, saw, err}
		}()
	}
	sight, errs, waits := empty(), []error{}, map[int]bool{}
	for n := range looks {
		waits[n] = true
	}
	for ctx.Err() == nil && len(waits) > 0 {
		select {
		case a := <-answers:
			delete(waits, a.n)
			if a.err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", looks[a.n].what, a.err))
			}
			if a.saw != nil {
				a.saw(&sight)
			}
		case <-ctx.Done():
		}
	}
	for n := range looks {
		if waits[n] {
			errs = append(errs, fmt.Errorf("%s: no answer within %s", looks[n].what, within))
		}
	}
	return sight, errors.Join(errs...)
}

// empty is the sight of who saw nothing.
func empty() prober.Sight {
	return prober.Sight{Accepts: map[string]bool{}, Newest: map[string]time.Time{}, Nodes: map[string]int{},
		Answers:  map[system.Home]map[string]bool{system.Primary: {}, system.Secondary: {}},
		Replicas: map[string]prober.Replicas{}, Kept: map[string]prober.Kept{}, Keys: map[string]bool{}}
}

func (e *Eyes) own() inventory.Home { return e.Inventory.Homes[e.Home] }

// alone reports whether there is no other home yet: then no alarm is about it, and nothing of it is looked for.
func (e *Eyes) alone() bool { return e.Inventory.Homes[e.Home.Peer()].Region == "" }

// publish is what is published of a sight, into the regions that there are.
func (e *Eyes) publish(now time.Time, saw prober.Sight) []prober.Put {
	return slices.DeleteFunc(prober.Publish(e.System, e.Home, now, saw), func(p prober.Put) bool {
		return p.Into != e.Home && e.alone()
	})
}

// word sees whether the arbiter's judge has given this home the work, and the other one does not stand by again.
func (e *Eyes) word(ctx context.Context) (found, error) {
	w, err := e.Word(ctx)
	taken := w.TakenOver(e.Home)
	return unless(err, func(s *prober.Sight) { s.TakenOver = &taken })
}

// active sees which home serves.
func (e *Eyes) active(ctx context.Context) (found, error) {
	home, err := e.Active(ctx)
	return unless(err, func(s *prober.Sight) { s.Active = home })
}
