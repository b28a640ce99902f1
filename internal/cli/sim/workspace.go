package sim

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/stored"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
	"redoubt/internal/pulumihome"
	"redoubt/sim/provider"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

// Folder is where the simulated regions and the engine's state live.
const Folder = project.Folder

// passphrase protects nothing: every secret of the simulator is made up here.
const passphrase = "redoubt-simulator"

// workspace is one project folder with its simulated regions.
type workspace struct {
	*project.Project
	streams *streams.Streams
	clock   clock.Clock
	// again is the command that goes on after a stop.
	again string
	// refresh makes each update first read back what exists.
	refresh bool
	// policies judge each run.
	policies Policies
	regions  *stored.Regions
	world    *world.World
	face     *provider.Server
	cli      *engine
	// providers says where the engine finds the providers.
	providers string
}

// use opens the project's simulated regions for act. An interrupted act ends
// with the code Stopped and the command that goes on.
func use(ctx context.Context, o *Options, again string, act func(*workspace) error) error {
	p, err := project.Open()
	if err != nil {
		return err
	}
	w, err := open(ctx, o, p, again)
	if err != nil {
		return err
	}
	return errors.Join(w.stopped(ctx, act(w)), w.Close())
}

// useEngine is use for acts that need the engine. A broken system file and a
// missing engine are found before anything is touched.
func useEngine(ctx context.Context, o *Options, again string, act func(*workspace) error) error {
	p, err := project.Open()
	if err != nil {
		return err
	}
	cli, err := findEngine(ctx, p.Dir)
	if err != nil {
		return err
	}
	if err := o.policies.check(p.Dir); err != nil {
		return err
	}
	w, err := open(ctx, o, p, again)
	if err != nil {
		return err
	}
	cli.lock = w.regions.Lock
	w.cli, w.policies = cli, o.policies
	if err := w.serve(ctx, o); err != nil {
		return errors.Join(err, w.Close())
	}
	return errors.Join(w.stopped(ctx, act(w)), w.Close())
}

// open locks the project's simulator and loads the regions.
func open(ctx context.Context, o *Options, p *project.Project, again string) (*workspace, error) {
	r, err := stored.Open(ctx, o.patience(), p, again)
	if err != nil {
		return nil, err
	}
	return &workspace{Project: p, streams: o.Streams, clock: o.clock(), again: again, regions: r, world: r.World}, nil
}

// serve gives the engine its providers. They outlive an interrupt, because what
// is under way then still needs them.
func (w *workspace) serve(ctx context.Context, o *Options) error {
	if w.providers = o.Providers; w.providers != "" {
		return nil
	}
	face, err := provider.Serve(context.WithoutCancel(ctx), w.world, provider.Options{})
	if err != nil {
		return fmt.Errorf("serve the simulated regions: %w", err)
	}
	w.face, w.providers = face, face.Env()
	return nil
}

// stopped turns what an interrupt leads to into one error.
func (w *workspace) stopped(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	return exit.Errorf(exit.Stopped, "go on with: "+w.again, "interrupted; what was under way is done and kept")
}

// Close writes the regions down and releases the lock.
func (w *workspace) Close() error {
	var errs []error
	if w.face != nil {
		errs = append(errs, w.face.Close())
	}
	return errors.Join(append(errs, w.regions.Close())...)
}

// stack opens the engine's stack of one home, with its settings as the
// project's files say and peerReady as given.
func (w *workspace) stack(ctx context.Context, h system.Home, changes map[string]any) (auto.Stack, error) {
	if err := errors.Join(w.settings(h, changes), pulumihome.Quiet(w.Path("engine"))); err != nil {
		return auto.Stack{}, err
	}
	from := auto.SelectStackInlineSource
	if _, err := os.Stat(w.stateFile(h)); errors.Is(err, os.ErrNotExist) {
		from = auto.NewStackInlineSource
	}
	s, err := from(ctx, string(h), stacks.Namespace, w.program,
		auto.WorkDir(w.Path("work")), auto.Pulumi(w.cli), auto.EnvVars(w.env()))
	if err != nil {
		return auto.Stack{}, fmt.Errorf("open stack %s: %w", h, err)
	}
	return s, w.password(ctx, s, h)
}

// program is the Pulumi program; it runs in this process, in the project's folder.
func (w *workspace) program(ctx *pulumi.Context) error { return stacks.Program(ctx) }

// env is what the engine runs with. Its state has no attribute files beside it:
// they are not written in one piece, and a kill in the middle of one makes the
// whole state unreadable.
func (w *workspace) env() map[string]string {
	return map[string]string{
		"PULUMI_BACKEND_URL":                            "file://" + w.Path("state") + "?metadata=skip",
		"PULUMI_HOME":                                   w.Path("engine"),
		"PULUMI_CONFIG_PASSPHRASE":                      passphrase,
		"PULUMI_DEBUG_PROVIDERS":                        w.providers,
		"PULUMI_SKIP_UPDATE_CHECK":                      "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION":   "true",
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
		// The state is written once, at the end: decision 0011.
		"PULUMI_EXPERIMENTAL":     "true",
		"PULUMI_SKIP_CHECKPOINTS": "true",
	}
}
