package readiness

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// moves looks at the two ways in which the work could move: after the loss of the region that serves, and as planned.
func (j *judge) moves() {
	if !j.Readiness.Active.Valid() {
		return
	}
	j.Moves = []Move{
		j.move(planner.RegionLoss, fmt.Sprintf("if the region of the %s home were lost now", j.Readiness.Active), j.supposed()),
		j.move(j.planned(), fmt.Sprintf("as planned, to the %s home", j.Receiving), j.Finding),
	}
	for n, m := range j.Moves {
		for _, g := range m.Refuses {
			if g.ID != planner.OldWritersGate && (n == 0 || !slices.Contains(j.Moves[0].Refuses, g)) { // else it is told already
				j.because(Bad, string(m.Scenario)+" gate "+g.ID, j.answers(m, g), g.Why)
			}
		}
		switch {
		case m.Why == "":
		case n == 1 && (j.unfit() || m.Why == j.Moves[0].Why): // which is told already
		case n == 1: // such as a store without a replica, for which no planned move is made
			j.because(Late, string(m.Scenario), "", m.Why)
		default:
			j.because(Bad, string(m.Scenario), "", m.Why)
		}
	}
	if rto, tier, has := j.rto(); has && j.Moves[0].Takes.Span() > rto {
		j.because(Late, "time", "redoubt assess", fmt.Sprintf("the plan's budgets add up to %s, and tier %s promises %s", j.Moves[0].Takes.Short(),
			tier, short(rto)))
	}
}

// answers is what to do about a gate that refuses: what time mends is waited for.
func (j *judge) answers(m Move, g Gate) string {
	if g.ID == planner.Flapping {
		return "wait until " + j.MovedAt.Add(planner.Quiet).UTC().Truncate(time.Second).Format(time.RFC3339)
	}
	return m.Command
}

// planned is the scenario of a planned move from where the system serves.
func (j *judge) planned() planner.Scenario {
	if j.Readiness.Active == system.Secondary {
		return planner.Failback
	}
	return planner.Switchover
}

// unfit tells that something was found which no planned move is made for.
func (j *judge) unfit() bool { return j.Finding.Kind != "" && j.Finding.Kind != diagnose.Healthy }

// supposed is the finding under which a loss of the active region is judged: what was found, if it is about whole homes,
// and otherwise that the region were lost beyond doubt.
func (j *judge) supposed() diagnose.Finding {
	switch f := j.Finding; f.Kind {
	case diagnose.RegionLost, diagnose.RegionSilent, diagnose.Partitioned:
		return f
	}
	return diagnose.Finding{Kind: diagnose.RegionLost, Home: j.Readiness.Active, Since: j.Now, Why: "supposed, to see what a plan would say"}
}

func (j *judge) move(s planner.Scenario, when string, f diagnose.Finding) Move {
	m := Move{Scenario: s, Title: when, Takes: Figure{Kind: Predicted}, Refuses: []Gate{}, Asks: []Gate{},
		Command: "redoubt plan " + string(s) + " --out plan.json"}
	p, err := j.plan(s, f)
	switch {
	case errors.Is(err, errAsk):
		return m
	case err != nil:
		m.Why = err.Error()
		return m
	}
	way := p.Critical()
	m.Takes, m.Steps, m.Unknown = figure(way.Takes, Predicted), way.Steps, way.Unknown
	for _, g := range p.Gates {
		switch why, refuses := j.refuses(g); {
		case g.Approval():
			m.Asks = append(m.Asks, Gate{ID: g.ID, Title: g.Title})
		case refuses:
			m.Refuses = append(m.Refuses, Gate{ID: g.ID, Title: g.Title, Why: why, Aside: g.Overridable})
		}
	}
	m.Possible = len(m.Refuses) == 0
	return m
}

// errAsk means that something has to be asked first.
var errAsk = errors.New("not asked yet")

// plan makes the plan as redoubt plan would.
func (j *judge) plan(s planner.Scenario, f diagnose.Finding) (plan.Plan, error) {
	r := planner.Request{Scenario: s, System: j.Input.System, Inventory: j.Inventory, Finding: f, Now: j.Now,
		Goal: planner.Goal{Active: j.Readiness.Active}, Answers: map[string]plan.Document{},
		Seen: planner.Seen{InventoryAt: j.InventoryAt, MovedAt: j.MovedAt, OldWriters: j.oldWriters}}
	if _, up := j.home(j.Receiving); !up {
		return plan.Plan{}, fmt.Errorf("there is no home to move to: the %s home is not up", j.Receiving)
	}
	questions, err := planner.Questions(r)
	if err != nil {
		return plan.Plan{}, err
	}
	whole := true
	for _, q := range questions {
		switch a, told := j.ask(q); {
		case !told:
			whole = false
		case a.Err != "":
			return plan.Plan{}, fmt.Errorf("%s: %s", q, a.Err)
		default:
			r.Answers[planner.CallKey(q)] = a.Document
		}
	}
	if !whole {
		return plan.Plan{}, errAsk
	}
	return planner.Make(r)
}

// refuses reports whether a gate refuses now, and why.
func (j *judge) refuses(g plan.Gate) (string, bool) {
	if g.Reason != "" || g.Condition == nil {
		return g.Reason, g.Reason != ""
	}
	a, told := j.ask(g.Condition.Call)
	switch {
	case !told:
		return "", false
	case a.Err != "":
		return fmt.Sprintf("whether %s cannot be told: %s", lower(g.Title), a.Err), true
	}
	answer, why := g.Condition.Judge(a.Document)
	switch answer {
	case plan.Done:
		return "", false
	case plan.NotDone:
		return fmt.Sprintf("it is not so that %s: %s", lower(g.Title), why), true
	}
	return fmt.Sprintf("whether %s cannot be told: %s", lower(g.Title), why), true
}

// lower begins a title as it stands inside a sentence.
func lower(title string) string { return strings.ToLower(title[:1]) + title[1:] }

// AnswerOf is the answer of a call's document and error.
func AnswerOf(doc plan.Document, err error) Answer {
	if err == nil {
		return Answer{Document: doc}
	}
	if class := execute.ClassOf(err); class != "" {
		return Answer{Err: fmt.Sprintf("%s: %s", class, err)}
	}
	return Answer{Err: err.Error()}
}

// rto is the shortest objective of a critical tier for the loss of the region; false without any.
func (j *judge) rto() (time.Duration, string, bool) {
	best, tier := time.Duration(0), ""
	for _, t := range j.Input.System.Tiers {
		if o, has := t.Objectives[system.RegionLoss]; has && t.Critical && (tier == "" || time.Duration(o.RTO) < best) {
			best, tier = time.Duration(o.RTO), t.Name
		}
	}
	return best, tier, tier != ""
}
