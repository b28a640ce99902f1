package system

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// zones is over how many zones a home spreads its replicas.
const zones = 3

// eachAgent calls f with every agent, its path and how faults name it.
func (c *checker) eachAgent(f func(path, label string, a Agent)) {
	for i, a := range c.sys.Agents {
		f(fmt.Sprintf("agents[%d]", i), fmt.Sprintf("agent %q", a.Name), a)
	}
}

// checkAgentTiers holds that every agent has objectives.
func checkAgentTiers(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		c.refer(path+".tier", label, "tier", a.Tier)
	})
}

// image is a container image that names one version: a tag, a digest, or both.
var image = regexp.MustCompile(
	`^[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*` +
		`(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$`)

// checkImages holds that a recovery starts the very image that was running.
func checkImages(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		base := a.Image[strings.LastIndex(a.Image, "/")+1:]
		_, tag, tagged := strings.Cut(base, ":")
		switch {
		case a.Image == "":
		case !image.MatchString(a.Image):
			c.fault(path+".image", "write it like registry.example.com/atlas/planner:1.4.2",
				"%s: image %q is not an image reference", label, a.Image)
		case !tagged:
			c.fault(path+".image", "add a version, as in "+a.Image+":1.4.2",
				"%s: image %q has neither tag nor digest", label, a.Image)
		case tag == "latest":
			c.fault(path+".image", "name the version: on the day it matters latest may be another image",
				"%s: image %q has the moving tag latest", label, a.Image)
		}
	})
}

// checkCapacity holds that an agent carries its declared load after the loss
// of a zone, in which a third of its replicas goes, rounded up.
func checkCapacity(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		positive := true
		for _, each := range []struct {
			key   string
			value int
		}{{"replicas", a.Replicas}, {"load", a.Load}, {"perReplica", a.PerReplica}} {
			if each.value < 1 {
				positive = false
				c.fault(path+"."+each.key, "write a number above zero", "%s: %s is %d, want at least 1",
					label, each.key, each.value)
			}
		}
		tier, _ := c.sys.Tier(a.Tier)
		switch {
		case !positive || c.unread(path+".load") || c.unread(path+".perReplica"):
		case tier.Critical && a.Replicas < zones:
			c.fault(path+".replicas", fmt.Sprintf("write at least %d", max(zones, replicasFor(a.Load, a.PerReplica))),
				"%s: replicas is %d, want at least %d in the critical tier %q", label, a.Replicas, zones, tier.Name)
		case a.Replicas < replicasFor(a.Load, a.PerReplica):
			left := a.Replicas - (a.Replicas+zones-1)/zones
			c.fault(path+".replicas", fmt.Sprintf("write at least %d", replicasFor(a.Load, a.PerReplica)),
				"%s: after the loss of a zone %d of %d replicas are left and carry %d requests a second, want the load of %d",
				label, left, a.Replicas, saturate(left, a.PerReplica), a.Load)
		}
	})
}

// replicasFor is the smallest number of replicas, spread evenly over the
// zones, that carries load when the fullest zone is lost.
func replicasFor(load, perReplica int) int {
	left := carries(load, perReplica)
	return left + (left+zones-2)/(zones-1)
}

// saturate multiplies without overflow.
func saturate(a, b int) int {
	if a > 0 && b > (1<<62)/a {
		return 1 << 62
	}
	return a * b
}

// checkResources holds that the scheduler is told what a replica needs.
func checkResources(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		if a.Resources.CPUMillis < 1 {
			c.fault(path+".resources.cpuMillis", "write thousandths of a core, such as 500",
				"%s: cpuMillis is %d, want at least 1", label, a.Resources.CPUMillis)
		}
		if a.Resources.MemoryMiB < 1 {
			c.fault(path+".resources.memoryMiB", "write mebibytes, such as 512",
				"%s: memoryMiB is %d, want at least 1", label, a.Resources.MemoryMiB)
		}
	})
}

// proxyPorts is the first of the ports that the mesh's proxy takes for itself in an agent's pod:
// https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
const proxyPorts = 15000

// checkPorts holds that whoever is called has a port to be called on.
func checkPorts(c *checker) {
	called := map[string]string{}
	for _, a := range c.sys.Agents {
		for _, name := range a.Calls {
			called[name] = a.Name
		}
	}
	c.eachAgent(func(path, label string, a Agent) {
		caller, isCalled := called[a.Name]
		switch {
		case c.has(path+".port") && (a.Port < 1 || a.Port > 65535):
			c.fault(path+".port", "write a number from 1 to 65535", "%s: port is %d, want 1 to 65535", label, a.Port)
		case a.Port >= proxyPorts && a.Port < proxyPorts+100:
			c.fault(path+".port", "write another, such as 8080", "%s: port is %d, and 15000 to 15099 are the proxy's",
				label, a.Port)
		case a.Port == 0 && a.Public:
			c.fault(path, "add port: 8080", "%s is public and has no port", label)
		case a.Port == 0 && isCalled:
			c.fault(path, "add port: 8080", "%s is called by %q and has no port", label, caller)
		}
	})
}

// checkEntry holds that there is a way in: recovery is proved by a task that
// enters through it.
func checkEntry(c *checker) {
	if c.src.broken["agents"] {
		return
	}
	for i, a := range c.sys.Agents {
		if a.Public || c.unread(fmt.Sprintf("agents[%d].public", i)) {
			return
		}
	}
	c.fault("agents", "add public: true to the agent that users call", "no agent is public, want at least one")
}

// checkUses holds the stores that agents name.
func checkUses(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		used := names(a.Stores, func(u Use) string { return u.Store })
		for i, name := range used {
			at := fmt.Sprintf("%s.stores[%d].store", path, i)
			c.refer(at, label, "store", name)
			if slices.Contains(used[:i], name) {
				c.fault(at, "keep one of them", "%s uses store %q twice", label, name)
			}
		}
	})
}

// checkSingleWriters holds that agents which run in both homes at once write
// only where both homes may write. Aurora's global database and ElastiCache's
// global datastore take writes in one region:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastore.html
func checkSingleWriters(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		tier, _ := c.sys.Tier(a.Tier)
		if tier.Strategy != ActiveActive {
			return
		}
		for i, use := range a.Stores {
			store, has := c.sys.Store(use.Store)
			if !has || !use.Write {
				continue
			}
			hint := ""
			switch {
			case store.Kind == Postgres && !store.WriteForwarding:
				hint = fmt.Sprintf("add writeForwarding: true to store %q, or move the agent to a tier with one writer", store.Name)
			case store.Kind == Cache:
				hint = "write through an agent of a tier with one writer, or use a table"
			default:
				continue
			}
			c.fault(fmt.Sprintf("%s.stores[%d]", path, i), hint,
				"%s of the active-active tier %q writes to the %s %q, which takes writes in one home only",
				label, tier.Name, store.Kind, store.Name)
		}
	})
}

// checkCalls holds the agents that agents name. A call to oneself is a mistake;
// a circle of several is refused with the deadlines, see checkBudgets.
func checkCalls(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		for i, name := range a.Calls {
			at := fmt.Sprintf("%s.calls[%d]", path, i)
			c.refer(at, label, "agent", name)
			if name == a.Name {
				c.fault(at, "leave it out", "%s calls itself", label)
			}
		}
		c.twice(path+".calls", label, "calls agent", a.Calls)
	})
}

// checkConsumes holds that work is taken from a queue.
func checkConsumes(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		if a.Consumes == "" {
			return
		}
		c.refer(path+".consumes", label, "store", a.Consumes)
		if store, has := c.sys.Store(a.Consumes); has && store.Kind != Queue && store.Kind != "" {
			c.fault(path+".consumes", "name a store of kind queue",
				"%s consumes %q, which is a %s", label, store.Name, store.Kind)
		}
	})
}

// checkDegradation holds that each level is told once and gives something up.
func checkDegradation(c *checker) {
	c.eachAgent(func(path, label string, a Agent) {
		seen := map[Level]bool{}
		for i, d := range a.Degradation {
			at := fmt.Sprintf("%s.degradation[%d]", path, i)
			less := len(d.Off) > 0 || d.Fallback != ""
			switch {
			case d.Level == "":
			case seen[d.Level]:
				c.fault(at+".level", "keep one of them", "%s declares level %q twice", label, d.Level)
			case d.Level == Full && less:
				c.fault(at, "move it to reduced or essential", "%s gives something up at level full", label)
			case d.Level != Full && !less:
				c.fault(at, "add off or fallback", "%s gives nothing up at level %s", label, d.Level)
			}
			seen[d.Level] = true
			c.twice(at+".off", label, "switches off", d.Off)
		}
	})
}
