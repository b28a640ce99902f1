package awsplace

import (
	"context"
	"fmt"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// A region whose network is cut for a drill still answers for what AWS runs itself: its control planes, tables, buckets and
// queues. What the drill asks of it is therefore not sent, as if nobody answered. Copies between the regions go on, so what
// a table, a bucket or a ledger loses is measured too small; docs/limits.md says so.

// darken notes that a region is lost, or is back.
func (p *Place) darken(region string, lost bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for home, at := range p.Regions {
		if at == region {
			p.dark[home] = lost
		}
	}
}

// lost is the error of whatever asks a home that is dark, or nothing.
func (p *Place) lost(home system.Home) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.dark[home] {
		return nil
	}
	return &execute.ClassError{Class: execute.Unreachable, Err: fmt.Errorf("the %s home's region is lost for the drill", home)}
}

// sighted is the port of a place: calls to a dark home are not sent.
type sighted struct{ *Place }

// Call makes one call.
func (s sighted) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if err := s.lost(c.Home); err != nil {
		return nil, err
	}
	return s.Options.Port.Call(ctx, c)
}

// near is a place of marks in a home that may be dark.
type near struct {
	marks.Place
	of   *Place
	home system.Home
}

// Write writes a mark where the home is not dark.
func (n near) Write(ctx context.Context, seq int64) error {
	if err := n.of.lost(n.home); err != nil {
		return err
	}
	return n.Place.Write(ctx, seq)
}

// nearby wraps the places of every store.
func (p *Place) nearby(all []run.Writer) []run.Writer {
	var out []run.Writer
	for _, w := range all {
		places := map[system.Home]marks.Place{}
		for home, place := range w.Places {
			places[home] = near{place, p, home}
		}
		w.Places = places
		out = append(out, w)
	}
	return out
}
