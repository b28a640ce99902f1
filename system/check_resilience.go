package system

import (
	"fmt"
	"slices"
	"time"

	"redoubt/system/budget"
)

// mostRetries is more than which a retry is a load of its own.
const mostRetries = 5

// checkResilience holds the values by which requests are held.
func checkResilience(c *checker) {
	for i, t := range c.sys.Tiers {
		path, label := fmt.Sprintf("tiers[%d].resilience", i), fmt.Sprintf("tier %q", t.Name)
		c.resilience(path, label, t.Resilience)
		if len(t.Resilience.Without) > 0 {
			c.fault(path+".without", "say it of the agent that makes the call", "%s: without is said of agents alone", label)
		}
	}
	c.eachAgent(func(path, label string, a Agent) {
		c.resilience(path+".resilience", label, a.Resilience)
		for i, name := range a.Resilience.Without {
			if !slices.Contains(a.Calls, name) {
				c.fault(fmt.Sprintf("%s.resilience.without[%d]", path, i), "name one of its calls, or leave it out",
					"%s does without agent %q, which it does not call", label, name)
			}
		}
		c.twice(path+".resilience.without", label, "does without agent", a.Resilience.Without)
	})
	for i, d := range c.sys.Dependencies {
		c.milliseconds(fmt.Sprintf("dependencies[%d].timeout", i), fmt.Sprintf("dependency %q: timeout", d.Name), d.Timeout)
	}
}

func (c *checker) resilience(path, label string, r Resilience) {
	for _, each := range []struct {
		key   string
		value time.Duration
	}{{"deadline", r.Deadline}, {"work", r.Work}, {"backoff", r.Backoff}, {"connect", r.Connect}, {"ejectFor", r.EjectFor}} {
		c.milliseconds(path+"."+each.key, label+": "+each.key, each.value)
	}
	if n := r.Retries; n != nil && (*n < 0 || *n > mostRetries) {
		c.fault(path+".retries", "write 0 for none, or 1", "%s: retries is %d, want 0 to %d", label, *n, mostRetries)
	}
	for _, each := range []struct {
		key   string
		value int
	}{{"ejectAfter", r.EjectAfter}, {"atOnce", r.AtOnce}} {
		if c.has(path+"."+each.key) && each.value < 1 {
			c.fault(path+"."+each.key, "write a number above zero, or leave it out", "%s: %s is %d, want at least 1",
				label, each.key, each.value)
		}
	}
}

// milliseconds holds that a mesh can keep a duration: Istio takes whole
// milliseconds from one on (istio.io/istio/pkg/config/validation, ValidateDuration).
func (c *checker) milliseconds(path, label string, d time.Duration) {
	if c.has(path) && (d < time.Millisecond || d%time.Millisecond != 0) {
		c.fault(path, "write it as 50ms or 2s", "%s is %v, want whole milliseconds, at least one", label, d)
	}
}

// checkBudgets holds that the deadlines add up along the calls: every caller has
// more time than all that it waits for. It says nothing while something that it adds could not be read.
func checkBudgets(c *checker) {
	paths := []string{"tiers", "dependencies", "agents"}
	for i := range c.sys.Tiers {
		paths = append(paths, fmt.Sprintf("tiers[%d].resilience", i))
	}
	for i, a := range c.sys.Agents {
		for _, key := range []string{"name", "tier", "calls", "needs", "resilience"} {
			paths = append(paths, fmt.Sprintf("agents[%d].%s", i, key))
		}
		if a.Resilience.Retries != nil && (*a.Resilience.Retries < 0 || *a.Resilience.Retries > mostRetries) {
			return
		}
	}
	for _, path := range paths {
		if c.unread(path) {
			return
		}
	}
	_, faults := c.sys.Budgets()
	for _, f := range faults {
		c.budget(f)
	}
}

// budget tells one fault at the agent's deadline, or where it names what it waits for.
func (c *checker) budget(f budget.Fault) {
	for i, a := range c.sys.Agents {
		if a.Name != f.Party {
			continue
		}
		path := fmt.Sprintf("agents[%d]", i)
		for _, key := range []string{"resilience.deadline", "calls", "needs"} {
			if c.has(path + "." + key) {
				path += "." + key
				break
			}
		}
		hint := fmt.Sprintf("allow %s or more, or shorten what it waits for; then redoubt system check", span(f.Least))
		if f.Least == 0 {
			hint = "let one of them take its work from a queue (consumes), which nobody waits for"
		}
		c.fault(path, hint, "agent %q: %s", f.Party, f)
		return
	}
}
