// Package observe is the program of the arbiter's observers: one runs in each home and one in the arbiter's region,
// where the judge runs with it. What they decide, and by which rules, is recovery/arbiter.
package observe

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"redoubt/agentkit/lock"
	"redoubt/internal/alive"
	"redoubt/internal/clock"
	"redoubt/internal/observe/settings"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

const usage = `observer looks at the homes, and in the arbiter's region judges what all three observers saw.

  observer [-config FILE]  FILE is JSON: observer, domain, homes.HOME.{region,table,address}, arbiter.{region,table};
                           without it the text stands in the environment variable ` + settings.Variable

// Main looks until the context ends, and tells what went wrong and each new finding, a line each.
func Main(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("observer", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	file := flags.String("config", "", "")
	if err := flags.Parse(args); err != nil || *file == "" && env(settings.Variable) == "" {
		return errors.Join(err, errors.New(usage))
	}
	c, err := load(*file, env)
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("read the AWS settings: %w", err)
	}
	round, err := alive.Told(ctx, env)
	if err != nil {
		return err
	}
	client := func(region string) *dynamodb.Client {
		return dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) {
			o.Region, o.Retryer = region, aws.NopRetryer{} // a look that failed is a look; the next one comes soon
		})
	}
	e := eyes{Config: c, clients: map[system.Home]describer{}, transport: direct}
	for h, of := range c.Homes {
		e.clients[h] = client(of.Region)
	}
	p := program{Config: c, look: e.look, clock: clock.Wall{}, out: out,
		round: round, table: func(at settings.Place) arbiter.Table { return lock.Words(client(at.Region), at.Table) }}
	p.run(ctx)
	return nil
}

// load reads the file, or without one the environment variable.
func load(file string, env func(string) string) (settings.Config, error) {
	from, text := settings.Variable, env(settings.Variable)
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return settings.Config{}, fmt.Errorf("read the observer's settings: %w", err)
		}
		from, text = file, string(raw)
	}
	c, err := settings.Decode(text)
	if err != nil {
		return c, fmt.Errorf("%s: %w", from, err)
	}
	return c, nil
}

// program is an observer with all that it needs.
type program struct {
	settings.Config
	look  arbiter.Looker
	table func(settings.Place) arbiter.Table
	clock clock.Clock

	mu  sync.Mutex
	out io.Writer
	// round is called at the end of each round of looks.
	round func()
	told  diagnose.Kind
}

func (p *program) run(ctx context.Context) {
	r := arbiter.Default()
	o := arbiter.Observer{Name: p.Observer, Rules: r, Clock: p.clock, Look: p.look, Own: p.table(p.Own())}
	third := p.table(p.Arbiter)
	var all sync.WaitGroup
	if p.Observer != arbiter.Name {
		o.Arbiter = &third
	} else {
		bench := arbiter.Bench{Rules: r, Clock: p.clock, Table: third, Tell: p.tell}
		all.Go(func() { arbiter.Every(ctx, p.clock, r.Every, bench.Once, p.wrong) })
	}
	once := func(ctx context.Context) error {
		defer p.round()
		return o.Once(ctx)
	}
	all.Go(func() { arbiter.Every(ctx, p.clock, r.Every, once, p.wrong) })
	all.Wait()
}

func (p *program) wrong(err error) { p.line("error: %v", err) }

// tell tells a finding when it is another one than before.
func (p *program) tell(f diagnose.Finding) {
	p.mu.Lock()
	same := f.Kind == p.told
	p.told = f.Kind
	p.mu.Unlock()
	if !same {
		p.line("finding: %s %s: %s", f.Kind, f.Home, f.Why)
	}
}

func (p *program) line(format string, values ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = fmt.Fprintf(p.out, "observer "+p.Observer+": "+format+"\n", values...)
}
