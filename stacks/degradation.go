package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/degradation"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/system/flags"
)

// declareDegradation makes what tells the agents how much to give.
func (h *home) declareDegradation() (err error) {
	if len(h.system.Degrading()) == 0 {
		return nil
	}
	h.degradation, err = degradation.New(h.ctx, "degradation", &degradation.Args{
		Scope: h.scope(), System: h.system, LoadBalancer: h.entry.LoadBalancerArnSuffix,
	}, h.here())
	return err
}

// levels are the feature flags that each agent reads.
func (h *home) levels() map[string]pulumi.StringArrayInput {
	out := map[string]pulumi.StringArrayInput{}
	for _, a := range h.system.Degrading() {
		out[a.Name] = h.degradation.ReadArns.MapIndex(pulumi.String(a.Name))
	}
	return out
}

// levelSlots are where plans tell the agents their level.
func (h *home) levelSlots() []slot {
	var slots []slot
	for _, a := range h.system.Degrading() {
		of := func(out pulumi.StringMapOutput, key string, change func(*inventory.Levels, string)) slot {
			return text(out.MapIndex(pulumi.String(key)), ofLevels(a.Name, change))
		}
		d := h.degradation
		slots = append(slots,
			text(d.StrategyID, ofLevels(a.Name, func(l *inventory.Levels, v string) { l.StrategyID = v })),
			of(d.ApplicationIDs, a.Name, func(l *inventory.Levels, v string) { l.ApplicationID = v }),
			of(d.ProfileIDs, a.Name, func(l *inventory.Levels, v string) { l.ProfileID = v }),
			of(d.RecoveryIDs, a.Name, func(l *inventory.Levels, v string) { l.EnvironmentID = v }),
		)
		for _, level := range flags.LevelsOf(a) {
			slots = append(slots, of(d.Versions, degradation.VersionKey(a.Name, level),
				func(l *inventory.Levels, v string) { l.Versions[level] = v }))
		}
	}
	return slots
}

// ofLevels changes where plans tell an agent its level.
func ofLevels(name string, change func(*inventory.Levels, string)) func(*inventory.Home, string) {
	return func(o *inventory.Home, v string) {
		agent := o.Agents[name]
		if agent.Levels == nil {
			agent.Levels = &inventory.Levels{Versions: map[system.Level]string{}}
		}
		change(agent.Levels, v)
		o.Agents[name] = agent
	}
}
