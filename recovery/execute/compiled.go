package execute

import (
	"redoubt/recovery/plan"
)

// Compiled is a plan made ready to be walked many times.
type Compiled struct {
	plan plan.Plan
	// hash is empty until somebody has asked for it.
	hash string
	// at are the places of the steps by their ids.
	at    map[string]int
	steps []compiledStep
}

// compiledStep is what does not change about a step, however far it is.
type compiledStep struct {
	step *plan.Step
	// needs are the places of what it needs.
	needs []int
	// asks is the question whether it is done, acts its call for the first time.
	asks, acts Command
}

// Compile makes a plan ready to be walked many times, also by several at once.
func Compile(p plan.Plan) (*Compiled, error) {
	c := compiled(p)
	var err error
	c.hash, err = p.Hash()
	return c, err
}

func compiled(p plan.Plan) *Compiled {
	c := &Compiled{plan: p, at: make(map[string]int, len(p.Steps)), steps: make([]compiledStep, len(p.Steps))}
	for n := range p.Steps {
		c.at[p.Steps[n].ID] = n
	}
	for n := range p.Steps {
		s := &p.Steps[n]
		c.steps[n] = compiledStep{step: s, asks: Evaluate{s.ID, s.Condition}, acts: Perform{s.ID, s.Call, 1}}
		for _, need := range s.Needs {
			c.steps[n].needs = append(c.steps[n].needs, c.at[need])
		}
	}
	return c
}

// Place is the place of a step among those of the plan; a name that is none has no place.
func (c *Compiled) Place(step string) (n int, has bool) {
	n, has = c.at[step]
	return n, has
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
	core := &Core{of: c, opts: o, out: make([]Command, 0, commandsAtOnce), gates: make([]gate, len(c.plan.Gates)), steps: make([]walk, len(c.plan.Steps)), fresh: true}
	for n := range core.gates {
		core.gates[n].gate = &c.plan.Gates[n]
	}
	for n := range core.steps {
		core.steps[n].compiledStep = c.steps[n]
	}
	core.in[waiting] = len(core.steps)
	if o.Hand != nil {
		core.hand = &handed{Hand: *o.Hand, at: core.step(o.Hand.Step)}
	}
	return core
}
