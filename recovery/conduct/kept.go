package conduct

import (
	"context"
	"fmt"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// planned makes the plan of a run and begins none: what it would ask and refuse is told.
func (h Handler) planned(ctx context.Context, r Request) (Answer, error) {
	if r.Run == "" {
		return Answer{}, Unfit{fmt.Errorf("run is empty, want a name for it")}
	}
	p, err := h.plan(ctx, r)
	if err != nil {
		return Answer{}, named(err)
	}
	hash, err := p.Hash()
	a := Answer{State: string(Plan), Why: fmt.Sprintf("%s: plan %s", p.Title, hash)}
	a.Gates, a.Approvals = gates(p)
	for _, g := range p.Gates {
		if g.Reason != "" {
			a.Why += fmt.Sprintf("; gate %s refuses: %s", g.ID, g.Reason)
		}
	}
	return a, named(err)
}

// plan reads the plan of the run, and requires that it is this home's and the one that was meant. The first turn makes
// it, where none is kept and one is wanted.
func (h Handler) plan(ctx context.Context, r Request) (plan.Plan, error) {
	text, err := h.object(ctx, plan.ObjectKey(r.Run))
	if execute.ClassOf(err) == execute.NotFound {
		if r.Input.Scenario == "" || r.What != Open && r.What != Plan {
			return plan.Plan{}, Unfit{fmt.Errorf("run %s has no plan in bucket %s: %w", r.Run, h.Bucket, err)}
		}
		p, err := h.made(ctx, r.Input.Wanted)
		if err != nil {
			return p, err
		}
		if err := h.meant(r, p); err != nil {
			return p, err
		}
		if text, err = h.keep(ctx, r.Run, p); err != nil {
			return p, err
		}
	} else if err != nil {
		return plan.Plan{}, err
	}
	p, err := plan.Decode([]byte(text))
	if err != nil {
		return p, Unfit{fmt.Errorf("the plan of run %s: %w", r.Run, err)}
	}
	return p, h.meant(r, p)
}

// meant requires that a plan is this home's, and the one that was meant.
func (h Handler) meant(r Request, p plan.Plan) error {
	hash, err := p.Hash()
	switch {
	case err != nil:
		return Unfit{err}
	case r.Input.Plan != "" && r.Input.Plan != hash:
		return Unfit{fmt.Errorf("the plan of run %s is %s, the execution means %s", r.Run, hash, r.Input.Plan)}
	case r.Input.Scenario != "" && string(r.Input.Scenario) != p.Scenario:
		return Unfit{fmt.Errorf("the plan of run %s is of the scenario %q, the execution means %s", r.Run, p.Scenario, r.Input.Scenario)}
	case p.Receives() != h.Home:
		return Unfit{fmt.Errorf("the plan of run %s moves the work into the %s home, this is the %s home",
			r.Run, p.Receives(), h.Home)}
	}
	return nil
}

// told is what the home knows of itself and, by its copy, of its peer, with when each was written.
type told struct {
	inventory.Inventory
	at map[system.Home]time.Time
}

// inventory is what the home knows of both.
func (h Handler) inventory(ctx context.Context) (inventory.Inventory, error) {
	k, err := h.known(ctx)
	return k.Inventory, err
}

// known reads both inventories. A peer that was never up is none.
func (h Handler) known(ctx context.Context) (told, error) {
	var both [2]inventory.Inventory
	out := told{at: map[system.Home]time.Time{}}
	for n, home := range []system.Home{h.Home, h.Home.Peer()} {
		text, err := h.read(ctx, h.Bucket, inventory.ObjectKey(home))
		if n == 1 && execute.ClassOf(err) == execute.NotFound {
			out.Inventory = both[0]
			return out, nil
		}
		if err != nil {
			return out, fmt.Errorf("the inventory of the %s home: %w", home, err)
		}
		if both[n], err = inventory.Decode([]byte(text.body)); err != nil {
			return out, Unfit{fmt.Errorf("the inventory of the %s home: %w", home, err)}
		}
		out.at[home] = text.written
	}
	var err error
	out.Inventory, err = inventory.Merge(both[0], both[1])
	return out, err
}

// object is what an object of the control bucket says.
func (h Handler) object(ctx context.Context, key string) (string, error) {
	o, err := h.read(ctx, h.Bucket, key)
	return o.body, err
}

// text is an object, with when it was written: zero where nobody says.
type text struct {
	body    string
	written time.Time
}

func (h Handler) read(ctx context.Context, bucket, key string) (text, error) {
	out, err := h.Own.Call(ctx, plan.Call{Kind: plan.AWS, Home: h.Home, Service: "s3", Operation: "GetObject",
		Input: plan.Document{"Bucket": bucket, "Key": key}})
	if err != nil {
		return text{}, err
	}
	var o text
	o.body, _ = out["Body"].(string)
	modified, _ := out["LastModified"].(string)
	if at, err := time.Parse(time.RFC3339, modified); err == nil {
		o.written = at
	}
	return o, nil
}
