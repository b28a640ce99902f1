package drive

import (
	"context"
	"unsafe"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Remembering is a world whose memory knows the calls and conditions of plans. A plan
// that is walked many times must be the same in memory each time: a call is known by its documents, not by
// what is in them.
type Remembering struct{ World }

var _ execute.Whole = Remembering{}

// act names a call, or with expects a condition, as it is made from one place.
type act struct {
	input, homes        unsafe.Pointer
	expects             *plan.Expect
	late                *plan.Late
	from, service, name string
	token               string
	home                string
	kind                plan.Kind
}

func (w World) actOf(c plan.Call) act {
	a := act{input: address(c.Input), homes: address(w.Inventory.Homes), from: w.From, service: c.Service,
		name: c.Operation, token: c.Token, home: string(c.Home), kind: c.Kind}
	if len(c.Late) > 0 {
		a.late = &c.Late[0]
	}
	return a
}

// address is where a map is; the key that holds it keeps it there.
func address[M ~map[K]V, K comparable, V any](m M) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&m))
}

// Make makes a call, with its late values.
func (r Remembering) Make(ctx context.Context, c plan.Call) (plan.Document, error) {
	out, err := r.World.World.Remember(r.actOf(c), func() (any, error) { return execute.Make(ctx, r.World, c) })
	doc, _ := out.(plan.Document)
	return doc, err
}

// verdict is the answer to a condition.
type verdict struct {
	answer plan.Answer
	why    string
}

// Judge asks a condition. A probe is remembered in parts.
func (r Remembering) Judge(ctx context.Context, c plan.Condition) (plan.Answer, string, error) {
	if c.Call.Kind == plan.Probe {
		return execute.Judge(ctx, r.World, c)
	}
	out, err := r.World.World.Remember(r.conditionOf(c), func() (any, error) {
		answer, why, err := execute.Judge(ctx, r.World, c)
		return &verdict{answer, why}, err
	})
	v := out.(*verdict)
	return v.answer, v.why, err
}

// Known is what Judge would say, if it is in memory.
func (r Remembering) Known(c plan.Condition) (answer plan.Answer, known bool, err error) {
	out, known, err := r.World.World.Known(r.conditionOf(c))
	if !known {
		return "", false, nil
	}
	return out.(*verdict).answer, true, err
}

func (w World) conditionOf(c plan.Condition) act {
	key := w.actOf(c.Call)
	if len(c.All) > 0 {
		key.expects = &c.All[0]
	}
	return key
}

// part names a part of a probe.
type part struct {
	homes, home unsafe.Pointer
	from, what  string
	of          system.Home
	name        string
}

// remembered does a part of a probe in a home as its agents find it, or gives its answer from memory.
func (w World) remembered(what string, of system.Home, home *inventory.Home, name string, act func() (any, error),
) (any, error) {
	key := part{address(w.Inventory.Homes), unsafe.Pointer(home), w.From, what, of, name}
	return w.World.Remember(key, act)
}
