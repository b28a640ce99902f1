package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/system"
)

// outcome is what one engine run did, by operation.
type outcome struct {
	Home    system.Home    `json:"home"`
	Changes map[string]int `json:"changes"`
}

// changed counts the operations that are not "same" or "read".
func (o outcome) changed() int {
	n := 0
	for op, count := range o.Changes {
		if !quiet(apitype.OpType(op)) {
			n += count
		}
	}
	return n
}

// resources counts what the home has after the run.
func (o outcome) resources() int {
	n := 0
	for op, count := range o.Changes {
		switch apitype.OpType(op) {
		case apitype.OpSame, apitype.OpCreate, apitype.OpUpdate, apitype.OpReplace:
			n += count
		}
	}
	return n
}

// up updates one home.
func (w *workspace) up(ctx context.Context, s *streams.Streams, h system.Home, changes map[string]any) (outcome, error) {
	stack, err := w.stack(ctx, h, changes)
	if err != nil {
		return outcome{}, err
	}
	return w.run(ctx, s, h, "up", func(ch chan<- events.EngineEvent) (map[string]int, error) {
		result, err := stack.Up(ctx, optup.EventStreams(ch), optup.SuppressProgress(), optup.SuppressOutputs())
		if err != nil || result.Summary.ResourceChanges == nil {
			return nil, err
		}
		return *result.Summary.ResourceChanges, nil
	})
}

// preview plans one home's update and returns the planned operations.
func (w *workspace) preview(ctx context.Context, s *streams.Streams, h system.Home, refresh bool) (outcome, error) {
	stack, err := w.stack(ctx, h, nil)
	if err != nil {
		return outcome{}, err
	}
	return w.run(ctx, s, h, "preview", func(ch chan<- events.EngineEvent) (map[string]int, error) {
		opts := []optpreview.Option{optpreview.EventStreams(ch), optpreview.SuppressProgress()}
		if refresh {
			opts = append(opts, optpreview.Refresh())
		}
		result, err := stack.Preview(ctx, opts...)
		changes := map[string]int{}
		for op, n := range result.ChangeSummary {
			changes[string(op)] = n
		}
		return changes, err
	})
}

// destroy removes everything of one home that nothing keeps.
func (w *workspace) destroy(ctx context.Context, s *streams.Streams, h system.Home) (outcome, error) {
	stack, err := w.stack(ctx, h, nil)
	if err != nil {
		return outcome{}, err
	}
	return w.run(ctx, s, h, "destroy", func(ch chan<- events.EngineEvent) (map[string]int, error) {
		result, err := stack.Destroy(ctx, optdestroy.EventStreams(ch), optdestroy.SuppressProgress(),
			optdestroy.ContinueOnError())
		if err != nil || result.Summary.ResourceChanges == nil {
			return nil, err
		}
		return *result.Summary.ResourceChanges, nil
	})
}

// run performs one engine run, shows it, and turns its failure into an error a
// person can act on. A mark on disk says that a run is under way, so that the
// next command knows when one was cut short.
func (w *workspace) run(ctx context.Context, s *streams.Streams, h system.Home, what string,
	act func(chan<- events.EngineEvent) (map[string]int, error),
) (outcome, error) {
	if err := w.mark(what != "preview"); err != nil {
		return outcome{}, err
	}
	p, ch := watch(s, string(h))
	changes, err := act(ch)
	p.wait()
	if err != nil {
		return outcome{}, w.explain(ctx, h, what, p.faults, err)
	}
	return outcome{Home: h, Changes: changes}, w.unmark()
}

func (w *workspace) explain(ctx context.Context, h system.Home, what string, faults []string, err error) error {
	if ctx.Err() != nil {
		return exit.Errorf(exit.Stopped, "go on with: redoubt sim "+what, "%s of %s was interrupted", what, h)
	}
	if auto.IsConcurrentUpdateError(err) {
		return exit.With(exit.Held, err, "")
	}
	if len(faults) == 0 {
		return fmt.Errorf("%s of %s: %w", what, h, err)
	}
	return exit.Errorf(exit.Unexpected, "mend the cause and run the command again; what was done is kept",
		"%s of %s: %s", what, h, strings.Join(unique(faults), "\n"))
}

func unique(all []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range all {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func (w *workspace) mark(changes bool) error {
	if !changes {
		return nil
	}
	return os.WriteFile(w.path("running"), []byte("an update is under way\n"), 0o644)
}

func (w *workspace) unmark() error {
	if err := os.Remove(w.path("running")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// cutShort reports whether the last update did not end.
func (w *workspace) cutShort() bool {
	_, err := os.Stat(w.path("running"))
	return err == nil
}
