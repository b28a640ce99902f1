package target

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/fault"
	"redoubt/system"
	"redoubt/tests/homes"
)

// TestMain runs the tests in a project's folder with the small system up.
func TestMain(m *testing.M) {
	code := func() int {
		defer homes.Clean()
		dir, err := os.MkdirTemp("", "redoubt-target-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		if err := errors.Join(homes.Store(dir), os.Chdir(dir)); err != nil {
			panic(err)
		}
		return m.Run()
	}()
	os.Exit(code)
}

// use opens the simulated regions; what a test does to them is not kept.
func use(t *testing.T, act func(simulated)) {
	t.Helper()
	s, _, _ := streams.Test()
	err := Use(t.Context(), Options{On: Sim, Streams: s, Who: t.Name(), Wait: time.Minute}, func(open Target) error {
		of := open.(simulated)
		regions := *of.Regions
		regions.World = of.World.Fork()
		act(simulated{&regions, localRuns(filepath.Join(t.TempDir(), "runs"))})
		return nil
	})
	require.NoError(t, err)
}

func (s simulated) inject(t *testing.T, line string) {
	t.Helper()
	f, err := fault.Parse(line)
	require.NoError(t, err)
	require.NoError(t, s.World.Inject(f))
}

func (s simulated) call(t *testing.T, c plan.Call) {
	t.Helper()
	_, err := s.Port(inventory.Inventory{}).Call(t.Context(), c)
	require.NoError(t, err)
}

func TestUse_knowsItsTargets(t *testing.T) {
	s, _, _ := streams.Test()
	err := Use(t.Context(), Options{On: "mars", Streams: s}, nil)
	require.ErrorContains(t, err, `--on is "mars", want sim or aws`)
	_, _, err = RunsOf(t.Context(), Options{On: ""})
	require.ErrorContains(t, err, `--on is ""`)
	runs, p, err := RunsOf(t.Context(), Options{On: Sim})
	require.NoError(t, err)
	assert.Equal(t, "atlas", p.System.Name)
	assert.Equal(t, localRuns(p.Path("runs")), runs)
}

func TestUse_onAWSNeedsCredentials(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	s, _, _ := streams.Test()
	err := Use(t.Context(), Options{On: AWS, Streams: s}, func(Target) error { panic("nothing is opened") })
	require.ErrorContains(t, err, "AWS credentials")
	assert.Equal(t, exit.Usage, exit.Of(err))
}

func TestKnow_takesThePeersCopyOfASilentHome(t *testing.T) {
	use(t, func(s simulated) {
		both, err := Know(t.Context(), s)
		require.NoError(t, err)
		assert.Empty(t, both.Silent)
		assert.Len(t, both.Inventory.Homes, 2)
		assert.Len(t, both.At, 2)
		hash, err := inventory.Hash(both.Inventory)
		require.NoError(t, err)

		s.inject(t, "region-down eu-west-1")
		one, err := Know(t.Context(), s)
		require.NoError(t, err)
		assert.Contains(t, one.Silent, system.Primary)
		assert.Equal(t, "eu-west-1", one.Inventory.Homes[system.Primary].Region)
		old, err := inventory.Hash(one.Inventory)
		require.NoError(t, err)
		made, err := both.Made(old)
		require.NoError(t, err)
		assert.True(t, made, "what the copy tells is told by both, too")
		made, err = both.Made(hash)
		require.NoError(t, err)
		assert.True(t, made)
		made, err = both.Made("another")
		require.NoError(t, err)
		assert.False(t, made)

		s.inject(t, "region-down eu-central-1")
		_, err = Know(t.Context(), s)
		require.ErrorContains(t, err, "no home tells its inventory: the primary home: ")
		require.ErrorContains(t, err, "the secondary home: ")
	})
}

func TestKnow_needsToKnowWhereTheHomesAre(t *testing.T) {
	use(t, func(s simulated) {
		p := *s.Project()
		p.Regions, p.Accounts = map[system.Home]string{system.Primary: "eu-west-1"}, map[system.Home]string{}
		s.Regions.Project = &p
		_, err := Know(t.Context(), s)
		assert.Equal(t, exit.Usage, exit.Of(err))
		for _, want := range []string{"Pulumi.primary.yaml: redoubt:accountId is missing",
			"Pulumi.secondary.yaml: redoubt:region is missing", "Pulumi.secondary.yaml: redoubt:accountId is missing"} {
			require.ErrorContains(t, err, want)
		}
	})
}

// lost is a target whose domain leads nowhere.
type lost struct{ Target }

func (lost) Leads(context.Context, string, map[system.Home]string) (system.Home, error) {
	return "", errors.New("no such name")
}

func TestServing_asksTheNameAndThenTheSwitch(t *testing.T) {
	use(t, func(s simulated) {
		k, err := Know(t.Context(), s)
		require.NoError(t, err)
		serves := func(t Target) system.Home {
			home, _ := Serving(context.Background(), t, k)
			return home
		}
		assert.Equal(t, system.Primary, serves(s))
		assert.Equal(t, system.Primary, serves(lost{s}), "nobody has taken the traffic")
		assert.Zero(t, Moved(t.Context(), s, k))

		take, err := planner.TakeTraffic(k.Inventory, system.Secondary)
		require.NoError(t, err)
		s.call(t, take.Steps[0].Call)
		s.World.Advance(s.World.Now().Add(5 * time.Minute))
		assert.Equal(t, system.Secondary, serves(s))
		assert.Equal(t, system.Secondary, serves(lost{s}))
		moved := Moved(t.Context(), s, k)
		assert.Less(t, s.World.Now().Sub(moved), 5*time.Minute)

		s.inject(t, "region-down eu-west-1")
		_, err = Serving(t.Context(), lost{s}, k)
		require.ErrorContains(t, err, "which home serves now cannot be told: no such name",
			"the silent home may have reclaimed the traffic")
		s.inject(t, "region-up eu-west-1")
		back, err := planner.TakeTraffic(k.Inventory, system.Primary)
		require.NoError(t, err)
		s.call(t, back.Steps[0].Call)
		s.World.Advance(s.World.Now().Add(5 * time.Minute))
		assert.Equal(t, system.Primary, serves(s))
		_, err = Serving(t.Context(), lost{s}, k)
		require.Error(t, err, "both hold their claim")
	})
}

func TestObserve_isNeverToldTheFault(t *testing.T) {
	for line, want := range map[string]diagnose.Kind{
		"region-down eu-west-1":                     diagnose.RegionSilent,
		"partition eu-west-1 eu-central-1":          diagnose.RegionSilent, // which two observers cannot tell apart
		"writer-down atlas-tasks-primary eu-west-1": diagnose.WriterLost,
		"control-plane-down rds eu-west-1":          diagnose.Healthy, // says nothing of the writer
		"control-plane-down cloudwatch eu-west-1":   diagnose.Unclear,
		"region-down us-east-1":                     diagnose.Healthy,
	} {
		use(t, func(s simulated) {
			k, err := Know(t.Context(), s)
			require.NoError(t, err)
			s.inject(t, line)
			began := s.World.Now()
			seen, err := s.Observe(t.Context(), k.Inventory, system.Primary)
			require.NoError(t, err)
			assert.Equal(t, lookFor, s.World.Now().Sub(began), "looking takes time")
			f := diagnose.Find(s.World.Now(), seen, diagnose.DefaultRules(false))
			assert.Equal(t, want, f.Kind, "%s: %s", line, f.Why)
		})
	}
}

func TestRuns_keepPlansAndJournals(t *testing.T) {
	use(t, func(s simulated) {
		k, err := Know(t.Context(), s)
		require.NoError(t, err)
		p, err := planner.TakeTraffic(k.Inventory, system.Secondary)
		require.NoError(t, err)
		for name, runs := range map[string]Runs{"on this machine": s.localRuns, "in the homes": keptRuns{s.Steady(), s.Project()}} {
			t.Run(name, func(t *testing.T) { keeps(t, runs, p, func() { s.World.Advance(s.World.Now().Add(time.Second)) }) })
		}
	})
}

// keeps is what all kinds of Runs do. Tick lets time pass.
func keeps(t *testing.T, runs Runs, p plan.Plan, tick func()) {
	ctx := t.Context()
	last, err := runs.Last(ctx)
	require.NoError(t, err)
	assert.Empty(t, last)
	_, err = runs.Plan(ctx, "one")
	require.ErrorContains(t, err, `there is no run "one"`)
	assert.Equal(t, exit.Usage, exit.Of(err))
	records, err := runs.Records(ctx, "one")
	require.NoError(t, err)
	assert.Empty(t, records)

	require.NoError(t, runs.Create(ctx, "one", system.Secondary, p))
	other := p
	other.Title = "another"
	require.ErrorIs(t, runs.Create(ctx, "one", system.Secondary, other), ErrExists)
	tick()
	require.NoError(t, runs.Create(ctx, "two", system.Primary, p))
	last, err = runs.Last(ctx)
	require.NoError(t, err)
	assert.Equal(t, "two", last)
	got, err := runs.Plan(ctx, "one")
	require.NoError(t, err)
	assert.Equal(t, p, got)

	store, err := runs.Journal(ctx, "one")
	require.NoError(t, err)
	rec := journal.Record{Run: "one", Seq: 1, Kind: journal.Started, Plan: "abc"}
	require.NoError(t, store.Append(ctx, rec))
	records, err = runs.Records(ctx, "one")
	require.NoError(t, err)
	assert.Equal(t, []journal.Record{rec}, records)
	rec.Plan = "of somebody else"
	require.ErrorIs(t, store.Append(ctx, rec), journal.ErrTaken)
	records, err = runs.Records(ctx, "two")
	require.NoError(t, err)
	assert.Empty(t, records)
}

func TestLocalRuns_readingLeavesATornRecordAlone(t *testing.T) {
	runs := localRuns(t.TempDir())
	dir := filepath.Join(string(runs), "one")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	line, err := journal.Encode(journal.Record{Run: "one", Seq: 1, Kind: journal.Started})
	require.NoError(t, err)
	text := append(line, line[:10]...)
	file := filepath.Join(dir, "one.journal")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	records, err := runs.Records(t.Context(), "one")
	require.NoError(t, err)
	assert.Len(t, records, 1)
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, text, after, "somebody may be writing it")
}

func TestAmazon_leadsWhereTheAddressesAre(t *testing.T) {
	t.Parallel()
	names := map[string][]string{
		"agents.example.com": {"198.51.100.7"}, "one.elb": {"198.51.100.1", "198.51.100.2"}, "two.elb": {"198.51.100.7", "198.51.100.8"},
	}
	a := amazon{lookup: func(_ context.Context, name string) ([]string, error) {
		if names[name] == nil {
			return nil, errors.New("no such host")
		}
		return names[name], nil
	}}
	addresses := map[system.Home]string{system.Primary: "one.elb", system.Secondary: "two.elb"}
	home, err := a.Leads(t.Context(), "agents.example.com", addresses)
	require.NoError(t, err)
	assert.Equal(t, system.Secondary, home)
	addresses[system.Secondary] = "gone.elb"
	home, err = a.Leads(t.Context(), "agents.example.com", addresses)
	require.NoError(t, err)
	assert.Empty(t, home)
	_, err = a.Leads(t.Context(), "nowhere.example.com", addresses)
	require.Error(t, err)
	_, err = a.Observe(t.Context(), inventory.Inventory{}, system.Primary)
	assert.Equal(t, exit.Usage, exit.Of(err))
}
