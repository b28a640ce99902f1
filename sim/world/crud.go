package world

import (
	"fmt"
	"slices"
	"strings"
)

// Create makes an entity through the control plane of region. The token is
// AWS's client token: the same token with the same document, while what it
// made still exists, answers with that. A changed document under the same token
// is the next generation and gets ids of its own. Creation takes no virtual
// time (assumed).
func (w *World) Create(region, kind, token string, in Document) (*Entity, error) {
	k, doc, err := ask(region, kind, in)
	if err != nil {
		return nil, err
	}
	if err := w.admit(k.calls("Create", region, "", doc)...); err != nil {
		return nil, err
	}
	var made *Entity
	err = w.mutate(func(t *tx) error {
		made, err = k.create(t, region, token, doc)
		made = t.tell(made)
		return err
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func ask(region, kind string, in Document) (*Kind, Document, error) {
	k, err := kindOf(kind)
	if err != nil {
		return nil, nil, err
	}
	if _, ok := zones[region]; !ok {
		return nil, nil, refuse("InvalidRegion", "region %q is not known", region)
	}
	doc, err := normalDoc(in)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", kind, err)
	}
	return k, doc, nil
}

func (k *Kind) create(t *tx, region, token string, in Document) (*Entity, error) {
	at := k.place(region)
	if e := t.repeated(k, at, token, in); e != nil {
		return k.view(t, e), nil
	}
	e := &Entity{Kind: k.Name, Region: at, Token: token, In: in, Out: Document{}, Created: t.birth()}
	e.Generation = t.generation(at, k.Name, token)
	e.ID = k.id(t, e)
	if k.arn != nil {
		e.ARN = k.arn(t, e)
	}
	if old := t.taken(k, e); old != nil && !k.Setting {
		return nil, k.exists(e.ID)
	}
	if err := k.settle(t, e, nil); err != nil {
		return nil, err
	}
	return k.view(t, e), nil
}

// settle checks, computes and keeps a created or changed entity.
func (k *Kind) settle(t *tx, e, old *Entity) error {
	if err := k.verify(t, e, old); err != nil {
		return err
	}
	if e.ARN != "" && !k.Setting {
		e.Out["Arn"] = e.ARN
	}
	if k.computed != nil {
		k.computed(t, e)
	}
	t.save(e)
	if k.after != nil {
		return k.after(t, e, old)
	}
	return nil
}

// repeated finds what the same token and document made before.
func (t *tx) repeated(k *Kind, region, token string, in Document) *Entity {
	key := generationKey(region, k.Name, token)
	n, _ := t.gens.get(key)
	t.notes.generation(key, n)
	if token == "" || n == 0 {
		return nil
	}
	for _, e := range t.list(k.Name, region) {
		if e.Token == token && same(e.In, in) && !e.leaving() {
			return e
		}
	}
	return nil
}

// leaving reports whether the entity only waits for its end: a key or a secret
// whose deletion is scheduled counts as gone for whoever declared it.
func (e *Entity) leaving() bool {
	return strings.HasPrefix(str(e.Out, "KeyState"), "Pending") || has(e.Out, "DeletedDate")
}

func (t *tx) taken(k *Kind, e *Entity) *Entity {
	if !k.GlobalName {
		return t.get(k.Name, e.Region, e.ID)
	}
	for _, other := range t.list(k.Name, "") {
		if other.ID == e.ID {
			return other
		}
	}
	return nil
}

// view is what a reader gets: a copy with what changes by itself.
func (k *Kind) view(t *tx, e *Entity) *Entity {
	c := e.clone()
	if k.seen != nil {
		k.seen(t, c)
	}
	return c
}

// Read returns a copy of the entity as AWS describes it now.
func (w *World) Read(region, kind, id string) (*Entity, error) {
	k, _, err := ask(region, kind, nil)
	if err != nil {
		return nil, err
	}
	if err := w.admit(k.calls("Describe", region, id, nil)...); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	e := k.find(t, region, id)
	if e == nil || e.leaving() {
		return nil, k.notFound(id)
	}
	return t.tell(k.view(t, e)), nil
}

// Update replaces what was asked for by the whole new document.
func (w *World) Update(region, kind, id string, in Document) (*Entity, error) {
	k, doc, err := ask(region, kind, in)
	if err != nil {
		return nil, err
	}
	if err := w.admit(k.calls("Modify", region, id, doc)...); err != nil {
		return nil, err
	}
	var changed *Entity
	err = w.mutate(func(t *tx) error {
		old := k.find(t, region, id)
		if old == nil {
			return k.notFound(id)
		}
		e := old.clone()
		e.In = doc
		if got := k.id(t, e); got != id {
			return refuse("InvalidParameterValue", "%s %s cannot be renamed to %s", kind, id, got)
		}
		if err := k.settle(t, e, old); err != nil {
			return err
		}
		changed = t.tell(k.view(t, t.get(kind, e.Region, id)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// Delete removes the entity, unless AWS would refuse: because it is protected,
// locked, or used by another.
func (w *World) Delete(region, kind, id string) error {
	k, _, err := ask(region, kind, nil)
	if err != nil {
		return err
	}
	if err := w.admit(k.calls("Delete", region, id, nil)...); err != nil {
		return err
	}
	return w.mutate(func(t *tx) error {
		e := k.find(t, region, id)
		if e == nil {
			return k.notFound(id)
		}
		return k.delete(t, e)
	})
}

func (k *Kind) delete(t *tx, e *Entity) error {
	if k.Protection != "" && yes(e.In, k.Protection) {
		return refuse(k.protectedCode(), "%s %s: %s is on", k.Name, e.ID, k.Protection)
	}
	if k.guard != nil {
		if err := k.guard(t, e); err != nil {
			return err
		}
	}
	if err := t.blocked(e); err != nil {
		return err
	}
	if k.remove != nil {
		return k.remove(t, e)
	}
	t.drop(e)
	return nil
}

func (k *Kind) protectedCode() string {
	switch k.Service {
	case "rds":
		return "InvalidParameterCombination"
	case "dynamodb":
		return validation
	default:
		return "OperationNotPermitted"
	}
}

// Find returns copies of the entities that match, sorted by region and id;
// region "" is all regions and a nil match is all entities.
func (w *World) Find(region, kind string, match func(*Entity) bool) []*Entity {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	k, ok := kinds[kind]
	if !ok {
		return nil
	}
	if region != "" {
		region = k.place(region)
	}
	var out []*Entity
	for _, e := range t.list(kind, region) {
		if c := t.tell(k.view(t, e)); match == nil || match(c) {
			out = append(out, c)
		}
	}
	return out
}

// Any reports whether an entity matches, as it is kept: what AWS works out when it is asked is not in it. Region "" is all
// regions. The match must not change what it is shown.
func (w *World) Any(region, kind string, match func(*Entity) bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	k, ok := kinds[kind]
	if !ok {
		return false
	}
	if region != "" {
		region = k.place(region)
	}
	t := w.begin()
	return slices.ContainsFunc(t.list(kind, region), func(e *Entity) bool { return match(t.dated(e, nil)) })
}

// mutate runs change on a transaction and, if it succeeds, has the record
// kept before anyone sees it as done.
func (w *World) mutate(change func(*tx) error) error {
	seq, settle, err := w.commit(change)
	if err != nil || settle == nil {
		return err
	}
	if err := settle(seq); err != nil {
		return fmt.Errorf("keep the change: %w", err)
	}
	return nil
}

func (w *World) commit(change func(*tx) error) (uint64, func(uint64) error, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return 0, nil, fmt.Errorf("the world takes no changes after: %w", w.broken)
	}
	t := w.begin()
	defer w.end(t)
	if err := change(t); err != nil {
		return 0, nil, err
	}
	if !t.changed() {
		// A repeat answers only when what it repeats is safe.
		return w.st.seq, w.settle, nil
	}
	if w.record != nil {
		if err := w.record(t.toRecord()); err != nil {
			return 0, nil, fmt.Errorf("record the change: %w", err)
		}
	}
	w.st.seq++
	w.notes.commits()
	t.become()
	return w.st.seq, w.settle, nil
}

// last is the part of a kind's name that operations carry: AWS::EC2::Subnet is Subnet.
func last(kind string) string { return kind[strings.LastIndex(kind, ":")+1:] }
