package differential

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"

	"redoubt/tools/judge/upstream"
)

// Kinds of a case beside those of a Mutation.
const (
	Valid    = "valid"
	Together = "two at once"
	Changed  = "changed after creation"
)

// Case is one question that both judges answered.
type Case struct {
	Token, Base string
	// Kind is that of the mutation, or valid, two at once, changed after creation.
	Kind string
	// At is the path that was mutated, Pattern the same without places in lists.
	At, Pattern string
	// Value is what the path became, as JSON.
	Value               string
	Upstream, Simulator Verdict
	// Known is the reason of a disagreement that is listed in known.yaml.
	Known string
}

// Agrees reports whether both judges say the same.
func (c Case) Agrees() bool { return c.Upstream.Says == c.Simulator.Says }

// String tells the case and both verdicts on one line.
func (c Case) String() string {
	return fmt.Sprintf("%s (%s) %s %s = %s: upstream %s [%s], simulator %s [%s]", c.Token, c.Base, c.Kind, c.At,
		c.Value, c.Upstream.Says, short(c.Upstream.Reason), c.Simulator.Says, short(c.Simulator.Reason))
}

func short(s string) string {
	if runes := []rune(s); len(runes) > 160 {
		return string(runes[:160]) + "..."
	}
	return s
}

// Runner asks both judges about every base and what becomes of it.
type Runner struct {
	Types map[string]*Judged
	// Seed orders what is drawn at random; Pairs is how many pairs of mutations
	// are drawn for each base.
	Seed  uint64
	Pairs int
	Known []Known
}

// Run asks about all bases and returns the cases in a fixed order. A base that
// cannot be asked about is an error, and does not keep the others from it.
func (r *Runner) Run(ctx context.Context, bases []Base) ([]Case, error) {
	random := rand.New(rand.NewPCG(r.Seed, 0))
	var out []Case
	var failed []error
	for _, base := range bases {
		judged, ok := r.Types[base.Token]
		if !ok {
			return nil, fmt.Errorf("base %q: type %q is not judged", base.Name, base.Token)
		}
		one := &asker{ctx: ctx, judged: judged, base: base, known: r.Known}
		if err := one.all(random, r.Pairs); err != nil {
			failed = append(failed, fmt.Errorf("%s (%s): %w", base.Token, base.Name, err))
		}
		out = append(out, one.cases...)
	}
	return out, errors.Join(failed...)
}

// asker asks about one base.
type asker struct {
	ctx    context.Context
	judged *Judged
	base   Base
	known  []Known
	cases  []Case
	// words are values that the provider itself named when it refused another.
	words map[string][]any
	// alone holds the reasons of the mutations that the judges differ about.
	alone map[string]string
}

func (a *asker) all(random *rand.Rand, pairs int) error {
	a.words, a.alone = map[string][]any{}, map[string]string{}
	first, created, err := a.inputs(Valid, nil, nil, a.base.Inputs)
	if err != nil {
		return err
	}
	if first.Upstream.Says != Accepted {
		return fmt.Errorf("the base itself is refused upstream: %s", first.Upstream.Reason)
	}
	all := mutations(a.judged.Nodes, a.base.Inputs)
	var accepted []Mutation
	for _, m := range all {
		in, ok := m.Apply(a.base.Inputs)
		if !ok {
			return fmt.Errorf("%s at %s cannot be applied: this is a bug", m.Kind, m.At)
		}
		c, _, err := a.inputs(m.Kind, m.At, m.To, in)
		if err != nil {
			return err
		}
		if !c.Agrees() {
			a.alone[m.key()] = c.Known
		}
		if c.Upstream.Says == Accepted {
			accepted = append(accepted, m)
		} else {
			a.words[m.At.Pattern()] = append(a.words[m.At.Pattern()], namedValues(c.Upstream.Reason)...)
		}
	}
	if err := a.pairs(random, all, pairs); err != nil {
		return err
	}
	return a.changes(upstream.Applied(created), accepted)
}

// pairs draws mutations two at a time.
func (a *asker) pairs(random *rand.Rand, all []Mutation, n int) error {
	for range n {
		one, two := all[random.IntN(len(all))], all[random.IntN(len(all))]
		in, ok := one.Apply(a.base.Inputs)
		if !ok {
			continue
		}
		if in, ok = two.Apply(in); !ok {
			continue
		}
		at := Path{one.At.String() + " " + one.Kind + " and " + two.At.String() + " " + two.Kind}
		c, _, err := a.inputs(Together, at, []any{show(one.To), show(two.To)}, in)
		if err != nil {
			return err
		}
		if !c.Agrees() && c.Known == "" {
			// Two at once differ where one of them does by itself.
			a.cases[len(a.cases)-1].Known = cmp.Or(a.alone[one.key()], a.alone[two.key()])
		}
	}
	return nil
}

// inputs asks both judges whether they accept the inputs.
func (a *asker) inputs(kind string, at Path, to any, in map[string]any) (Case, *upstream.Change, error) {
	theirs, created, err := a.judged.Upstream(a.ctx, in)
	if err != nil {
		return Case{}, nil, err
	}
	return a.add(kind, at, to, theirs, a.judged.Simulator(in)), created, nil
}

func (a *asker) add(kind string, at Path, to any, theirs, ours Verdict) Case {
	c := Case{
		Token: a.base.Token, Base: a.base.Name, Kind: kind, At: at.String(), Pattern: at.Pattern(), Value: show(to),
		Upstream: theirs, Simulator: ours,
	}
	if !c.Agrees() {
		c.Known = reasonFor(a.known, c)
	}
	a.cases = append(a.cases, c)
	return c
}

func show(v any) string {
	if v == any(drop) {
		return "nothing"
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return short(string(raw))
}
