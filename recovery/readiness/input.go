package readiness

import (
	"fmt"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/witness"
)

// Input is all that a readiness is judged by.
type Input struct {
	System *system.System
	Kind   witness.Kind
	// Began is when the look began, Now when it was over: of simulated regions it is a copy that has come so far.
	Began, Now time.Time
	// Inventory is that of both homes, InventoryAt when each wrote its own, Silent those that do not answer, and how.
	Inventory   inventory.Inventory
	InventoryAt map[system.Home]time.Time
	Silent      map[system.Home]string
	// Alone are the homes that were not updated since their peer is up.
	Alone []system.Home
	// Active is the home that serves; Nowhere says why nobody can tell.
	Active  system.Home
	Nowhere string
	// MovedAt is when traffic last moved; zero is never.
	MovedAt time.Time
	// Finding is what observers found; Unseen says why nobody looked.
	Finding diagnose.Finding
	Unseen  string
	// Leases are those under which plans run, by home.
	Leases map[system.Home]lease.Lease
	// Drills are the drills that are kept, in any order; Unread says of what is kept and cannot be read why not.
	Drills []Drilled
	Unread []string
	Run    *Run
	// Answers are what the calls were answered that Judge asked for, by planner.CallKey.
	Answers map[string]Answer
}

// Drilled is a kept report, and when that drill began by the clock of Now.
type Drilled struct {
	drill.Report
	At time.Time
}

// Answer is what a call was answered: a document, or why there is none.
type Answer struct {
	Document plan.Document
	Err      string
}

// judge is one judgement. It notes what it would have to ask.
type judge struct {
	Input
	Readiness
	asked   map[string]bool
	late    []lateness
	missing []plan.Call
	// oldWriters are the agents that run beyond a standby's size in the home that does not serve.
	oldWriters []string
	// unknown are the generations of stores that were restored and that the stacks do not know, by store.
	unknown map[string]int
}

// ask is the answer to a call; false when nobody has asked yet. A home that is silent is not asked: each call would
// wait as long as it may.
func (j *judge) ask(c plan.Call) (Answer, bool) {
	if _, silent := j.Silent[c.Home]; silent {
		return Answer{Err: fmt.Sprintf("the %s home does not answer", c.Home)}, true
	}
	key := planner.CallKey(c)
	a, has := j.Input.Answers[key]
	if !has && !j.asked[key] {
		j.asked[key] = true
		j.missing = append(j.missing, c)
	}
	return a, has
}

func aws(home system.Home, service, operation string, in plan.Document) plan.Call {
	return plan.Call{Kind: plan.AWS, Home: home, Service: service, Operation: operation, Input: in}
}

// home is what the inventory knows of a home; false when it is not up.
func (j *judge) home(name system.Home) (inventory.Home, bool) {
	of, has := j.Inventory.Homes[name]
	return of, has && !inventory.Blank(of)
}

func (j *judge) up(name system.Home) bool {
	_, up := j.home(name)
	return up
}

// because notes what is not as it should be.
func (j *judge) because(s State, about, next, text string) {
	j.Reasons = append(j.Reasons, Reason{State: s, About: about, Text: text, Next: next})
}
