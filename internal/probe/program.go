package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"redoubt/internal/alive"
	"redoubt/internal/clock"
	"redoubt/internal/export"
	"redoubt/internal/probe/cells"
	"redoubt/internal/probe/settings"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch/prober"
)

// Main looks and publishes until the context ends, and tells what was not seen, a line each.
func Main(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	s, err := settings.Read(args)
	if err != nil {
		return err
	}
	sys, err := system.Load(s.System)
	if err != nil {
		return err
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(s.Region))
	if err != nil {
		return fmt.Errorf("read the AWS settings: %w", err)
	}
	cluster, err := export.InCluster(env("KUBERNETES_SERVICE_HOST"), env("KUBERNETES_SERVICE_PORT"), export.Mount)
	if err != nil {
		return err
	}
	round, err := alive.ToldWithin(ctx, env, 5*prober.Every)
	if err != nil {
		return err
	}
	own := s3.NewFromConfig(cfg)
	p := Program{System: sys, Home: s.Home, Clock: clock.Wall{}, Out: out,
		Inventory: func(ctx context.Context) ([]byte, error) {
			return cells.Object(ctx, own, s.Bucket, inventory.ObjectKey(s.Home))
		},
		Open: func(inv inventory.Inventory) (*Eyes, map[system.Home]Putter, error) {
			return Open(sys, s.Home, inv, cfg, cluster)
		}}
	return p.Run(ctx, round)
}

// Program is a prober with all that it needs.
type Program struct {
	System *system.System
	Home   system.Home
	Clock  clock.Clock
	Out    io.Writer
	// Inventory reads the home's document.
	Inventory func(context.Context) ([]byte, error)
	// Open makes eyes of it.
	Open func(inventory.Inventory) (*Eyes, map[system.Home]Putter, error)

	known inventory.Inventory
	eyes  *Eyes
	put   map[system.Home]Putter
	// stop ends the marks of the eyes.
	stop context.CancelFunc
}

// Run looks once every prober.Every until the context ends. Round is called at the end of each round.
func (p *Program) Run(ctx context.Context, round func()) error {
	p.stop = func() {}
	defer func() { p.stop() }()
	for ctx.Err() == nil {
		began := p.Clock.Now()
		if err := p.once(ctx); err != nil && ctx.Err() == nil {
			_, _ = fmt.Fprintf(p.Out, "prober: %s: %v\n", began.UTC().Format(time.RFC3339), err)
		}
		round()
		_ = p.Clock.Sleep(ctx, prober.Every-p.Clock.Now().Sub(began))
	}
	return nil
}

// once is one round. With an inventory that cannot be read, the last one that was is looked at.
func (p *Program) once(ctx context.Context) error {
	told := p.learn(ctx)
	if p.eyes == nil {
		return told
	}
	saw, missed := p.eyes.Round(ctx)
	now := p.Clock.Now()
	return errors.Join(told, missed, Put(ctx, p.put, p.eyes.publish(now, saw), now))
}

// learn reads the inventory and opens eyes anew where it says something else than before.
func (p *Program) learn(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, putWithin)
	defer stop()
	raw, err := p.Inventory(ctx)
	if err != nil {
		return fmt.Errorf("read the home's inventory: %w", err)
	}
	inv, err := inventory.Decode(raw)
	if err == nil && (inv.System != p.System.Name || inv.Home != p.Home) {
		err = fmt.Errorf("it is of the %s home of %q, want the %s home of %q", inv.Home, inv.System, p.Home, p.System.Name)
	}
	if err != nil {
		return fmt.Errorf("the home's inventory: %w", err)
	}
	if p.eyes != nil && reflect.DeepEqual(inv, p.known) {
		return nil
	}
	eyes, put, err := p.Open(inv)
	if err != nil {
		return err
	}
	p.stop()
	p.known, p.eyes, p.put = inv, eyes, put
	p.mark()
	return nil
}

// mark begins to keep the marks of the stores young. They outlive the round.
func (p *Program) mark() {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	for _, m := range p.eyes.Stores {
		go m.Keep(ctx, p.Clock, p.eyes.Active)
	}
}
