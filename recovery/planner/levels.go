package planner

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/system/flags"
	"redoubt/timings"
)

// levelSource says what a deployment of AppConfig does.
const levelSource = "https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_StartDeployment.html"

// atLevel sets the level of an agent in both homes. Only that of the home that
// serves is waited for.
func (d *draft) atLevel(id string, a system.Agent, to, from system.Level, why string) []string {
	var ids []string
	for _, home := range []system.Home{d.Goal.Active, d.Goal.Active.Peer()} {
		s, known := d.levelStep(home, a, to, from)
		s.ID, s.Why = id, why
		switch {
		case !known && home == d.Goal.Active:
			d.wrong("the inventory does not know the feature flags of agent %s; update the %s home once", a.Name, home)
		case !known: // an update of that home brings them, and they begin with everything
		case home == d.Goal.Active:
			ids = append(ids, d.add(s))
		default:
			s.ID, s.OnFailure = id+"-"+string(home), plan.Continue
			d.add(s)
		}
	}
	return ids
}

// levelStep deploys an agent's version of a level, which was made ahead, to the environment that only plans deploy
// to. It is known by the latest deployment there: one that was taken back is none.
func (d *draft) levelStep(home system.Home, a system.Agent, to, from system.Level) (plan.Step, bool) {
	of := d.home(home).Agents[a.Name].Levels
	if of == nil || of.Versions[to] == "" || of.Versions[from] == "" {
		return plan.Step{}, false
	}
	undo := deploy(home, *of, from)
	version := is("Items[0].ConfigurationVersion", of.Versions[to])
	version.Missing = of.Versions[system.Full] // an agent that nobody has told gives everything
	state := is("Items[0].State", "COMPLETE")
	state.Missing = "COMPLETE"
	return plan.Step{
		Title: fmt.Sprintf("Let agent %s work at level %s in the %s home", a.Name, to, home),
		Role:  plan.Level, Subject: plan.Subject{Agent: a.Name}, Source: levelSource,
		Call: deploy(home, *of, to), Condition: holds(askDeployed(home, *of), version, state),
		Undo: &undo, Budget: timings.AppconfigPoll, Timeout: minutes(5), OnFailure: plan.Report,
	}, true
}

// deploy tells an agent its level. A repeat deploys the same once more, which changes nothing.
func deploy(home system.Home, of inventory.Levels, level system.Level) plan.Call {
	return aws(home, "appconfig", "StartDeployment", plan.Document{
		"ApplicationId": of.ApplicationID, "EnvironmentId": of.EnvironmentID, "ConfigurationProfileId": of.ProfileID,
		"ConfigurationVersion": of.Versions[level], "DeploymentStrategyId": of.StrategyID,
		"Description": "redoubt: " + string(level),
	})
}

// askDeployed asks for the latest deployment to an agent's environment: AppConfig lists it first
// (https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_ListDeployments.html).
func askDeployed(home system.Home, of inventory.Levels) plan.Call {
	return aws(home, "appconfig", "ListDeployments", plan.Document{
		"ApplicationId": of.ApplicationID, "EnvironmentId": of.EnvironmentID, "MaxResults": 1})
}

// mildest is the first level below full that an agent declares.
func mildest(a system.Agent) (system.Level, bool) {
	for _, level := range flags.LevelsOf(a) {
		if level != system.Full {
			return level, true
		}
	}
	return system.Full, false
}

// giveLess lets every agent of a home work at its mildest level. Nobody waits for it.
func (d *draft) giveLess(home system.Home) {
	for _, a := range d.System.Degrading() {
		level, has := mildest(a)
		s, known := d.levelStep(home, a, level, system.Full)
		if !has || !known {
			continue
		}
		s.ID, s.OnFailure = "degrade-"+a.Name, plan.Continue
		s.Why = "The home had grown above what its declared load needs, so the zones that are left do not carry what comes. " +
			"New machines take minutes, and may not come at all; until then each request gets less."
		d.add(s)
	}
}

// levelQuestions ask at which level the agents of the home that serves work.
func levelQuestions(r Request, home system.Home) []plan.Call {
	var out []plan.Call
	for _, a := range r.System.Degrading() {
		if of := r.Inventory.Homes[home].Agents[a.Name].Levels; of != nil && home == r.Goal.Active {
			out = append(out, askDeployed(home, *of))
		}
	}
	return out
}

// giveAgain lets those agents give everything again that work at their mildest level: giveLess has set it.
func (d *draft) giveAgain(home system.Home, needs []string) {
	for _, a := range d.System.Degrading() {
		of := d.home(home).Agents[a.Name].Levels
		level, has := mildest(a)
		if of == nil || !has {
			continue
		}
		now, _ := told[string](d.answer(askDeployed(home, *of)), "Items[0].ConfigurationVersion")
		s, known := d.levelStep(home, a, system.Full, level)
		if !known || now != of.Versions[level] {
			continue
		}
		s.ID, s.Needs = "restore-"+a.Name, needs
		s.Why = "The zone carries its share again; users miss what the agent gave up."
		d.add(s)
	}
}
