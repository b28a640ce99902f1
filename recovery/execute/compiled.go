package execute

import (
	"redoubt/recovery/plan"
)

// Compiled is a plan made ready to be walked many times.
type Compiled struct {
	plan plan.Plan
	// hash is empty until somebody has asked for it.
	hash string
	// steps are the places of the steps by their ids, needs what each step needs.
	steps map[string]int
	needs [][]int
}

// Compile makes a plan ready to be walked many times, also by several at once.
func Compile(p plan.Plan) (*Compiled, error) {
	c := compiled(p)
	var err error
	c.hash, err = p.Hash()
	return c, err
}

func compiled(p plan.Plan) *Compiled {
	c := &Compiled{plan: p, steps: make(map[string]int, len(p.Steps)), needs: make([][]int, len(p.Steps))}
	for n := range p.Steps {
		c.steps[p.Steps[n].ID] = n
	}
	for n := range p.Steps {
		for _, need := range p.Steps[n].Needs {
			c.needs[n] = append(c.needs[n], c.steps[need])
		}
	}
	return c
}

// Hash is the hash of the plan, or why it has none.
func (c *Compiled) Hash() string {
	if c.hash != "" {
		return c.hash
	}
	hash, err := c.plan.Hash()
	if err != nil {
		return err.Error()
	}
	return hash
}

// New returns a machine at the beginning of the plan.
func (c *Compiled) New(o Options) *Core {
	if o.Backoff <= 0 {
		o.Backoff = standardBackoff
	}
	if o.MaxBackoff <= 0 {
		o.MaxBackoff = standardMaxBackoff
	}
	core := &Core{of: c, opts: o, gates: make([]gate, len(c.plan.Gates)), steps: make([]walk, len(c.plan.Steps)), fresh: true}
	for n := range core.gates {
		core.gates[n].gate = &c.plan.Gates[n]
	}
	for n := range core.steps {
		core.steps[n] = walk{step: &c.plan.Steps[n], needs: c.needs[n]}
	}
	core.in[waiting] = len(core.steps)
	if o.Hand != nil {
		core.hand = &handed{Hand: *o.Hand, at: core.step(o.Hand.Step)}
	}
	return core
}
