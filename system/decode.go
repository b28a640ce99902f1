package system

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// decodeSystem reads the whole file. What could not be read is zero and
// recorded in the source.
func decodeSystem(src *source, root *yaml.Node) *System {
	o := src.object("", "system", root)
	o.require("name", "domain", "tiers", "stores", "agents")
	sys := &System{
		Name:         o.text("name"),
		Domain:       o.text("domain"),
		Tiers:        items(o, "tiers", "tier", decodeTier),
		Stores:       items(o, "stores", "store", decodeStore),
		Dependencies: items(o, "dependencies", "dependency", decodeDependency),
		Agents:       items(o, "agents", "agent", decodeAgent),
	}
	o.close()
	return sys
}

func decodeTier(o *object) Tier {
	o.require("name", "strategy", "objectives")
	t := Tier{
		Name:     o.text("name"),
		Critical: o.truth("critical"),
		Strategy: choice(o, "strategy", Strategies),
	}
	t.Capacity = decodeCapacity(o, t.Strategy)
	t.Objectives = decodeObjectives(o)
	t.Resilience = decodeResilience(o)
	return t
}

// decodeObjectives reads the objective for each disruption; each must be there.
func decodeObjectives(tier *object) map[Disruption]Objective {
	n := tier.value("objectives")
	if n == nil {
		return nil
	}
	o := tier.src.object(tier.join("objectives"), tier.label+" objectives", n)
	out := map[Disruption]Objective{}
	for _, d := range Disruptions {
		value := o.value(string(d))
		if value == nil {
			o.lacksObjective(tier.label, d)
			continue
		}
		each := o.src.object(o.join(string(d)), fmt.Sprintf("%s objective for %s", tier.label, d), value)
		each.require("rto", "rpo")
		out[d] = Objective{
			RTO:          each.duration("rto"),
			RPO:          each.duration("rpo"),
			Availability: each.share("availability"),
		}
		each.close()
	}
	o.close()
	return out
}

// lacksObjective reports a disruption for which a tier promises nothing.
func (o *object) lacksObjective(tier string, d Disruption) {
	if o.entries == nil {
		return // already reported as no mapping
	}
	path := o.join(string(d))
	at, written := o.src.at[path]
	if !written {
		at = o.src.at[o.path]
	}
	o.bad(path, at, fmt.Sprintf("add %s: with rto and rpo", d), fmt.Sprintf("%s has no objective for %s", tier, d))
}

func decodeStore(o *object) Store {
	o.require("name", "kind", "tier")
	return Store{
		Name:            o.text("name"),
		Kind:            choice(o, "kind", StoreKinds),
		Tier:            o.text("tier"),
		SizeGiB:         o.number("sizeGiB"),
		Retention:       decodeRetention(o),
		WriteForwarding: o.truth("writeForwarding"),
		RebuildFrom:     o.text("rebuildFrom"),
		FIFO:            o.truth("fifo"),
		MaxReceives:     o.number("maxReceives"),
	}
}

func decodeRetention(store *object) Retention {
	n := store.value("retention")
	if n == nil {
		return Retention{}
	}
	o := store.src.object(store.join("retention"), store.label+" retention", n)
	defer o.close()
	return Retention{
		PITRDays:      o.number("pitrDays"),
		HourlyDays:    o.number("hourlyDays"),
		DailyDays:     o.number("dailyDays"),
		WeeklyDays:    o.number("weeklyDays"),
		MonthlyDays:   o.number("monthlyDays"),
		ColdAfterDays: o.number("coldAfterDays"),
		LockDays:      o.number("lockDays"),
	}
}

func decodeDependency(o *object) Dependency {
	o.require("name", "kind", "host")
	return Dependency{
		Name:      o.text("name"),
		Kind:      choice(o, "kind", DependencyKinds),
		Host:      o.text("host"),
		Fallbacks: o.texts("fallbacks"),
		Timeout:   o.duration("timeout"),
	}
}

func decodeAgent(o *object) Agent {
	o.require("name", "tier", "image", "replicas", "load", "perReplica", "resources")
	return Agent{
		Name:        o.text("name"),
		Tier:        o.text("tier"),
		Image:       o.text("image"),
		Replicas:    o.number("replicas"),
		Load:        o.number("load"),
		PerReplica:  o.number("perReplica"),
		Resources:   decodeResources(o),
		Volumes:     items(o, "volumes", o.label+" volume", decodeVolume),
		Port:        o.number("port"),
		Public:      o.truth("public"),
		Stores:      items(o, "stores", o.label+" use", decodeUse),
		Calls:       o.texts("calls"),
		Needs:       o.texts("needs"),
		Consumes:    o.text("consumes"),
		Degradation: items(o, "degradation", o.label+" degradation", decodeDegradation),
		Resilience:  decodeResilience(o),
	}
}

func decodeResources(agent *object) Resources {
	n := agent.value("resources")
	if n == nil {
		return Resources{}
	}
	o := agent.src.object(agent.join("resources"), agent.label+" resources", n)
	defer o.close()
	o.require("cpuMillis", "memoryMiB")
	return Resources{CPUMillis: o.number("cpuMillis"), MemoryMiB: o.number("memoryMiB")}
}

func decodeVolume(o *object) Volume {
	o.require("name", "kind", "path", "sizeMiB")
	return Volume{Name: o.text("name"), Kind: o.text("kind"), Path: o.text("path"), SizeMiB: o.number("sizeMiB")}
}

func decodeUse(o *object) Use {
	o.require("store")
	return Use{Store: o.text("store"), Write: o.truth("write")}
}

func decodeDegradation(o *object) Degradation {
	o.require("level")
	return Degradation{
		Level:    choice(o, "level", Levels),
		Off:      o.texts("off"),
		Fallback: o.text("fallback"),
	}
}
