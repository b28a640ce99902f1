package program

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"redoubt/internal/clock"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// usage is what the program says of itself.
const usage = `witness writes numbered marks into every store and says what a loss took away.

  witness write -config FILE                write marks until stopped; only this home's disk holds the log
  witness judge -config FILE [-since TIME]  read the marks back in this home; RPO, RTO, duplicates, order, as JSON
  witness stand                             write marks until stopped; the log goes into the home's control bucket
  witness judge [-since TIME]               the same of the witness that stands in the home

TIME is RFC 3339; marks that were tried before it are left out. Without a FILE the environment says which home it is
(AWS_REGION, REDOUBT_WITNESS_HOME, REDOUBT_WITNESS_BUCKET, REDOUBT_WITNESS_SYSTEM), as it does in the home's pods`

// Main runs one command. It ends when ctx does.
func Main(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "stand":
		return stand(ctx, env, out)
	case len(args) == 0 || args[0] != "write" && args[0] != "judge":
		return errors.New(usage)
	}
	flags := flag.NewFlagSet("witness "+args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	file := flags.String("config", "", "")
	var since time.Time
	flags.Func("since", "", func(text string) (err error) {
		since, err = time.Parse(time.RFC3339, text)
		return err
	})
	if err := flags.Parse(args[1:]); err != nil {
		return fmt.Errorf("%w\n%s", err, usage)
	}
	if *file == "" && args[0] == "judge" {
		return judgeStanding(ctx, env, since, out)
	}
	p, err := Load(*file)
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(p.inventory.Homes[p.Home].Region))
	if err != nil {
		return fmt.Errorf("read the AWS settings: %w", err)
	}
	m := maker{p, cfg, secretsmanager.NewFromConfig(cfg)}
	if args[0] == "write" {
		return m.write(ctx)
	}
	return m.judge(ctx, since, out)
}

// write writes marks until ctx ends.
func (m maker) write(ctx context.Context) error {
	log, err := run.Open(m.Log)
	if err != nil {
		return err
	}
	r := run.Runner{Clock: clock.Wall{}, Log: log, Active: m.theSwitch(net.DefaultResolver.LookupHost).Active}
	for _, s := range m.written() {
		r.Writers = append(r.Writers, run.Writer{Store: s.Name, Every: m.every[s.Name], Places: m.places(s)})
	}
	err = r.Run(ctx)
	for _, w := range r.Writers {
		for _, p := range w.Places {
			err = errors.Join(err, p.Close())
		}
	}
	return errors.Join(err, log.Close())
}

// written are the stores that get marks.
func (p *Program) written() []system.Store {
	var out []system.Store
	for _, s := range p.system.Stores {
		if p.every[s.Name] > 0 {
			out = append(out, s)
		}
	}
	return out
}

func (p *Program) theSwitch(lookup Lookup) *Switch {
	s := &Switch{Lookup: lookup, Clock: clock.Wall{}, Addresses: map[system.Home]string{}}
	for home, of := range p.inventory.Homes {
		s.Addresses[home] = of.Entry.Address
	}
	s.Domain = p.inventory.Homes[p.Home].Entry.Domain
	return s
}

// Judged is what is known of one store; Unread says why nothing could be read back.
type Judged struct {
	run.Verdict
	Unread string `json:"unread,omitempty"`
}

// judge reads back and compares with the log. A log that is not there makes every RPO unknown, and is said.
func (m maker) judge(ctx context.Context, since time.Time, out io.Writer) error {
	all, lost := run.Read(m.Log)
	verdicts, err := m.verdicts(ctx, all, since)
	if err != nil {
		return err
	}
	return errors.Join(print(out, verdicts), lost)
}

// print writes a document.
func print(out io.Writer, what any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(what)
}

// verdicts read every store back in the program's home.
func (m maker) verdicts(ctx context.Context, all run.Records, since time.Time) ([]Judged, error) {
	var verdicts []Judged
	for _, s := range m.written() {
		places := m.places(s)
		from := places[m.Home]
		if from == nil {
			return nil, fmt.Errorf("the inventory knows no store %s in the %s home", s.Name, m.Home)
		}
		v, err := judgeOne(ctx, s, m.every[s.Name], all.Of(s.Name, since), from)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, v)
		for _, p := range places {
			_ = p.Close()
		}
	}
	return verdicts, nil
}

// reader is a place that is read.
type reader interface {
	Read(ctx context.Context) ([]int64, error)
}

// readWithin is how long a store may take to be read back: one that nobody reaches from here is told of, not waited for.
const readWithin = 2 * time.Minute

func judgeOne(ctx context.Context, s system.Store, every time.Duration, tries run.Records, from reader) (Judged, error) {
	ctx, stop := context.WithTimeout(ctx, readWithin)
	defer stop()
	seqs := make([]int64, len(tries))
	for n, t := range tries {
		seqs[n] = t.Seq
	}
	found, err := marks.ReadBack(ctx, from, seqs)
	if err != nil {
		return Judged{Verdict: run.Verdict{Loss: witness.Loss{Store: s.Name}}, Unread: err.Error()}, nil
	}
	v, err := tries.Judge(s.Name, every, found, witness.Measured)
	return Judged{Verdict: v}, err
}
