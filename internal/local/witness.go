//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"redoubt/internal/clock"
	"redoubt/recovery/drill"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// open makes the places of the marks: each home's own for the AWS stores, the name for what follows the switch.
func (p *Place) open() {
	w := marks.Witness{Name: Witness}
	tasks := &marks.Postgres{Witness: w, Connect: func(ctx context.Context) (*pgx.Conn, error) {
		return connect(ctx, loopbackHost, p.names[Tasks].Port())
	}}
	recall := &marks.Cache{Witness: w, Client: goredis.NewClient(options("tcp", loopback(p.names[Recall].Port())))}
	p.places = map[string]map[system.Home]marks.Place{
		Tasks:    {system.Primary: tasks, system.Secondary: tasks},
		Recall:   {system.Primary: recall, system.Secondary: recall},
		Sessions: {}, Artifacts: {}, Work: {},
	}
	for _, home := range system.Homes {
		c := cloudAt(home, p.roads[home].Port())
		p.places[Sessions][home] = &marks.Table{Witness: w, Client: c.tables, Table: p.store(home, Sessions).Name}
		p.places[Artifacts][home] = &marks.Bucket{Witness: w, Client: c.buckets, Bucket: p.store(home, Artifacts).Name}
		p.places[Work][home] = &marks.Queue{Witness: w, Ledger: c.tables, Messages: c.queues, Quiet: time.Millisecond,
			URL: p.store(home, Work).URL, Table: p.store(home, Work).LedgerTable}
	}
}

// witness starts the witness, with its log outside the homes, and waits for the steady state.
func (p *Place) witness() (err error) {
	if p.log, err = run.Open(p.logAt()); err != nil {
		return err
	}
	r := run.Runner{Clock: clock.Wall{}, Log: p.log, Active: p.Active}
	for _, store := range Stores {
		r.Writers = append(r.Writers, run.Writer{Store: store, Every: Every[store], Places: p.places[store]})
	}
	var ctx context.Context
	ctx, p.witnessing = context.WithCancel(p.ctx)
	go func() { p.ended <- r.Run(ctx) }()
	err = await(ctx, "wait for the steady state", func(context.Context) error {
		all, err := run.Read(p.logAt())
		for _, store := range Stores {
			if tries := all.Of(store, time.Time{}); err == nil && (len(tries) < 2 || tries[len(tries)-1].Refused != "") {
				err = fmt.Errorf("store %s takes no marks yet: %+v", store, tries)
			}
		}
		return err
	})
	p.began = p.Now()
	return err
}

func (p *Place) logAt() string { return filepath.Join(p.dir, "witness") }

// stop stops the witness, once.
func (p *Place) stop() {
	p.stopped.Do(func() {
		if p.witnessing == nil {
			return
		}
		p.witnessing()
		if err := errors.Join(<-p.ended, p.log.Close()); err != nil {
			p.fail(fmt.Errorf("the witness: %w", err))
		}
	})
}

// Kind is that of figures from real processes of one machine.
func (p *Place) Kind() witness.Kind { return witness.MeasuredLocally }

// Keep is nothing: names have no cache here.
func (p *Place) Keep(string) time.Duration { return 0 }

// Unseen is nothing: every store is read back.
func (p *Place) Unseen(string) string { return "" }

// Restored changes nothing: nothing is restored here.
func (p *Place) Restored(string, time.Time, time.Time) {}

// Grain is the longest interval of the marks, or the widest margin that a verdict has.
func (p *Place) Grain() time.Duration {
	out := Every[Work]
	for _, v := range p.verdicts {
		out = max(out, v.RTO.Margin)
	}
	return out
}

// Outages are the times in which a store of the tier refused marks. Without the witness's log it is down all the time.
func (p *Place) Outages(tier string) []witness.Outage {
	all, err := run.Read(p.logAt())
	if err != nil {
		return []witness.Outage{{From: p.began}}
	}
	var out []witness.Outage
	for _, s := range p.System.Stores {
		if s.Tier == tier {
			out = append(out, all.Of(s.Name, p.began).Outages()...)
		}
	}
	return witness.Union(out)
}

// Losses stops the witness and reads every store back in the home that serves. What cannot be read has an unknown loss.
func (p *Place) Losses(time.Time) []witness.Loss {
	p.stop()
	if err := p.sendTwice(p.ctx); err != nil {
		p.fail(err)
	}
	home, _ := p.Active(p.ctx)
	all, err := run.Read(p.logAt())
	if err != nil {
		p.fail(err)
	}
	var out []witness.Loss
	for _, store := range Stores {
		found, err := p.places[store][home].Read(p.ctx)
		var v run.Verdict
		if err == nil {
			v, err = all.Of(store, time.Time{}).Judge(store, Every[store], found, witness.MeasuredLocally)
		}
		if err != nil {
			p.fail(fmt.Errorf("read %s back: %w", store, err))
			v = run.Verdict{Loss: witness.Loss{Store: store}}
		}
		p.verdicts[store] = v
		out = append(out, v.Loss)
	}
	return out
}

// Spans are none: the log does not say which home acknowledged a mark, and the one that was lost is dead.
func (p *Place) Spans(string) []drill.Span { return nil }

// sendTwice sends messages of the ledger once more, as a producer does that never heard that it was hearp.
func (p *Place) sendTwice(ctx context.Context) error {
	c, of := p.direct[system.Secondary], p.store(system.Secondary, Work)
	items, err := scan(ctx, c, of.LedgerTable)
	if err == nil && len(items) < p.kill.Twice {
		err = fmt.Errorf("the ledger has %d items, want %d to send twice", len(items), p.kill.Twice)
	}
	if err != nil {
		return err
	}
	for _, item := range items[:p.kill.Twice] {
		body := fmt.Sprintf(`{"token":%q,"payload":%q}`, idOf(item), marks.QueuePayload)
		if _, err := c.queues.SendMessage(ctx, &sqs.SendMessageInput{
			QueueUrl: aws.String(of.URL), MessageBody: aws.String(body)}); err != nil {
			return err
		}
	}
	return nil
}
