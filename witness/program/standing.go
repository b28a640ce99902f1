package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"redoubt/internal/alive"
	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/run"
	"redoubt/witness/run/segments"
)

// stuck is after how many rounds without an end the kubelet starts the program again.
const stuck = 6

// stand is the witness of a pod: all that it must know stands in the environment and in the home's inventory.
func stand(ctx context.Context, env func(string) string, out io.Writer) error {
	s, sys, cfg, err := settled(ctx, env)
	if err != nil {
		return err
	}
	round, err := alive.ToldWithin(ctx, env, stuck*segments.Every)
	if err != nil {
		return err
	}
	b := bucket{s3.NewFromConfig(cfg), s.Bucket}
	p := Standing{System: sys, Home: s.Home, Clock: clock.Wall{}, Out: out, Objects: b,
		Open: func(inv inventory.Inventory) ([]run.Writer, func(context.Context) (system.Home, error), error) {
			p, err := Of(standing(s.Home), sys, inv)
			if err != nil {
				return nil, nil, err
			}
			return p.Writers(cfg), p.Leads().Active, nil
		}}
	return p.Run(ctx, round)
}

// settled reads what the environment says.
func settled(ctx context.Context, env func(string) string) (s witness.Settings, sys *system.System, cfg aws.Config, err error) {
	if s, err = witness.ReadSettings(env); err != nil {
		return s, nil, cfg, err
	}
	if sys, err = system.Load(s.System); err != nil {
		return s, nil, cfg, err
	}
	if cfg, err = config.LoadDefaultConfig(ctx, config.WithRegion(s.Region)); err != nil {
		err = fmt.Errorf("read the AWS settings: %w", err)
	}
	return s, sys, cfg, err
}

// standing is the configuration of the witness that stands in a home.
func standing(home system.Home) Config {
	return Config{Name: witness.NameOf(home), Home: home, Standing: true}
}

// Standing is a witness that runs in a home all the time, with all that it needs.
type Standing struct {
	System *system.System
	Home   system.Home
	Clock  clock.Clock
	// Out takes a line for each thing that went wrong.
	Out io.Writer
	// Objects is the home's control bucket.
	Objects segments.Objects
	// Open makes the writers of what an inventory names, and tells who serves.
	Open func(inventory.Inventory) ([]run.Writer, func(context.Context) (system.Home, error), error)

	log   *segments.Log
	known inventory.Inventory
	at    *writing
}

// writing is a runner at work.
type writing struct {
	stop  context.CancelFunc
	ended chan error
	of    []run.Writer
}

// farewell is how long the last segment may take: less than the kubelet's grace.
const farewell = 20 * time.Second

// Run writes marks, and puts a segment of what was noted each segments.Every and when the context ends, which is no error.
// Round is called at the end of each round.
func (s *Standing) Run(ctx context.Context, round func()) (err error) {
	if s.log, err = segments.Open(ctx, s.Objects, witness.NameOf(s.Home)); err != nil {
		return err
	}
	defer func() {
		last, stop := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer stop()
		err = errors.Join(err, s.halt(), s.log.Close(last))
	}()
	for ctx.Err() == nil {
		began := s.Clock.Now()
		for _, err := range []error{s.learn(ctx), s.log.Put(ctx)} {
			if err != nil && ctx.Err() == nil {
				_, _ = fmt.Fprintf(s.Out, "witness: %s: %v\n", began.UTC().Format(time.RFC3339), err)
			}
		}
		round()
		if !s.rest(ctx, segments.Every-s.Clock.Now().Sub(began)) {
			return nil // halt tells why the runner has ended
		}
	}
	return nil
}

// rest waits for the next round, and reports whether there is one: a runner that has ended by itself can note no more.
func (s *Standing) rest(ctx context.Context, d time.Duration) bool {
	next, stop := s.Clock.Timer(max(d, 0))
	defer stop()
	var ended chan error
	if s.at != nil {
		ended = s.at.ended
	}
	select {
	case <-next:
		return true
	case <-ctx.Done():
		return false
	case err := <-ended:
		ended <- err
		return false
	}
}

// learn reads the inventory and writes where it says, from the beginning where it says something else than before. With
// one that cannot be read the witness goes on as it did.
func (s *Standing) learn(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, segments.Every)
	defer stop()
	inv, err := known(ctx, s.Objects, s.System, s.Home)
	if err != nil || s.at != nil && reflect.DeepEqual(inv, s.known) {
		return err
	}
	writers, active, err := s.Open(inv)
	if err != nil {
		return fmt.Errorf("the home's inventory: %w", err)
	}
	if err := s.halt(); err != nil {
		return err
	}
	s.known = inv
	at := &writing{ended: make(chan error, 1), of: writers}
	run := run.Runner{Clock: s.Clock, Log: s.log, Writers: writers, Active: active}
	working, end := context.WithCancel(context.WithoutCancel(ctx))
	at.stop = end
	go func() { at.ended <- run.Run(working) }()
	s.at = at
	return nil
}

// known is the home's inventory.
func known(ctx context.Context, o segments.Objects, sys *system.System, home system.Home) (inventory.Inventory, error) {
	raw, err := o.Get(ctx, inventory.ObjectKey(home))
	if err != nil {
		return inventory.Inventory{}, fmt.Errorf("read the home's inventory: %w", err)
	}
	inv, err := inventory.Decode(raw)
	if err == nil && (inv.System != sys.Name || inv.Home != home) {
		err = fmt.Errorf("it is of the %s home of %q, want the %s home of %q", inv.Home, inv.System, home, sys.Name)
	}
	if err != nil {
		return inv, fmt.Errorf("the home's inventory: %w", err)
	}
	return inv, nil
}

// halt ends the runner and lets go of its places.
func (s *Standing) halt() error {
	if s.at == nil {
		return nil
	}
	s.at.stop()
	err := <-s.at.ended
	for _, w := range s.at.of {
		for _, p := range w.Places {
			_ = p.Close()
		}
	}
	s.at = nil
	return err
}
