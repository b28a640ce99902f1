package readiness

import (
	"fmt"
	"slices"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// Old is how old an inventory may be that is relied on, as the planner's gate says; Rehearsed how old the last drill
// of the loss of a region may be: four of the weekly drills (assumed). Lasts is how old the newest copy of a backup in the
// other home may be: a day between two, and a day for the job (components/vault).
const (
	Old       = 7 * 24 * time.Hour
	Rehearsed = 28 * 24 * time.Hour
	Lasts     = 48 * time.Hour
)

// Judge judges, and lists the calls without whose answers it is not whole. None of them changes anything. Equal inputs
// give equal judgements.
func Judge(in Input) (Readiness, []plan.Call) {
	j := &judge{Input: in, asked: map[string]bool{}}
	j.Readiness = Readiness{
		System: in.System.Name, Domain: in.System.Domain, At: began(in), Kind: in.Kind, Active: in.Active, Run: in.Run,
		Reasons: []Reason{}, Alarms: []Alarm{},
	}
	if in.Active.Valid() {
		j.Receiving = in.Active.Peer()
	}
	j.homes()
	j.traffic()
	j.restored()
	j.found()
	j.running()
	j.returned()
	j.moves()
	j.stores()
	j.lateness()
	j.drilled()
	j.unread()
	j.alarms()
	j.conclude()
	return j.Readiness, j.missing
}

// began is when the look began, which is the time that a person sees who looks at the clock beside it.
func began(in Input) time.Time {
	if in.Began.IsZero() {
		return in.Now.UTC()
	}
	return in.Began.UTC()
}

// homes looks at each home: is it up, does it answer, how old is what it says, and who plans there.
func (j *judge) homes() {
	for _, name := range system.Homes {
		of, up := j.home(name)
		h := Home{Name: name, Region: of.Region, Up: up, Active: name == j.Readiness.Active, State: Good,
			Inventory: Figure{Kind: j.Input.Kind}}
		at := j.InventoryAt[name]
		if !at.IsZero() {
			h.Inventory = figure(j.Now.Sub(at), j.Input.Kind)
		}
		silent, quiet := j.Silent[name]
		h.Answers = up && !quiet
		switch {
		case !up:
			h.State, h.Why = Bad, "it is not up: it has told no inventory"
			j.because(Bad, string(name)+" home", "redoubt sim up, or pulumi up on AWS", "the "+string(name)+" home is not up")
		case quiet:
			h.State, h.Why = Bad, "it does not answer: "+silent
			j.because(Bad, string(name)+" home", "", fmt.Sprintf("the %s home does not answer", name))
		case slices.Contains(j.Alone, name) && j.up(name.Peer()):
			h.State, h.Why = Bad, "it was not updated since its peer is up"
			j.because(Bad, string(name)+" home", "set redoubt:peerReady to true in Pulumi."+string(name)+".yaml and update it",
				fmt.Sprintf("the %s home was not updated since its peer is up", name))
		case j.Now.Sub(at) > Old:
			h.State, h.Why = Late, fmt.Sprintf("its inventory is older than %s", age(Old))
			j.because(Late, string(name)+" home", "update it", fmt.Sprintf("the %s home wrote its inventory %s ago, want at most %s",
				name, age(j.Now.Sub(at)), age(Old)))
		}
		if l := j.Leases[name]; l.Owner != "" && j.Now.Before(l.Until) {
			h.Held = l.Owner
			j.because(Bad, "lease", "wait for it to end", fmt.Sprintf("%s holds the lease under which plans run in the %s home, until %s",
				l.Owner, name, l.Until.UTC().Format(time.DateTime)))
		}
		j.Homes = append(j.Homes, h)
	}
}

// traffic requires that somebody serves.
func (j *judge) traffic() {
	if !j.Readiness.Active.Valid() {
		j.because(Bad, "traffic", "redoubt status --active primary or --active secondary says it", "which home serves cannot be told: "+j.Nowhere)
	}
}

// found tells what the observers found.
func (j *judge) found() {
	f := j.Finding
	j.Found = Found{State: Good, Kind: f.Kind, Home: f.Home, Name: f.Name, Why: f.Why}
	switch f.Kind {
	case "":
		j.Found.State, j.Found.Why = Unknown, j.Unseen
		j.because(Unknown, "observers", "", "nobody observes the homes: "+j.Unseen)
	case diagnose.Healthy:
	default:
		if f.Kind == diagnose.StoreCorrupt && j.unknown[f.Name] > 0 { // the one that is beside the restored one
			j.Found.State = Late
			j.because(Late, "found", "", fmt.Sprintf("%s: of the damaged one, which nobody is led to any more: %s", f.Kind, f.Why))
			return
		}
		j.Found.State = Bad
		j.because(Bad, "found", j.mend(f), fmt.Sprintf("%s: %s", f.Kind, f.Why))
	}
}

// mend is the plan for what was found.
func (j *judge) mend(f diagnose.Finding) string {
	act := map[diagnose.Kind]string{
		diagnose.ZoneLost:   string(planner.ZoneLoss) + " --zone " + f.Name,
		diagnose.WriterLost: string(planner.WriterLoss) + " --store " + f.Name, diagnose.Partitioned: string(planner.Partition),
		diagnose.DependencyLost: string(planner.DependencyLoss) + " --dependency " + f.Name,
		diagnose.StoreCorrupt:   string(planner.Restore) + " --store " + f.Name + " --at TIME",
	}[f.Kind]
	switch lost := f.Kind == diagnose.RegionLost || f.Kind == diagnose.RegionSilent; {
	case lost && f.Home == j.Readiness.Active:
		act = string(planner.RegionLoss)
	case lost:
		return fmt.Sprintf("when the region of the %s home is back: redoubt plan %s --out plan.json", f.Home, planner.Rebuild)
	}
	if act == "" {
		return ""
	}
	return "redoubt plan " + act + " --out plan.json"
}

// running looks whether a run is under way, and whether the last one proved what it did.
func (j *judge) running() {
	r := j.Input.Run
	switch {
	case r == nil:
	case !r.Ended:
		j.because(Bad, "run", "redoubt status "+r.Name+"; if nobody runs it: redoubt resume "+r.Name,
			fmt.Sprintf("run %s is not at its end: it is under way, stopped or killed", r.Name))
	case r.Outcome == string(execute.Unproven):
		j.because(Late, "run", "redoubt status "+r.Name, fmt.Sprintf("run %s ended %s: %s", r.Name, r.Outcome, r.Why))
	}
}

// alarms lists what fires in the homes that answer; the alarm of the switch is none: it says who has acted.
func (j *judge) alarms() {
	for _, name := range system.Homes {
		of, up := j.home(name)
		if _, quiet := j.Silent[name]; !up || quiet {
			continue
		}
		a, told := j.ask(aws(name, "cloudwatch", "DescribeAlarms", plan.Document{"StateValue": "ALARM",
			"AlarmTypes": []any{"CompositeAlarm", "MetricAlarm"}}))
		if !told {
			continue
		}
		if a.Err != "" {
			j.because(Unknown, "alarms", "", fmt.Sprintf("whether alarms fire in the %s home cannot be told: %s", name, a.Err))
		}
		for _, list := range []plan.Path{"CompositeAlarms", "MetricAlarms"} {
			for _, one := range listed(a.Document, list) {
				if one["AlarmName"] != of.Entry.SwitchAlarm {
					j.Alarms = append(j.Alarms, Alarm{name, text(one["AlarmName"]), text(one["StateUpdatedTimestamp"]), text(one["StateReason"])})
				}
			}
		}
	}
	for _, a := range j.Alarms {
		j.because(Late, "alarm", "", fmt.Sprintf("alarm %s fires in the %s home: %s", a.Name, a.Home, or(a.Why, "no reason is given")))
	}
}

// conclude gives the verdict, and puts the worst first.
func (j *judge) conclude() {
	rank := map[State]int{Bad: 0, Late: 1, Unknown: 2}
	slices.SortStableFunc(j.Reasons, func(a, b Reason) int { return rank[a.State] - rank[b.State] })
	j.Verdict, j.Next = Ready, "redoubt plan "+string(j.planned())+" --out plan.json makes the plan of a planned move"
	if len(j.Reasons) > 0 {
		j.Verdict = Attention
		if j.Reasons[0].State == Bad {
			j.Verdict = NotReady
		}
		j.Next = "look at the first reason: no command mends it"
		worst := func(r Reason) bool { return r.Next != "" && r.State == j.Reasons[0].State }
		if n := slices.IndexFunc(j.Reasons, worst); n >= 0 {
			j.Next = j.Reasons[n].Next
		}
	}
	j.Headline = Headline{j.can(), j.lose(), j.long()}
}
