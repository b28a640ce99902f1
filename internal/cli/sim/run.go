package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"redoubt/internal/cli/exit"
	"redoubt/system"
)

// outcome is what one engine run did, by operation.
type outcome struct {
	Home    system.Home    `json:"home"`
	Changes map[string]int `json:"changes"`
	// Steps are the changes one by one.
	Steps []Step `json:"steps,omitempty"`
	// Advised are what policy packs advise.
	Advised []Judgement `json:"advised,omitempty"`
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

// summary is the outcome as words, such as "2 updated, 229 unchanged".
func (o outcome) summary(words map[string]string) string {
	var parts []string
	for op, n := range o.Changes {
		if n > 0 && !strings.HasPrefix(op, "read") {
			parts = append(parts, fmt.Sprintf("%d %s", n, or(words[op], op)))
		}
	}
	slices.SortFunc(parts, func(a, b string) int { // what does not change comes last
		last := words["same"]
		return cmp.Or(cmp.Compare(strings.Count(a, last), strings.Count(b, last)), strings.Compare(a, b))
	})
	return or(strings.Join(parts, ", "), "nothing to do")
}

var (
	planned = map[string]string{
		"same": "unchanged", "create": "to create", "update": "to update", "delete": "to delete", "replace": "to replace",
	}
	done = map[string]string{
		"same": "unchanged", "create": "created", "update": "updated", "delete": "deleted", "replace": "replaced",
	}
)

// The engine's runs, as progress names them.
const (
	updating   = "update"
	previewing = "preview"
	destroying = "destroy"
)

// up updates one home.
func (w *workspace) up(ctx context.Context, h system.Home, changes map[string]any) (outcome, error) {
	stack, err := w.stack(ctx, h, changes)
	if err != nil {
		return outcome{}, err
	}
	return w.run(h, updating, func(ch chan<- events.EngineEvent) error {
		opts := []optup.Option{optup.EventStreams(ch), optup.SuppressProgress(), optup.SuppressOutputs(),
			optup.PolicyPacks(w.policies.Packs...), optup.PolicyPackConfigs(w.policies.Configs...)}
		if w.refresh {
			opts = append(opts, optup.Refresh())
		}
		_, err := stack.Up(ctx, opts...)
		return err
	})
}

// preview plans one home's update and returns the planned operations.
func (w *workspace) preview(ctx context.Context, h system.Home, refresh bool) (outcome, error) {
	stack, err := w.stack(ctx, h, nil)
	if err != nil {
		return outcome{}, err
	}
	return w.run(h, previewing, func(ch chan<- events.EngineEvent) error {
		opts := []optpreview.Option{optpreview.EventStreams(ch), optpreview.SuppressProgress(),
			optpreview.PolicyPacks(w.policies.Packs...), optpreview.PolicyPackConfigs(w.policies.Configs...)}
		if refresh {
			opts = append(opts, optpreview.Refresh())
		}
		_, err := stack.Preview(ctx, opts...)
		return err
	})
}

// destroy removes everything of one home that nothing keeps.
func (w *workspace) destroy(ctx context.Context, h system.Home) (outcome, error) {
	stack, err := w.stack(ctx, h, nil)
	if err != nil {
		return outcome{}, err
	}
	return w.run(h, destroying, func(ch chan<- events.EngineEvent) error {
		_, err := stack.Destroy(ctx, optdestroy.EventStreams(ch), optdestroy.SuppressProgress(), optdestroy.ContinueOnError())
		return err
	})
}

// run performs one engine run, shows it, and turns its failure into an error a
// person can act on. A mark on disk says that a run is under way, so that the
// next command knows when one was cut short.
func (w *workspace) run(h system.Home, what string, act func(chan<- events.EngineEvent) error) (outcome, error) {
	words := planned
	if what != previewing {
		words = done
		if err := w.mark(); err != nil {
			return outcome{}, err
		}
	}
	p, ch := w.watch(h, what)
	err := act(ch)
	p.wait()
	if err != nil {
		p.end(fmt.Sprintf("stopped after %d changes", len(p.steps)))
		return outcome{}, w.explain(p, err)
	}
	out := outcome{Home: h, Changes: p.changes, Steps: p.steps, Advised: p.judgements}
	p.end(out.summary(words))
	if what == previewing {
		return out, nil
	}
	return out, w.unmark()
}

// explain gives the engine's failure its causes and the next command.
func (w *workspace) explain(p *progress, err error) error {
	if auto.IsConcurrentUpdateError(err) {
		return exit.Errorf(exit.Held, "", "%s of %s: the engine's stack is locked: %w", p.what, p.home, err)
	}
	if refused, count := p.refusals(); count > 0 {
		return exit.Errorf(exit.Refused, "mend what is refused, then: "+w.again, "%s of %s: %d refused by policies\n%s",
			p.what, p.home, count, strings.Join(refused, "\n"))
	}
	faults := p.faults()
	if len(faults) == 0 {
		return fmt.Errorf("%s of %s: %w", p.what, p.home, err)
	}
	return exit.Errorf(exit.Unexpected, "mend the cause, then: "+w.again+" (what was done is kept)",
		"%s of %s: %s", p.what, p.home, strings.Join(faults, "\n"))
}

func (w *workspace) mark() error {
	return os.WriteFile(w.Path("running"), []byte("an update is under way\n"), 0o644)
}

func (w *workspace) unmark() error {
	if err := os.Remove(w.Path("running")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// cutShort reports whether the last update did not end.
func (w *workspace) cutShort() bool {
	_, err := os.Stat(w.Path("running"))
	return err == nil
}
