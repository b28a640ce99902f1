//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
)

// Truth is what the processes themselves tell of a loss, and not the witness.
type Truth struct {
	// Held is how many marks the primary home held when it was lost, Lost how many of
	// them the other home never got.
	Held int `json:"held"`
	Lost int `json:"lost"`
	// RPO is the time from the oldest lost mark, by the server's own clock, to the loss.
	RPO time.Duration `json:"rpo"`
	// RTO is the time from the loss until the store said that it takes writes and the name led to it.
	RTO time.Duration `json:"rto"`
	// Precision is how exactly the times are known: to the millisecond of a server's
	// clock and the time that its processes took to die, or to the look of the copier.
	Precision time.Duration `json:"precision"`
}

// truth asks what was really lost: the killed servers are started again where nobody
// reaches them, and what they hold is compared with what their replicas got before the promotion.
func (p *Pair) truth(ctx context.Context, by string, lost map[string]death) (map[string]Truth, error) {
	out := map[string]Truth{}
	var errs []error
	for store, ask := range map[string]func(context.Context, string) (held, got []kept, took time.Time, err error){
		Tasks: p.truthOfDatabase, Recall: p.truthOfCache, Sessions: p.truthOfTable, Artifacts: p.truthOfBucket,
		Work: p.truthOfQueue,
	} {
		held, got, took, err := ask(ctx, by)
		if err != nil {
			errs = append(errs, fmt.Errorf("the truth of %s: %w", store, err))
			continue
		}
		moved := p.moved
		if name := p.names[store]; name != nil {
			moved = name.Changed()
		}
		if took.Before(moved) {
			took = moved
		}
		t := compare(held, got, lost[store].From, took)
		if t.Precision = lost[store].To.Sub(lost[store].From) + time.Millisecond; store != Tasks && store != Recall {
			t.Precision = p.copies.slowest
		}
		out[store] = t
	}
	return out, errors.Join(errs...)
}

func compare(held, got []kept, lost, took time.Time) Truth {
	t := Truth{Held: len(held), RTO: took.Sub(lost)}
	has := map[int64]bool{}
	for _, one := range got {
		has[one.seq] = true
	}
	for _, one := range held {
		if has[one.seq] {
			continue
		}
		t.Lost++
		t.RPO = max(t.RPO, lost.Sub(one.at))
	}
	return t
}

// truthOfDatabase starts the killed primary on a socket of its own, where it repairs itself from its log.
func (p *Pair) truthOfDatabase(ctx context.Context, _ string) (held, got []kept, took time.Time, err error) {
	old, now := p.databases[system.Primary], p.databases[system.Secondary]
	if err = p.m.startPostgres(ctx, old, alone); err != nil {
		return nil, nil, took, err
	}
	var err1, err2, err3 error
	held, err1 = old.marks(ctx)
	got, err2 = now.marks(ctx)
	took, err3 = now.took()
	return held, got, took, errors.Join(err1, err2, err3)
}

// truthOfCache starts the killed primary on a socket of its own, from its file of commands.
func (p *Pair) truthOfCache(ctx context.Context, by string) (held, got []kept, took time.Time, err error) {
	old, now := p.caches[system.Primary], p.caches[system.Secondary]
	old.socket = old.dir + ".sock"
	if err = p.m.startRedis(ctx, old, "--port", "0", "--unixsocket", old.socket); err != nil {
		return nil, nil, took, err
	}
	var err1, err2, err3 error
	held, err1 = old.marks(ctx, by)
	got, err2 = now.marks(ctx, by)
	took, err3 = now.took()
	return held, got, took, errors.Join(err1, err2, err3)
}

// What moto holds for the lost region is still there: only the road to it was cut. Its stores take writes
// in both homes at all times.
func (p *Pair) truthOfTable(ctx context.Context, _ string) (held, got []kept, took time.Time, err error) {
	return p.items(ctx, Sessions, "", p.store(system.Primary, Sessions).Name)
}

func (p *Pair) truthOfQueue(ctx context.Context, by string) (held, got []kept, took time.Time, err error) {
	return p.items(ctx, Work, witness.QueueToken(by), p.store(system.Primary, Work).LedgerTable)
}

func (p *Pair) items(ctx context.Context, store, prefix, table string) (held, got []kept, took time.Time, err error) {
	all := map[system.Home][]kept{}
	for home, c := range p.direct {
		found, err := scan(ctx, c, table)
		if err != nil {
			return nil, nil, took, err
		}
		for _, item := range found {
			all[home] = p.found(all[home], store, prefix, idOf(item))
		}
	}
	return all[system.Primary], all[system.Secondary], took, nil
}

func (p *Pair) truthOfBucket(ctx context.Context, by string) (held, got []kept, took time.Time, err error) {
	all := map[system.Home][]kept{}
	for home, c := range p.direct {
		keys, err := list(ctx, c, p.store(home, Artifacts).Name)
		if err != nil {
			return nil, nil, took, err
		}
		for _, key := range keys {
			all[home] = p.found(all[home], Artifacts, witness.BucketPrefix(by), key)
		}
	}
	return all[system.Primary], all[system.Secondary], took, nil
}

// found adds a mark with the time at which the copier saw it first. One that it
// never saw arrived after its last look, which is taken for the time of the loss.
func (p *Pair) found(all []kept, store, prefix, id string) []kept {
	seq, ok := marks.Number(id, prefix)
	if !ok {
		return all
	}
	at := p.copies.firstSeen(store, id)
	if at.IsZero() {
		at = p.roads[system.Primary].Changed()
	}
	return append(all, kept{seq, at})
}
