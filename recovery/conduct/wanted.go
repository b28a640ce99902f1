package conduct

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/serving"
	"redoubt/system"
)

// Wanted is what a plan is to be made for, where none is kept under the run: as redoubt plan takes it.
type Wanted struct {
	Scenario planner.Scenario `json:"scenario,omitempty"`
	// Active is the home that serves; empty asks the switch.
	Active system.Home `json:"active,omitempty"`
	// Store, Zone and Dependency name what the scenario is about, At the point in time of a restore.
	Store      string    `json:"store,omitempty"`
	Zone       string    `json:"zone,omitempty"`
	Dependency string    `json:"dependency,omitempty"`
	At         time.Time `json:"at,omitzero"`
	// Finding is what By says is broken, such as region-lost. Without it the loss of a region is judged by what the
	// observers of the homes and the arbiter have seen.
	Finding string `json:"finding,omitempty"`
	By      string `json:"by,omitempty"`
	// Word is the generation of the arbiter's word that the execution was started for; nothing is begun once that has moved.
	Word int `json:"word,omitempty"`
}

// spoken are the findings that a person may give.
var spoken = []diagnose.Kind{diagnose.RegionLost, diagnose.RegionSilent, diagnose.Partitioned, diagnose.ZoneLost,
	diagnose.StoreCorrupt, diagnose.WriterLost, diagnose.DependencyLost, diagnose.Healthy}

// moving are the scenarios that bring the work into this home out of the other one.
var moving = []planner.Scenario{planner.RegionLoss, planner.Switchover, planner.Failback}

// observed are those that stand on what observers see, where nobody says what is broken.
var observed = []planner.Scenario{planner.RegionLoss, planner.Partition}

// asking is how long one question may take: a region that is lost answers none.
const asking = 8 * time.Second

// bounded is a port on which a question ends by itself.
type bounded struct{ plan.Port }

func (b bounded) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	return b.Port.Call(ctx, c)
}

// made makes the plan that is wanted, from what this home knows and is answered now.
func (h Handler) made(ctx context.Context, w Wanted) (plan.Plan, error) {
	known, err := h.known(ctx)
	if err != nil {
		return plan.Plan{}, err
	}
	r := planner.Request{Scenario: w.Scenario, Inventory: known.Inventory, Now: h.Clock.Now(),
		Goal: planner.Goal{Active: w.Active, Store: w.Store, Zone: w.Zone, Dependency: w.Dependency, At: w.At}}
	if r.System, err = h.system(ctx, known.Inventory); err != nil {
		return plan.Plan{}, err
	}
	port := bounded{h.Calls(known.Inventory)}
	if err := h.stillMeant(ctx, port, w, known.Inventory); err != nil {
		return plan.Plan{}, err
	}
	if r.Goal.Active == "" {
		r.Goal.Active = h.active(ctx, port, r)
	}
	if r.Finding, err = h.finding(ctx, port, w, r); err != nil {
		return plan.Plan{}, err
	}
	var untold *serving.UntoldError
	switch r.Goal.Generation, err = serving.Generation(ctx, port, r); {
	case errors.As(err, &untold):
		return plan.Plan{}, Unfit{err}
	case err != nil:
		return plan.Plan{}, err
	}
	if r.Goal.From, err = serving.From(ctx, port, r); err != nil {
		return plan.Plan{}, err
	}
	r.Seen = planner.Seen{InventoryAt: known.at, MovedAt: serving.Moved(ctx, port, known.Inventory),
		OldWriters: serving.OldWriters(ctx, port, r)}
	if r.Answers, err = answers(ctx, port, r); err != nil {
		return plan.Plan{}, err
	}
	p, err := planner.Make(r)
	if err == nil && h.Fits != nil {
		err = h.Fits(p)
	}
	if err != nil {
		return p, Unfit{err} // what was asked is answered, so the same request fails again
	}
	return p, nil
}

// system is the system that this home was made from.
func (h Handler) system(ctx context.Context, inv inventory.Inventory) (*system.System, error) {
	text, err := h.read(ctx, inv.Own().Configuration, inventory.SystemKey(h.Home))
	if err != nil {
		return nil, fmt.Errorf("the system: %w", err)
	}
	s, err := system.Parse("system.yaml", []byte(text.body))
	if err != nil {
		return nil, Unfit{fmt.Errorf("the system: %w", err)}
	}
	return s, nil
}

// active is the home that serves: by the switch; where that does not tell, the one that a move leaves, or this one.
func (h Handler) active(ctx context.Context, port plan.Port, r planner.Request) system.Home {
	if home := serving.Home(ctx, port, r.Inventory); home != "" {
		return home
	}
	if slices.Contains(moving, r.Scenario) {
		return h.Home.Peer()
	}
	return h.Home
}

// finding is what is said, or what the observers have seen.
func (h Handler) finding(ctx context.Context, port plan.Port, w Wanted, r planner.Request) (diagnose.Finding, error) {
	third := r.Inventory.Third()
	switch {
	case w.Finding != "":
		return w.said(r.Goal.Active, r.Now)
	case !slices.Contains(observed, w.Scenario):
		return diagnose.Finding{}, nil
	case third == nil:
		return diagnose.Finding{}, Unfit{fmt.Errorf("nobody observes the homes: say what is broken by finding, and by whose word")}
	}
	rules := arbiter.Default()
	seen, err := rules.Looks(ctx, arbiter.Table{Port: port, Home: plan.Arbiter, Name: third.Table})
	if err != nil {
		return diagnose.Finding{}, fmt.Errorf("what the observers have seen: %w", err)
	}
	return rules.Found(r.Now, r.Goal.Active, seen), nil
}

// said is a finding on a person's word.
func (w Wanted) said(active system.Home, now time.Time) (diagnose.Finding, error) {
	var words []string
	for _, k := range spoken {
		words = append(words, strings.ReplaceAll(string(k), " ", "-"))
	}
	n := slices.Index(words, w.Finding)
	switch {
	case n < 0:
		return diagnose.Finding{}, Unfit{fmt.Errorf("finding is %q, want one of: %s", w.Finding, strings.Join(words, ", "))}
	case strings.TrimSpace(w.By) == "":
		return diagnose.Finding{}, Unfit{fmt.Errorf("finding is %s and by is empty: say whose word it is", w.Finding)}
	}
	return diagnose.Said(spoken[n], active, now, w.By, diagnose.About{Zone: w.Zone, Store: w.Store, Dependency: w.Dependency}), nil
}

// answers asks what the planner wants to know first.
func answers(ctx context.Context, port plan.Port, r planner.Request) (map[string]plan.Document, error) {
	questions, err := planner.Questions(r)
	if err != nil {
		return nil, Unfit{err}
	}
	return planner.Answers(ctx, port, questions)
}

// keep keeps a plan under its run, unless one is there: then that is the run's.
func (h Handler) keep(ctx context.Context, run string, p plan.Plan) (string, error) {
	raw, err := plan.Encode(p)
	if err != nil {
		return "", Unfit{err}
	}
	put := func(key string, in plan.Document) error {
		in["Bucket"], in["Key"] = h.Bucket, key
		_, err := h.Own.Call(ctx, plan.Call{Kind: plan.AWS, Home: h.Home, Service: "s3", Operation: "PutObject", Input: in})
		return err
	}
	if err := put(plan.ObjectKey(run), plan.Document{"Body": string(raw), "IfNoneMatch": "*"}); err != nil {
		there, readErr := h.object(ctx, plan.ObjectKey(run))
		if execute.ClassOf(readErr) == execute.NotFound {
			return "", fmt.Errorf("keep the plan of run %s: %w", run, err)
		}
		return there, readErr
	}
	return string(raw), put(plan.LastKey, plan.Document{"Body": run + "\n"})
}
