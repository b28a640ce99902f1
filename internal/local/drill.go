//go:build linux

package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/jackc/pgx/v5"
	goredis "github.com/redis/go-redis/v9"

	"redoubt/internal/clock"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/marks"
	"redoubt/witness/run"
)

// Witness is the name of the witness of a drill.
const Witness = "drill"

// Kill says when and how a home is lost.
type Kill struct {
	// After is how long marks are written before.
	After time.Duration `json:"after"`
	// Cut are the stores whose copying ends before the loss, and how long before.
	Cut map[string]time.Duration `json:"cut,omitempty"`
	// Twice is how many messages of the queue are sent once more after the recovery.
	Twice int `json:"twice,omitempty"`
}

// Every are the intervals of the marks: what one Python process serves gets fewer.
var Every = map[string]time.Duration{Tasks: 40 * time.Millisecond, Recall: 40 * time.Millisecond,
	Sessions: 200 * time.Millisecond, Artifacts: 200 * time.Millisecond, Work: 200 * time.Millisecond}

// Stores are the stores in the order of the system.
var Stores = []string{Tasks, Recall, Sessions, Artifacts, Work}

// Result is one drill.
type Result struct {
	Kill Kill `json:"kill"`
	// Found is what was found of the loss, after Noticed.
	Found   string        `json:"found"`
	Noticed time.Duration `json:"noticed"`
	// Outcome is how the plan ended, and how long its run took.
	Outcome string        `json:"outcome"`
	Ran     time.Duration `json:"ran"`
	// Stores hold the witness's word and the truth.
	Stores map[string]Compared `json:"stores"`
}

// Compared is what the witness says of a store beside what is true.
type Compared struct {
	Witness run.Verdict `json:"witness"`
	Truth   Truth       `json:"truth"`
}

// drill is one drill under way.
type drill struct {
	*Pair
	kill   Kill
	dir    string
	places map[string]map[system.Home]marks.Place
}

// Drill starts two homes, writes marks, loses the primary, recovers by the plan that the planner makes of what was found,
// and compares the witness with the truth.
func (m *Machine) Drill(ctx context.Context, k Kill) (out Result, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	p, err := m.Pair(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("start the homes: %w", err)
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	d := drill{Pair: p, kill: k, dir: m.round}
	d.open()
	defer d.close()
	out = Result{Kill: k, Stores: map[string]Compared{}}
	stop, err := d.witness(ctx)
	if err != nil {
		return out, err
	}
	lost, err := d.loseAt(ctx)
	if err == nil {
		err = d.recover(ctx, lost[Tasks].From, &out)
	}
	if err == nil {
		err = clock.Wall{}.Sleep(ctx, 600*time.Millisecond) // some marks in the home that serves now
	}
	if err = errors.Join(err, stop()); err != nil {
		return out, err
	}
	return out, d.judge(ctx, lost, &out)
}

// open makes the places of the marks: each home's own for the AWS stores, the name for what follows the switch.
func (d *drill) open() {
	w := marks.Witness{Name: Witness}
	tasks := &marks.Postgres{Witness: w, Connect: func(ctx context.Context) (*pgx.Conn, error) {
		return connect(ctx, loopbackHost, d.names[Tasks].Port())
	}}
	recall := &marks.Cache{Witness: w, Client: goredis.NewClient(options("tcp", loopback(d.names[Recall].Port())))}
	d.places = map[string]map[system.Home]marks.Place{
		Tasks:    {system.Primary: tasks, system.Secondary: tasks},
		Recall:   {system.Primary: recall, system.Secondary: recall},
		Sessions: {}, Artifacts: {}, Work: {},
	}
	for _, home := range system.Homes {
		c := cloudAt(home, d.roads[home].Port())
		d.places[Sessions][home] = &marks.Table{Witness: w, Client: c.tables, Table: d.store(home, Sessions).Name}
		d.places[Artifacts][home] = &marks.Bucket{Witness: w, Client: c.buckets, Bucket: d.store(home, Artifacts).Name}
		d.places[Work][home] = &marks.Queue{Witness: w, Ledger: c.tables, Messages: c.queues, Quiet: time.Millisecond,
			URL: d.store(home, Work).URL, Table: d.store(home, Work).LedgerTable}
	}
}

func (d *drill) close() {
	for _, homes := range d.places {
		for _, p := range homes {
			_ = p.Close()
		}
	}
}

// witness starts the witness, with its log outside the homes, and waits for the steady state.
func (d *drill) witness(ctx context.Context) (stop func() error, err error) {
	log, err := run.Open(filepath.Join(d.dir, "witness"))
	if err != nil {
		return nil, err
	}
	r := run.Runner{Clock: clock.Wall{}, Log: log, Active: d.Active}
	for _, store := range Stores {
		r.Writers = append(r.Writers, run.Writer{Store: store, Every: Every[store], Places: d.places[store]})
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stop = func() error {
		cancel()
		return errors.Join(<-ended, log.Close())
	}
	err = await(ctx, "wait for the steady state", func(context.Context) error {
		all, err := run.Read(filepath.Join(d.dir, "witness"))
		for _, store := range Stores {
			if tries := all.Of(store, time.Time{}); err == nil && (len(tries) < 2 || tries[len(tries)-1].Refused != "") {
				err = fmt.Errorf("store %s takes no marks yet: %+v", store, tries)
			}
		}
		return err
	})
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	return stop, nil
}

// loseAt ends the copying where it is to end and kills the primary home.
func (d *drill) loseAt(ctx context.Context) (map[string]death, error) {
	wait := clock.Wall{}
	at := wait.Now().Add(d.kill.After)
	for store, before := range d.kill.Cut {
		go func() {
			if wait.Sleep(ctx, at.Add(-before).Sub(wait.Now())) == nil {
				d.Cut(store)
			}
		}()
	}
	if err := wait.Sleep(ctx, at.Sub(wait.Now())); err != nil {
		return nil, err
	}
	return d.lose()
}

// recover notices the loss, plans and runs the plan.
func (d *drill) recover(ctx context.Context, lost time.Time, out *Result) error {
	finding, err := d.notice(ctx)
	if err != nil {
		return err
	}
	now := clock.Wall{}.Now()
	out.Found, out.Noticed = finding.Why, now.Sub(lost)
	made, err := planner.Make(planner.Request{
		Scenario: planner.RegionLoss, System: d.System, Inventory: d.Inventory, Finding: finding, Now: now,
		Goal: planner.Goal{Active: system.Primary},
		Seen: planner.Seen{InventoryAt: map[system.Home]time.Time{system.Primary: now, system.Secondary: now}},
	})
	if err != nil {
		return err
	}
	text, err := plan.Encode(made) // what runs is what was written, as for a person
	if err != nil {
		return err
	}
	if made, err = plan.Decode(text); err != nil {
		return err
	}
	store, err := journal.NewFile(filepath.Join(d.dir, "journal"))
	if err != nil {
		return err
	}
	runner := execute.Runner{Port: d.Port(), Store: store, Clock: clock.Wall{}, CallTimeout: 10 * time.Second}
	end, err := runner.Run(ctx, execute.New(made, execute.Options{
		Run: "drill", Generation: 1, Poll: 10 * time.Millisecond, Backoff: 20 * time.Millisecond}))
	out.Outcome, out.Ran = string(end.Outcome), clock.Wall{}.Now().Sub(now)
	if err == nil && end.Outcome != execute.Recovered {
		err = fmt.Errorf("the plan ended %s: %s", end.Outcome, end.Why)
	}
	return errors.Join(err, store.Close())
}

// observers look from outside; the home itself says nothing once it is lost.
var observers = []string{string(system.Secondary), "arbiter"}

// rules are those of two homes with an arbiter, with less patience than AWS needs.
func rules() diagnose.Rules {
	r := diagnose.DefaultRules(true)
	r.Quiet = 100 * time.Millisecond
	return r
}

// notice looks at the primary home until it is found lost.
func (d *drill) notice(ctx context.Context) (diagnose.Finding, error) {
	var seen []diagnose.Observation
	var found diagnose.Finding
	err := await(ctx, "notice the loss", func(ctx context.Context) error {
		for _, observer := range observers {
			for aspect, port := range map[diagnose.Aspect]int{
				diagnose.Entry: d.databases[system.Primary].port, diagnose.Control: d.roads[system.Primary].Port()} {
				seen = append(seen, look(ctx, observer, aspect, port))
			}
		}
		if found = diagnose.Find(clock.Wall{}.Now(), seen, rules()); found.Kind != diagnose.RegionLost {
			return fmt.Errorf("found: %s (%s)", found.Kind, found.Why)
		}
		return nil
	})
	return found, err
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

// judge reads the marks back in the secondary home and compares.
func (d *drill) judge(ctx context.Context, lost map[string]death, out *Result) error {
	if err := d.sendTwice(ctx); err != nil {
		return err
	}
	all, err := run.Read(filepath.Join(d.dir, "witness"))
	if err != nil {
		return err
	}
	truth, err := d.truth(ctx, Witness, lost)
	if err != nil {
		return err
	}
	for _, store := range Stores {
		found, err := d.places[store][system.Secondary].Read(ctx)
		if err != nil {
			return fmt.Errorf("read %s back: %w", store, err)
		}
		v, err := all.Of(store, time.Time{}).Judge(store, Every[store], found, witness.MeasuredLocally)
		if err != nil {
			return err
		}
		out.Stores[store] = Compared{v, truth[store]}
	}
	return nil
}

// sendTwice sends messages of the ledger once more, as a producer does that never heard that it was heard.
func (d *drill) sendTwice(ctx context.Context) error {
	c, of := d.direct[system.Secondary], d.store(system.Secondary, Work)
	items, err := scan(ctx, c, of.LedgerTable)
	if err == nil && len(items) < d.kill.Twice {
		err = fmt.Errorf("the ledger has %d items, want %d to send twice", len(items), d.kill.Twice)
	}
	if err != nil {
		return err
	}
	for _, item := range items[:d.kill.Twice] {
		body := fmt.Sprintf(`{"token":%q,"payload":%q}`, idOf(item), marks.QueuePayload)
		if _, err := c.queues.SendMessage(ctx, &sqs.SendMessageInput{
			QueueUrl: aws.String(of.URL), MessageBody: aws.String(body)}); err != nil {
			return err
		}
	}
	return nil
}
