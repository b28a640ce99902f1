package conduct

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/serving"
)

// The states of a watch.
const (
	// Quiet means that nothing was started, Started that an execution was, now or by an earlier turn.
	Quiet, Started = "quiet", "started"
)

// watch starts the machine when the arbiter's judge has given this home the work by its own decision, and a quorum of
// observers has still lost the other one on lines that do not flap. An execution is named by the word's generation, so
// however often a turn is taken, each decision of the judge starts one at most.
func (h Handler) watch(ctx context.Context) (Answer, error) {
	inv, err := h.inventory(ctx)
	if err != nil {
		return Answer{}, named(err)
	}
	port := bounded{h.Calls(inv)}
	w, why, err := h.due(ctx, port, inv)
	if err != nil {
		return Answer{}, named(err)
	}
	if why != "" {
		return Answer{State: Quiet, Why: why}, nil
	}
	run := fmt.Sprintf("judged-%d", w.Generation)
	input, err := json.Marshal(Input{Run: run, Wanted: Wanted{Scenario: planner.RegionLoss, Active: h.Home.Peer(), Word: w.Generation}})
	if err != nil {
		return Answer{}, Unfit{err}
	}
	first, err := h.Start(ctx, inv.Own().Control.Machine, run, string(input))
	if err != nil {
		return Answer{}, named(fmt.Errorf("start run %s: %w", run, err))
	}
	if !first {
		return Answer{State: Started, Why: fmt.Sprintf("run %s was started before", run)}, nil
	}
	return Answer{State: Started, Why: fmt.Sprintf("run %s: %s", run, w)}, nil
}

// due is the word, and why nothing is started for it; empty when something is.
func (h Handler) due(ctx context.Context, port plan.Port, inv inventory.Inventory) (arbiter.Word, string, error) {
	third := inv.Third()
	if h.Start == nil || third == nil || inv.Own().Control.Machine == "" {
		return arbiter.Word{}, "nothing is started without a person: it takes a machine, and leases in both homes", nil
	}
	table, rules := arbiter.Table{Port: port, Home: plan.Arbiter, Name: third.Table}, arbiter.Default()
	w, err := table.Word(ctx)
	if err != nil {
		return w, "", err
	}
	if why := w.Keeps(h.Clock.Now(), h.Home, rules); why != "" {
		return w, why, nil
	}
	seen, err := rules.Looks(ctx, table)
	if err != nil {
		return w, "", err
	}
	if f := rules.Found(h.Clock.Now(), h.Home.Peer(), seen); f.Kind != diagnose.RegionLost {
		return w, fmt.Sprintf("the %s home is not lost any more, a person decides: %s", h.Home.Peer(), f.Why), nil
	}
	if serving.Home(ctx, port, inv) == h.Home {
		return w, "traffic leads here already", nil
	}
	return w, "", nil
}

// stillMeant requires that the word is the one that an execution was started for.
func (h Handler) stillMeant(ctx context.Context, port plan.Port, w Wanted, inv inventory.Inventory) error {
	if w.Word == 0 {
		return nil
	}
	third := inv.Third()
	if third == nil {
		return Unfit{errors.New("the homes have no arbiter any more")}
	}
	now, err := arbiter.Table{Port: port, Home: plan.Arbiter, Name: third.Table}.Word(ctx)
	switch {
	case err != nil:
		return err
	case now.Generation != w.Word || now.Active != h.Home || !now.ByJudge():
		return Unfit{fmt.Errorf("started for word %d, and by now %s", w.Word, now)}
	}
	return nil
}
