package planner

import (
	"fmt"
	"slices"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// usersOf are the agents that use a store, with the homes in which they do. One that
// reads alone is among them: it would go on showing what is damaged.
func (d *draft) usersOf(r restoring) map[string][]system.Home {
	out := map[string][]system.Home{}
	for _, a := range d.System.Agents {
		uses := a.Consumes == r.store.Name ||
			slices.ContainsFunc(a.Stores, func(u system.Use) bool { return u.Store == r.store.Name })
		switch {
		case !uses:
		case d.both(a.Tier):
			out[a.Name] = []system.Home{r.where, r.where.Peer()}
		default:
			out[a.Name] = []system.Home{r.where}
		}
	}
	return out
}

// stopUsers lets nobody use the damaged store any more: what is written now is lost
// with it. It returns the steps.
func (d *draft) stopUsers(r restoring) []string {
	users := d.usersOf(r)
	var ids []string
	for _, a := range d.System.Agents {
		for _, home := range users[a.Name] {
			ids = append(ids, d.stop(home, a, r.store.Name)...)
		}
	}
	return ids
}

// stop lets an agent run no more in a home until it is resumed.
func (d *draft) stop(home system.Home, a system.Agent, store string) []string {
	of := d.home(home).Agents[a.Name]
	if of.Deployment == "" {
		d.wrong("the inventory does not know agent %s in the %s home", a.Name, home)
		return nil
	}
	s := plan.Step{
		Role: plan.Fence, Subject: plan.Subject{Agent: a.Name}, Source: scaleSource, Budget: timings.EKSDrain,
		Timeout: minutes(15), OnFailure: plan.Stop,
		Why: fmt.Sprintf("Agent %s uses %s. What it writes there from now on would be lost, and what it reads there may be "+
			"damaged and would spread.", a.Name, store),
	}
	var needs []string
	if of.ScalerKind == "ScaledObject" {
		pause := s
		pause.ID, pause.Source = fmt.Sprintf("pause-%s-%s", a.Name, home), pauseSource
		pause.Title = fmt.Sprintf("Pause the scaler of agent %s in the %s home", a.Name, home)
		pause.Call, pause.Condition = d.paused(home, of.Scaler, "true"), d.isPaused(home, of.Scaler, "true")
		undo := d.paused(home, of.Scaler, "false")
		pause.Undo = &undo
		needs = []string{d.add(pause)}
	}
	undo := d.replicas(home, of.Deployment, of.Active)
	s.ID, s.Title = fmt.Sprintf("stop-%s-%s", a.Name, home), fmt.Sprintf("Stop agent %s in the %s home", a.Name, home)
	s.Needs, s.Call, s.Undo = needs, d.replicas(home, of.Deployment, 0), &undo
	gone := plan.Expect{Path: "status.replicas", Op: plan.AtMost, Value: 0, Missing: 0}
	s.Condition = holds(d.object(home, "Get", "apps/v1", "Deployment", of.Deployment, nil), gone)
	return []string{d.add(s)}
}

// resumeUsers lets them run again, each after the steps that its home needs.
func (d *draft) resumeUsers(r restoring, swapped map[system.Home][]string) []string {
	users := d.usersOf(r)
	var ids []string
	for _, a := range d.System.Agents {
		for _, home := range users[a.Name] {
			ids = append(ids, d.resume(home, a, swapped[home])...)
		}
	}
	return ids
}

func (d *draft) resume(home system.Home, a system.Agent, needs []string) []string {
	of := d.home(home).Agents[a.Name]
	s := plan.Step{
		ID:    fmt.Sprintf("resume-%s-%s", a.Name, home),
		Title: fmt.Sprintf("Start agent %s again in the %s home", a.Name, home),
		Role:  plan.Start, Subject: plan.Subject{Agent: a.Name}, Needs: needs, Source: scaleSource,
		Why:  "It uses the restored store now; until it runs, users wait for it.",
		Call: d.replicas(home, of.Deployment, of.Active), Condition: d.ready(home, of.Deployment, of.Active),
		Budget: timings.EKSScaleoutCa, Timeout: minutes(20), OnFailure: plan.Stop,
	}
	if of.ScalerKind != "ScaledObject" {
		return []string{d.add(s)}
	}
	// KEDA brings it to its least by itself once it is not paused.
	wake := s
	wake.ID, wake.Source = fmt.Sprintf("unpause-%s-%s", a.Name, home), pauseSource
	wake.Title = fmt.Sprintf("Let the scaler of agent %s act again in the %s home", a.Name, home)
	wake.Call, wake.Condition = d.paused(home, of.Scaler, "false"), d.isPaused(home, of.Scaler, "false")
	s.Needs = []string{d.add(wake)}
	return []string{d.add(s)}
}
