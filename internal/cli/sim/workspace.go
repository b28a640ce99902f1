package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"redoubt/internal/cli/exit"
	"redoubt/sim/disk"
	"redoubt/sim/provider"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

// Folder is where the simulated regions and the engine's state live.
const Folder = ".redoubt"

// passphrase protects nothing: every secret of the simulator is made up here.
const passphrase = "redoubt-simulator"

// Seed is the seed of the simulated regions.
const Seed = 1

// workspace is one project folder with its simulated regions.
type workspace struct {
	dir   string
	lock  *os.File
	world *world.World
	disk  *disk.World
	face  *provider.Server
	cli   *engine
	// providers says where the engine finds the providers.
	providers string
}

func (w *workspace) path(parts ...string) string {
	return filepath.Join(append([]string{w.dir, Folder}, parts...)...)
}

// open locks the project's simulator, loads the regions and serves them.
func open(ctx context.Context, o *Options) (*workspace, error) {
	dir, err := filepath.Abs(or(o.Dir, "."))
	if err != nil {
		return nil, err
	}
	w := &workspace{dir: dir}
	if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err != nil {
		return nil, exit.Errorf(exit.Usage, "run it in the project's folder", "no Pulumi.yaml in this folder")
	}
	if w.cli, err = findEngine(ctx, dir, nil); err != nil {
		return nil, err
	}
	if w.lock, err = w.acquire(ctx, o); err != nil {
		return nil, err
	}
	w.cli.lock = w.lock
	account, err := accountOf(filepath.Join(dir, "Pulumi.primary.yaml"))
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if w.disk, err = disk.Open(w.path("world"), world.Config{Seed: Seed, Account: account}); err != nil {
		return nil, errors.Join(fmt.Errorf("open the simulated regions: %w", err), w.Close())
	}
	w.world, w.providers = w.disk.World, o.Providers
	if w.providers != "" {
		return w, nil
	}
	if w.face, err = provider.Serve(ctx, w.world, provider.Options{}); err != nil {
		return nil, errors.Join(fmt.Errorf("serve the simulated regions: %w", err), w.Close())
	}
	w.providers = w.face.Env()
	return w, nil
}

// acquire takes the lock; it waits for an engine whose parent was killed.
func (w *workspace) acquire(ctx context.Context, o *Options) (*os.File, error) {
	if err := os.MkdirAll(w.path(), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(w.path("lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) || try == lockTries {
			_ = f.Close()
			return nil, exit.Errorf(exit.Held, "wait for it to end, or look for a running pulumi",
				"another redoubt uses %s", w.path())
		}
		if try == 0 {
			o.Streams.Notef("waiting for another redoubt to leave %s\n", Folder)
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, exit.With(exit.Interrupted, ctx.Err(), "")
		case <-time.After(lockPause):
		}
	}
}

const (
	lockTries = 60
	lockPause = 250 * time.Millisecond
)

// Close writes the regions down and releases the lock.
func (w *workspace) Close() error {
	var errs []error
	if w.face != nil {
		errs = append(errs, w.face.Close())
	}
	if w.disk != nil {
		errs = append(errs, w.disk.Close())
	}
	if w.lock != nil {
		errs = append(errs, w.lock.Close())
	}
	return errors.Join(errs...)
}

// stack opens the engine's stack of one home, with its settings as the
// project's files say and peerReady as given.
func (w *workspace) stack(ctx context.Context, h system.Home, changes map[string]any) (auto.Stack, error) {
	if err := w.settings(h, changes); err != nil {
		return auto.Stack{}, err
	}
	s, err := auto.UpsertStackInlineSource(ctx, string(h), stacks.Namespace, w.program,
		auto.WorkDir(w.path("work")), auto.Pulumi(w.cli), auto.EnvVars(w.env()))
	if err != nil {
		return auto.Stack{}, fmt.Errorf("open stack %s: %w", h, err)
	}
	return s, w.password(ctx, s, h)
}

// program is the Pulumi program; it runs in this process, in the project's folder.
func (w *workspace) program(ctx *pulumi.Context) error { return stacks.Program(ctx) }

func (w *workspace) env() map[string]string {
	return map[string]string{
		"PULUMI_BACKEND_URL":                            "file://" + w.path("state"),
		"PULUMI_HOME":                                   w.path("engine"),
		"PULUMI_CONFIG_PASSPHRASE":                      passphrase,
		"PULUMI_DEBUG_PROVIDERS":                        w.face.Env(),
		"PULUMI_SKIP_UPDATE_CHECK":                      "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION":   "true",
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
	}
}

func (w *workspace) settingsFile(h system.Home) string {
	return w.path("work", "Pulumi."+string(h)+".yaml")
}

// settings copies the project's settings into the workspace, keeps what the
// simulator added before (the made-up password, peerReady), and lays changes over.
func (w *workspace) settings(h system.Home, changes map[string]any) error {
	if err := os.MkdirAll(w.path("work"), 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(w.path("state"), 0o755); err != nil {
		return err
	}
	project, err := os.ReadFile(filepath.Join(w.dir, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(w.path("work", "Pulumi.yaml"), project, 0o644); err != nil {
		return err
	}
	given, err := readSettings(filepath.Join(w.dir, "Pulumi."+string(h)+".yaml"))
	if err != nil {
		return exit.With(exit.Usage, err, "")
	}
	kept, err := readSettings(w.settingsFile(h))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	given.EncryptionSalt = kept.EncryptionSalt
	for _, key := range []string{passwordKey, peerReadyKey} {
		if v, ok := kept.Config[key]; ok {
			given.Config[key] = v
		}
	}
	for k, v := range changes {
		given.Config[k] = v
	}
	text, err := yaml.Marshal(given)
	if err != nil {
		return err
	}
	return os.WriteFile(w.settingsFile(h), text, 0o644)
}

const (
	passwordKey  = stacks.Namespace + ":databasePassword"
	peerReadyKey = stacks.Namespace + ":peerReady"
	protectKey   = stacks.Namespace + ":protect"
)

// settingsDoc is a Pulumi stack file.
type settingsDoc struct {
	EncryptionSalt string         `yaml:"encryptionsalt,omitempty"`
	Config         map[string]any `yaml:"config"`
}

func readSettings(path string) (settingsDoc, error) {
	doc := settingsDoc{Config: map[string]any{}}
	text, err := os.ReadFile(path)
	if err != nil {
		return doc, err
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return doc, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if doc.Config == nil {
		doc.Config = map[string]any{}
	}
	return doc, nil
}

func accountOf(path string) (string, error) {
	doc, err := readSettings(path)
	if err != nil {
		return "", exit.With(exit.Usage, err, "")
	}
	account, _ := doc.Config[stacks.Namespace+":accountId"].(string)
	return account, nil
}

// peerReady tells what the workspace's settings say.
func (w *workspace) peerReady(h system.Home) bool {
	doc, err := readSettings(w.settingsFile(h))
	return err == nil && fmt.Sprint(doc.Config[peerReadyKey]) == "true" // the engine writes it back as text
}

// password sets a made-up database password once.
func (w *workspace) password(ctx context.Context, s auto.Stack, h system.Home) error {
	doc, err := readSettings(w.settingsFile(h))
	if err != nil {
		return err
	}
	if _, has := doc.Config[passwordKey]; has {
		return nil
	}
	return s.SetConfig(ctx, passwordKey, auto.ConfigValue{Value: "simulated-Passw0rd-1", Secret: true})
}

func or(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}
