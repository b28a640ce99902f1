//go:build apps && linux

package agents

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/measure"
	"redoubt/examples/agents"
	"redoubt/examples/agents/outside"
	"redoubt/internal/local"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/system/flags"
)

var (
	must   = flag.Bool("must", os.Getenv("CI") == "true", "fail where a program is not installed")
	report = flag.String("report", "", "the file that the report is written to, in Markdown")
)

// binary is the program of the agents, keeper that which keeps the lease of the active home.
var binary, keeper string

// TestMain builds the agents. It tries nothing where a program is not installed, which it says, and which neither CI
// nor make demo-agents allows.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := local.Missing(); err != nil {
		fmt.Println("NOT TRIED: the example agents on one machine;", err)
		if *must {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(build(m.Run))
}

func build(then func() int) int {
	dir, err := os.MkdirTemp("", "redoubt-agents-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of ours
	binary, keeper = filepath.Join(dir, "agents"), filepath.Join(dir, "keeper")
	if said, err := exec.Command("go", "build", "-ldflags", "-s -w", "-o", dir, "../../examples/agents/cmd/agents", "../../cmd/keeper").
		CombinedOutput(); err != nil {
		fmt.Printf("build the agents: %v: %s", err, said)
		return 1
	}
	return then()
}

// atlas is the example system, running.
type atlas struct {
	*local.Pair
	dir      string
	config   agents.Config
	system   *system.System
	programs map[string]*local.Program
	// ports are where the programs listen, ways how others reach the agents.
	ports map[string]int
	ways  map[string]*local.Line
}

// services are what pretends to be outside.
var services = []string{"large-model", "small-model", "web-search"}

// instances are the processes of the agents, in the order in which they start.
var instances = []string{"sessions-api", "memory", "planner", "worker", "worker-2", "tool-runner", "scheduler", "gateway"}

// open starts the stores, the services outside and the agents that are named.
func open(t *testing.T, unprotected bool, which ...string) *atlas {
	t.Helper()
	m, err := local.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, m.Close()) })
	pair, err := m.Pair(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, pair.Close()) })
	require.NoError(t, pair.EndCopies())
	a := &atlas{Pair: pair, dir: t.TempDir(), programs: map[string]*local.Program{}, ports: map[string]int{},
		ways: map[string]*local.Line{}}
	a.system, err = system.Load("../../system.yaml")
	require.NoError(t, err)
	for _, name := range slices.Concat(services, instances) {
		a.ports[name], err = local.FreePort()
		require.NoError(t, err)
	}
	require.NoError(t, a.configure(t.Context(), unprotected))
	for _, name := range slices.Concat(services, which) {
		require.NoError(t, a.start(t.Context(), name))
	}
	t.Cleanup(func() { a.stop(t) })
	return a
}

// configure makes the stores that the pair does not have, and writes down where everything is.
func (a *atlas) configure(ctx context.Context, unprotected bool) (err error) {
	stores := a.Inventory.Homes[system.Primary].Stores
	c := agents.Config{Agents: map[string]string{}, Outside: map[string]string{}, Queues: map[string]agents.Queue{},
		Region: local.Regions[system.Primary], Sessions: stores[local.Sessions].Name, Artifacts: stores[local.Artifacts].Name,
		Idempotency: "idempotency", Locks: "locks", Effects: "effects", Unprotected: unprotected, Flags: filepath.Join(a.dir, "flags.json")}
	aws := a.Config(system.Primary)
	c.Endpoint = *aws.BaseEndpoint
	if c.System, err = filepath.Abs("../../system.yaml"); err != nil {
		return err
	}
	database, err := a.Database(ctx)
	if err != nil {
		return err
	}
	c.Database = database.Config().ConnString() + " pool_max_conns=8 connect_timeout=2"
	_ = database.Close(ctx)
	c.Cache = address(a.Name(local.Recall).Port())
	for _, name := range services {
		c.Outside[name] = "http://" + address(a.ports[name])
	}
	for _, name := range instances {
		if a.ways[name], err = local.NewLine(address(a.ports[name])); err != nil {
			return err
		}
		c.Agents[name] = "http://" + address(a.ways[name].Port())
	}
	for _, name := range []string{"work", "tool-jobs"} {
		var q agents.Queue
		q.Ledger = "atlas-" + name + "-ledger"
		var dead string
		var err1, err2 error
		q.URL, err1 = a.Queue(ctx, "atlas-"+name, q.Ledger)
		dead, err2 = a.Queue(ctx, "atlas-"+name+"-dead", q.Ledger+"-dead")
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		q.DeadURL = dead
		c.Queues[name] = q
	}
	a.config = c
	raw, err := json.Marshal(c)
	return errors.Join(err, os.WriteFile(a.path(), raw, 0o600), a.Table(ctx, c.Idempotency, inventory.IdempotencyKey), a.Table(ctx, c.Locks, inventory.LocksKey),
		a.Table(ctx, c.Effects, "effect"), a.level(nil))
}

func (a *atlas) path() string { return filepath.Join(a.dir, "agents.json") }

// level sets the degradation levels of agents; the others work at full.
func (a *atlas) level(at map[string]system.Level) error {
	d, err := flags.Of(a.system, at)
	if err != nil {
		return err
	}
	raw, err := d.Encode()
	if err != nil {
		return err
	}
	next := a.config.Flags + ".next" // no reader sees half of it
	return errors.Join(os.WriteFile(next, raw, 0o600), os.Rename(next, a.config.Flags))
}

// start starts a program and waits until it is ready.
func (a *atlas) start(ctx context.Context, name string) (err error) {
	args, path := []string{"-config", a.path(), "-listen", address(a.ports[name])}, "/readyz"
	switch {
	case a.config.Outside[name] != "":
		args, path = append(args, "outside", name), "/behaviour"
	case name == "worker-2":
		args = append(args, "worker")
	default:
		args = append(args, name)
	}
	if a.programs[name], err = a.Start(name, binary, args...); err != nil {
		return err
	}
	return a.programs[name].Answers(ctx, func(ctx context.Context) error {
		return ask(ctx, http.MethodGet, a.at(name)+path, "", nil, nil)
	})
}

// at is the base address of a program, past the ways.
func (a *atlas) at(name string) string { return "http://" + address(a.ports[name]) }

// stop ends all programs, the last first, and holds that each finishes what it has in hand.
func (a *atlas) stop(t *testing.T) {
	for _, name := range slices.Backward(slices.Concat(services, instances)) {
		if p := a.programs[name]; p != nil {
			assert.NoError(t, p.Stop(30*time.Second), name)
		}
	}
	for _, way := range a.ways {
		way.Close()
	}
}

// behave sets how a service outside behaves.
func (a *atlas) behave(ctx context.Context, name string, b outside.Behaviour) error {
	return ask(ctx, http.MethodPut, a.at(name)+"/behaviour", "", outside.State{Behaviour: b}, nil)
}

// figures are all that a program has measured; none when it does not answer.
func (a *atlas) figures(ctx context.Context, name string) (all []agents.Figure) {
	_ = ask(ctx, http.MethodGet, a.at(name)+"/figures", "", nil, &all)
	return all
}

// wired holds that agents have clients of whom system.yaml lets them ask, and of no others.
func (a *atlas) wired(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		declared, _ := a.system.Agent(name)
		var callees []string
		for _, f := range a.figures(t.Context(), name) {
			if f.Name == measure.BreakerState.Name {
				callees = append(callees, f.By["callee"])
			}
		}
		assert.ElementsMatch(t, slices.Concat(declared.Calls, a.system.Asks(declared)), callees, name)
	}
}

// figure is what a program has measured: the sum of an instrument's values under the attributes that are given, 0
// when there is none.
func (a *atlas) figure(ctx context.Context, name, instrument string, by ...string) float64 {
	sum := 0.0
	for _, f := range a.figures(ctx, name) {
		matches := f.Name == instrument
		for n := 0; n+1 < len(by); n += 2 {
			matches = matches && f.By[by[n]] == by[n+1]
		}
		if matches {
			sum += f.Value
		}
	}
	return sum
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// people is how people call: no policy of ours, and patience for some seconds.
var people = &http.Client{Timeout: 15 * time.Second}

// refused is an answer that is no success.
type refused struct {
	status int
	text   string
}

func (r refused) Error() string { return fmt.Sprintf("%d %s", r.status, r.text) }

func ask(ctx context.Context, method, url, token string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Idempotency-Key", token)
	}
	resp, err := people.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read only
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = refused{resp.StatusCode, string(text)}
	}
	if err == nil && out != nil {
		err = json.Unmarshal(text, out)
	}
	return err
}
