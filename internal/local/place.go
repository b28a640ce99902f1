//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"redoubt/internal/clock"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/planner"
	"redoubt/sim/fault"
	"redoubt/system"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// Place is two homes with a witness at work, of which the primary is lost as a Kill says. Close it.
type Place struct {
	*Pair
	kill   Kill
	dir    string
	places map[string]map[system.Home]marks.Place
	log    *run.Log
	began  time.Time
	// ctx ends with the place, witnessing with the witness; ended is its last word, which is read once.
	ctx        context.Context //nolint:containedctx // the place is what lives so long
	cancel     context.CancelFunc
	witnessing context.CancelFunc
	ended      chan error
	stopped    sync.Once
	// later are the cuts that wait for their time.
	later sync.WaitGroup
	// lost is when each store was lost, verdicts what the witness said of it.
	lost     map[string]death
	verdicts map[string]run.Verdict
	plans    int

	failing sync.Mutex
	broken  error
}

var (
	_ drill.Place   = (*Place)(nil)
	_ drill.Paced   = (*Place)(nil)
	_ drill.Partial = (*Place)(nil)
)

// Place starts two homes and the witness, and waits until each store takes marks.
func (m *Machine) Place(ctx context.Context, k Kill) (*Place, error) {
	pair, err := m.Pair(ctx)
	if err != nil {
		return nil, fmt.Errorf("start the homes: %w", err)
	}
	p := &Place{Pair: pair, kill: k, dir: m.round, verdicts: map[string]run.Verdict{}, ended: make(chan error, 1)}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.open()
	if err := p.witness(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Close ends the witness and both homes. Its error is also that of what went wrong with them on the way.
func (p *Place) Close() error {
	p.stop()
	p.cancel()
	p.later.Wait()
	for _, homes := range p.places {
		for _, at := range homes {
			_ = at.Close()
		}
	}
	p.failing.Lock()
	defer p.failing.Unlock()
	return errors.Join(p.broken, p.Pair.Close())
}

// fail notes what went wrong with the place itself.
func (p *Place) fail(err error) {
	p.failing.Lock()
	defer p.failing.Unlock()
	p.broken = errors.Join(p.broken, err)
}

// Now is the machine's time.
func (p *Place) Now() time.Time { return clock.Wall{}.Now() }

// Wait lets time pass, unless something went wrong with the place.
func (p *Place) Wait(ctx context.Context, d time.Duration) error {
	if err := (clock.Wall{}).Sleep(ctx, d); err != nil {
		return err
	}
	p.failing.Lock()
	defer p.failing.Unlock()
	return p.broken
}

// Pace is that of one machine, where a promotion takes tenths of a second.
func (p *Place) Pace() drill.Pace {
	return drill.Pace{Look: 10 * time.Millisecond, Settle: 20 * time.Millisecond, Quiet: 100 * time.Millisecond,
		Poll: 10 * time.Millisecond}
}

// copied are the services whose copies can be cut, with their store.
var copied = map[string]string{"rds": Tasks, "elasticache": Recall}

// cuts are the ends of the copying, as lines of the fault language.
func (p *Place) cuts() []drill.Line {
	var out []drill.Line
	for _, service := range []string{"rds", "elasticache"} {
		if before, is := p.kill.Cut[copied[service]]; is {
			out = append(out, drill.Line{After: p.kill.After - before,
				Line: fmt.Sprintf("lag %s %s %s 1h", service, Regions[system.Primary], Regions[system.Secondary])})
		}
	}
	return out
}

// Break kills the primary home, or ends the copying of its database or cache, now or later.
func (p *Place) Break(_ context.Context, after time.Duration, line string) error {
	f, err := fault.Parse(line)
	if err != nil {
		return err
	}
	store := copied[f.Service]
	switch {
	case f.Kind == fault.RegionDown && f.Region == Regions[system.Primary] && after == 0:
		p.lost, err = p.lose()
		return err
	case f.Kind == fault.Lag && store != "":
		p.later.Go(func() {
			if (clock.Wall{}).Sleep(p.ctx, after) == nil {
				p.Cut(store)
			}
		})
		return nil
	}
	return fmt.Errorf("%q cannot be made on one machine", line)
}

// Observe is one look of the other home's observer at the primary.
func (p *Place) Observe(ctx context.Context, _ system.Home) []diagnose.Observation {
	var out []diagnose.Observation
	for _, at := range []struct {
		aspect diagnose.Aspect
		port   int
	}{{diagnose.Entry, p.databases[system.Primary].port}, {diagnose.Control, p.roads[system.Primary].Port()}} {
		out = append(out, look(ctx, string(system.Secondary), at.aspect, at.port))
	}
	return out
}

// Seen takes both inventories for fresh: they were made with the homes.
func (p *Place) Seen() planner.Seen {
	return planner.Seen{InventoryAt: map[system.Home]time.Time{system.Primary: p.Now(), system.Secondary: p.Now()}}
}

// Run walks a machine with a journal in a file. Who is asked allows: the drill's leader does.
func (p *Place) Run(ctx context.Context, core *execute.Core) (execute.Finish, []journal.Record, error) {
	p.plans++
	r := execute.Runner{Port: p.Port(), Clock: clock.Wall{}, CallTimeout: 10 * time.Second}
	return drill.Led(ctx, r, core, p.dir, p.plans)
}

// look calls a port and waits to be heard: what is turned away at once is not served.
func look(ctx context.Context, observer string, aspect diagnose.Aspect, port int) diagnose.Observation {
	o := diagnose.Observation{Observer: observer, At: clock.Wall{}.Now(), Aspect: aspect, Home: system.Primary,
		State: diagnose.Good}
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", loopback(port))
	if err == nil {
		defer conn.Close() //nolint:errcheck // asked and answered
		_ = conn.SetReadDeadline(clock.Wall{}.Now().Add(5 * time.Millisecond))
		_, err = conn.Read(make([]byte, 1))
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
			err = nil // it waits for us to speak, so somebody is there
		}
	}
	if err != nil {
		o.State, o.Detail = diagnose.Bad, err.Error()
	}
	return o
}
