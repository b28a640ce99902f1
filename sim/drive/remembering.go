package drive

import (
	"context"
	"slices"
	"unsafe"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/sim/world"
	"redoubt/system"
)

// Remembering is a world whose memory knows the calls and conditions of plans. A plan
// that is walked many times must be the same in memory each time: a call is known by its documents, not by
// what is in them.
type Remembering struct{ World }

var _ execute.Whole = Remembering{}

// callKey names a call as it is made from one place.
func (w World) callKey(act world.Text, c *plan.Call) world.Key {
	return world.Key{Act: act,
		Texts: [6]world.Text{world.TextOf(w.From), world.TextOf(c.Service), world.TextOf(c.Operation), world.TextOf(c.Token),
			world.TextOf(c.Home), world.TextOf(c.Kind)},
		Refs: [4]unsafe.Pointer{address(c.Input), address(w.Inventory.Homes), unsafe.Pointer(unsafe.SliceData(c.Late))},
	}
}

// address is where a map is; the key that holds it keeps it there.
func address[M ~map[K]V, K comparable, V any](m M) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&m))
}

// Make makes a call, with its late values. Nobody reads the answer, so that what moves with the clock may be left out of it.
func (r Remembering) Make(ctx context.Context, c plan.Call) error {
	w := r.World
	w.fixed, w.still = len(c.Late) == 0, still(c.Late, nil)
	_, err := r.World.World.Remember(r.callKey(world.TextOf("call"), &c), func() (any, error) {
		_, err := execute.Make(ctx, w, c)
		return nil, err
	})
	return err
}

// Ask makes a call whose answer is read, which nobody may change.
func (r Remembering) Ask(ctx context.Context, c plan.Call) (plan.Document, error) {
	w := r.World
	w.fixed = len(c.Late) == 0
	out, err := r.World.World.Remember(r.callKey(world.TextOf("question"), &c), func() (any, error) { return execute.Make(ctx, w, c) })
	doc, _ := out.(plan.Document)
	return doc, err
}

// still reports whether nobody looks at what moves with the clock.
func still(late []plan.Late, all []plan.Expect) bool {
	return !slices.ContainsFunc(late, func(l plan.Late) bool { return world.Moves(string(l.Path)) }) &&
		!slices.ContainsFunc(all, func(e plan.Expect) bool { return world.Moves(string(e.Path)) })
}

// verdict is the answer to a condition.
type verdict struct {
	answer plan.Answer
	why    string
}

// Judge asks a condition. A probe is remembered in parts.
func (r Remembering) Judge(ctx context.Context, c plan.Condition) execute.Judged {
	if c.Call.Kind == plan.Probe {
		answer, why, err := execute.Judge(ctx, r.World, c)
		return execute.Judged{Answer: answer, Why: execute.Unanswered(c, why, err), Err: err}
	}
	held := r.World.World.Hold(r.conditionKey(&c), func() (any, error) {
		w := r.World
		w.still = still(c.Call.Late, c.All)
		answer, why, err := execute.Judge(ctx, w, c)
		return &verdict{answer, execute.Unanswered(c, why, err)}, err
	})
	v := held.Answer.(*verdict)
	return execute.Judged{Answer: v.answer, Why: v.why, Err: held.Err, Of: held.Basis()}
}

// Holds reports whether nothing has changed of what an answer depends on.
func (r Remembering) Holds(of any) bool { return r.World.World.Stands(of.(world.Basis)) }

// Known is what Judge would say, if it is in memory.
func (r Remembering) Known(c plan.Condition) (answer plan.Answer, known bool, err error) {
	out, known, err := r.World.World.Known(r.conditionKey(&c))
	if !known {
		return "", false, nil
	}
	return out.(*verdict).answer, true, err
}

// conditionKey names a condition as it is asked from one place.
func (w World) conditionKey(c *plan.Condition) world.Key {
	key := w.callKey(world.TextOf("condition"), &c.Call)
	key.Refs[3] = unsafe.Pointer(unsafe.SliceData(c.All))
	return key
}

// remembered does a part of a probe or of a look in a home as its agents find it, or gives its answer from memory.
func (w World) remembered(what string, of system.Home, home *inventory.Home, name string, act func() (any, error),
) (any, error) {
	key := world.Key{Act: world.TextOf(what), Texts: [6]world.Text{world.TextOf(w.From), world.TextOf(of), world.TextOf(name)},
		Refs: [4]unsafe.Pointer{address(w.Inventory.Homes), unsafe.Pointer(home)}}
	return w.World.Part(key, act)
}
