package system

import "fmt"

// checkDependencies holds the outside services and what answers instead of
// each.
func checkDependencies(c *checker) {
	for i, d := range c.sys.Dependencies {
		path, label := fmt.Sprintf("dependencies[%d]", i), fmt.Sprintf("dependency %q", d.Name)
		if why, hint := badHost(d.Host); why != "" {
			c.fault(path+".host", hint, "%s: host %q %s", label, d.Host, why)
		}
		for j, name := range d.Fallbacks {
			c.fallback(fmt.Sprintf("%s.fallbacks[%d]", path, j), label, d, name)
		}
		c.twice(path+".fallbacks", label, "falls back to", d.Fallbacks)
	}
}

// fallback holds that one fallback can answer when the dependency cannot.
func (c *checker) fallback(path, label string, d Dependency, name string) {
	if name == d.Name {
		c.fault(path, "name another dependency", "%s falls back to itself", label)
		return
	}
	other, has := c.sys.Dependency(name)
	switch {
	case !has:
		c.refer(path, label, "dependency", name)
	case other.Kind != d.Kind && other.Kind != "" && d.Kind != "":
		c.fault(path, "name a dependency of kind "+d.Kind, "%s is of kind %s and falls back to %q of kind %s",
			label, d.Kind, name, other.Kind)
	case other.Host == d.Host && d.Host != "":
		c.fault(path, "name a dependency on another host", "%s falls back to %q on the same host %s", label, name, d.Host)
	}
}

// checkNeeds holds the outside services that agents name, and that a critical
// agent can do without any one model endpoint.
func checkNeeds(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		tier, _ := c.sys.Tier(a.Tier)
		for i, name := range a.Needs {
			at := fmt.Sprintf("%s.needs[%d]", path, i)
			c.refer(at, label, "dependency", name)
			d, has := c.sys.Dependency(name)
			if has && tier.Critical && d.Kind == ModelDependency && len(d.Fallbacks) == 0 && !c.fallbacksUnread(name) {
				c.fault(at, fmt.Sprintf("add fallbacks to dependency %q", name),
					"%s of the critical tier %q needs model %q, which has no fallback", label, tier.Name, name)
			}
		}
		c.twice(path+".needs", label, "needs dependency", a.Needs)
	})
}

// fallbacksUnread reports whether the fallbacks of a dependency could not be read.
func (c *checker) fallbacksUnread(name string) bool {
	for i, d := range c.sys.Dependencies {
		if d.Name == name && c.unread(fmt.Sprintf("dependencies[%d].fallbacks", i)) {
			return true
		}
	}
	return false
}
