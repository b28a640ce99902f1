package agents

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/open-feature/go-sdk/openfeature"

	"redoubt/agentkit/call"
	"redoubt/agentkit/flags"
	"redoubt/agentkit/home"
	"redoubt/agentkit/keep"
	"redoubt/agentkit/ledger"
	"redoubt/agentkit/measure"
	"redoubt/agentkit/ready"
	"redoubt/system"
)

// agent is what all agents have in common.
type agent struct {
	Config
	system   *system.System
	declared system.Agent
	figures  *figures
	metrics  *measure.Recorder
	levels   *flags.Levels
	mux      *http.ServeMux
	// tasks is the database; nil for agents that do not use it.
	tasks  *pgxpool.Pool
	tables *dynamodb.Client
	queues *sqs.Client
	// services are the clients of the services outside that have none behind them.
	services map[string]callee
	// leases are asked before anything is written; nil where nothing is to be asked.
	leases home.Majority
	// work runs beside the server until its context ends: a consumer.
	work func(context.Context) error
	// faults are what is wrong with how the agent was put together.
	faults []error
}

// kinds are the agents by their names in system.yaml.
var kinds = map[string]func(context.Context, *agent){
	"gateway": gateway, "sessions-api": sessionsAPI, "planner": planner,
	"worker": worker, "tool-runner": toolRunner, "memory": memory, "scheduler": scheduler,
}

// Names lists the agents that there are.
func Names() []string {
	var out []string
	for name := range kinds {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Run is the agent of that name: it serves at the address until ctx ends, and then finishes what it has in hand.
func Run(ctx context.Context, name, address string, c Config) error {
	a, err := newAgent(ctx, name, c)
	if err != nil {
		return err
	}
	defer a.levels.Close()
	kinds[name](ctx, a)
	if err := errors.Join(a.faults...); err != nil {
		return fmt.Errorf("agent %s: %w", name, err)
	}
	worked := make(chan error, 1)
	go func() { worked <- a.work(ctx) }()
	go a.leases.Watch(ctx)
	health, err := ready.New(a.checks(), ready.Options{Metrics: a.metrics})
	if err != nil {
		return err
	}
	server := &http.Server{Addr: address, Handler: a.handler(health), ReadHeaderTimeout: 5 * time.Second}
	served := ready.Serve(ctx, server, health, ready.Grace{Finish: 10 * time.Second})
	return errors.Join(served, <-worked)
}

func newAgent(ctx context.Context, name string, c Config) (*agent, error) {
	sys, err := system.Load(c.System)
	if err != nil {
		return nil, err
	}
	declared, there := sys.Agent(name)
	if _, known := kinds[name]; !known || !there {
		return nil, fmt.Errorf("there is no agent %q; there are %v, and %s declares them", name, Names(), c.System)
	}
	a := &agent{Config: c, system: sys, declared: declared, mux: http.NewServeMux(), services: map[string]callee{},
		tables: dynamodb.NewFromConfig(c.aws()), queues: sqs.NewFromConfig(c.aws())}
	a.work = func(ctx context.Context) error { <-ctx.Done(); return nil }
	if a.figures, a.metrics, err = newFigures(); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(declared.Stores, func(u system.Use) bool { return u.Store == "tasks" }) {
		if a.tasks, err = pgxpool.New(ctx, c.Database); err != nil {
			return nil, err
		}
	}
	if sys.Leased(declared) {
		if a.leases, err = keep.Watchers(os.Getenv, c.aws(), a.metrics); err != nil {
			return nil, err
		}
	}
	file := flags.File{Path: c.Flags}
	source := flags.NewProvider(file, flags.Options{Metrics: a.metrics, Every: 500 * time.Millisecond})
	if err := openfeature.SetNamedProvider(name, source); err != nil {
		return nil, err
	}
	a.levels = flags.NewLevels(name, a.metrics, openfeature.NewClient(name))
	return a, nil
}

// places is how many requests an agent has in hand at once, as its memory allows; more of them wait.
const places = 12

// handler lets a request in when there is a place, within its caller's patience. Questions about the agent itself do
// not wait.
func (a *agent) handler(health *ready.Health) http.Handler {
	free := make(chan struct{}, places)
	inPlace := func(w http.ResponseWriter, req *http.Request) {
		select {
		case free <- struct{}{}:
			defer func() { <-free }()
			a.mux.ServeHTTP(w, req)
		case <-req.Context().Done():
			http.Error(w, "no place", http.StatusServiceUnavailable)
		}
	}
	all := http.NewServeMux()
	health.Register(all)
	all.Handle("GET /figures", a.figures)
	all.Handle("/", call.Within(10*time.Second, http.HandlerFunc(inPlace)))
	return all
}

// mayWrite is what whatever writes asks first; nil for what every home may do.
func (a *agent) mayWrite() func(context.Context) bool {
	if a.leases == nil {
		return nil
	}
	return a.leases.MayWrite
}

// checks tell of what all replicas share, so none makes this one unready.
func (a *agent) checks() []ready.Check {
	if a.tasks == nil {
		return nil
	}
	return []ready.Check{{Name: "tasks", Advisory: true, Run: a.tasks.Ping}}
}

// ledger is the work ledger of a queue of system.yaml.
func (a *agent) ledger(queue string) *ledger.Ledger {
	q, there := a.Queues[queue]
	if !there {
		a.fault("no queue %q is configured", queue)
	}
	return &ledger.Ledger{Table: a.tables, Queue: a.queues, Name: q.Ledger, URL: q.URL, Meter: a.metrics}
}

// self is unique to the process.
func (a *agent) self() string {
	host, _ := os.Hostname() // the pod's name
	return fmt.Sprintf("%s/%s/%d", a.declared.Name, host, os.Getpid())
}

func (a *agent) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Errorf(format, args...))
}
