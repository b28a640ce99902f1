package endtoend

import (
	"context"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"redoubt/internal/pulumihome"
	"redoubt/stacks"
)

// parallel is how many resources the engine works on at once; the upstream
// provider mostly waits for what it made to appear.
const parallel = 24

// Stack opens the stack of the program with settings under their full names.
func (s *Session) Stack(ctx context.Context, name string, program pulumi.RunFunc, settings map[string]any,
) (auto.Stack, error) {
	work := filepath.Join(s.folder, "work")
	for _, folder := range []string{work, filepath.Join(s.folder, "state")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return auto.Stack{}, err
		}
	}
	if err := pulumihome.Quiet(s.home()); err != nil {
		return auto.Stack{}, err
	}
	text, err := yaml.Marshal(map[string]any{"config": settings})
	if err != nil {
		return auto.Stack{}, err
	}
	for name, text := range map[string][]byte{
		"Pulumi.yaml":              []byte("name: " + stacks.Namespace + "\nruntime: go\n"),
		"Pulumi." + name + ".yaml": text,
	} {
		if err := os.WriteFile(filepath.Join(work, name), text, 0o644); err != nil {
			return auto.Stack{}, err
		}
	}
	return auto.UpsertStackInlineSource(ctx, name, stacks.Namespace, program, auto.WorkDir(work), auto.EnvVars(s.env()))
}

func (s *Session) home() string { return filepath.Join(s.folder, "engine") }

// env is what the engine runs with.
func (s *Session) env() map[string]string {
	return map[string]string{
		"PULUMI_BACKEND_URL":                            "file://" + filepath.Join(s.folder, "state"),
		"PULUMI_HOME":                                   s.home(),
		"PULUMI_CONFIG_PASSPHRASE":                      "judge",
		"PULUMI_DEBUG_PROVIDERS":                        s.adaptor.env(),
		"PULUMI_SKIP_UPDATE_CHECK":                      "true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION":   "true",
		"PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
		"PULUMI_EXPERIMENTAL":                           "true",
		"PULUMI_SKIP_CHECKPOINTS":                       "true",
	}
}

// Up updates the stack.
func Up(ctx context.Context, stack auto.Stack) (Run, error) {
	return watch(func(ch chan<- events.EngineEvent) error {
		_, err := stack.Up(ctx, optup.EventStreams(ch), optup.Parallel(parallel), optup.SuppressProgress(),
			optup.SuppressOutputs(), optup.ContinueOnError())
		return err
	})
}

// Preview tells what an update would do.
func Preview(ctx context.Context, stack auto.Stack) (Run, error) {
	return watch(func(ch chan<- events.EngineEvent) error {
		_, err := stack.Preview(ctx, optpreview.EventStreams(ch), optpreview.Parallel(parallel),
			optpreview.SuppressProgress())
		return err
	})
}

// Destroy deletes everything of the stack.
func Destroy(ctx context.Context, stack auto.Stack) (Run, error) {
	return watch(func(ch chan<- events.EngineEvent) error {
		_, err := stack.Destroy(ctx, optdestroy.EventStreams(ch), optdestroy.Parallel(parallel),
			optdestroy.SuppressProgress(), optdestroy.ContinueOnError())
		return err
	})
}
