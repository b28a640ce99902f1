package recovery

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
)

// story is one run of a plan with what goes wrong in it.
type story struct {
	lab     *lab
	inv     inventory.Inventory
	plan    plan.Plan
	mishaps []mishap
	poll    time.Duration
	broken  []string
	// damaged are the parts of a restore's damaged store, which stay.
	damaged []string
	// ends and because are how the story is said to end.
	ends    execute.Outcome
	because string
}

// longest is how long any run may take: every timeout of a plan, one after the
// other, is less. A run that is resumed has its patience anew.
const longest = 48 * time.Hour

// tell runs the story and returns how it ended and which rules it broke.
func (s *story) tell() (execute.Finish, []string) {
	port := unluckyPort(s.lab.portOf(s.inv), s.plan, s.mishaps)
	began := port.Now()
	port.watch = func() { s.watch(port) }
	if s.restores() {
		s.damaged = s.parts()
		port.watch = func() { s.watch(port); s.watchRestore(port) }
	}
	port.Advance(began) // what goes wrong at once
	store := &journal.Memory{}
	next := cuts(s.mishaps)
	limit := longest * time.Duration(1+len(next))
	var f execute.Finish
	for generation := 1; ; generation++ {
		o := execute.Options{Run: "r", Generation: generation, Seed: 7, Poll: s.poll}
		records, err := store.Load(context.Background(), "r")
		if err != nil {
			panic(err)
		}
		core, err := execute.Restore(s.plan, o, records)
		if err != nil {
			s.breaks("the run cannot be resumed: %v", err)
			return f, s.broken
		}
		cut := 0
		if len(next) > 0 {
			cut = next[0]
		}
		v := execute.Virtual{
			Time: port, Port: port, Store: store,
			Decide: func(g plan.Gate) execute.Decided { return execute.Decided{Gate: g.ID, Allowed: true, By: "a test"} },
			Before: func(cmd execute.Command) (execute.Event, error) {
				if a, is := cmd.(execute.Append); is && a.Record.Seq == cut {
					return nil, execute.ErrCut
				}
				if port.Now().Sub(began) > limit {
					return nil, fmt.Errorf("it has not ended after %s", limit)
				}
				return nil, nil
			},
		}
		f, err = v.Run(context.Background(), core)
		switch {
		case err == nil:
			s.ended(port, f)
			return f, s.broken
		case cut > 0 && err == execute.ErrCut: //nolint:errorlint // returned as it is
			next = next[1:]
		default:
			s.breaks("%v", err)
			return f, s.broken
		}
	}
}

func (s *story) breaks(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(s.broken, text) {
		s.broken = append(s.broken, text)
	}
}

// watch looks at the rules that hold at every moment.
func (s *story) watch(port *unlucky) {
	home := s.plan.Active
	region := s.plan.Regions[home]
	if port.acted["promote-tasks"] > 0 && !s.writes(home) && s.moves() == "available" {
		port.acted["promote-tasks"] = 0 // a switchover that lost sight of the old writer was given up
	}
	at, err := s.lab.Resolve("agents.example.com", "A")
	if err != nil {
		return
	}
	if at.Region == region && !s.writes(home) {
		s.breaks("traffic after data: the entry leads into %s, where the database takes no writes", region)
	}
	planned := s.plan.Scenario == string(planner.Switchover) || s.plan.Scenario == string(planner.Failback)
	if !planned || s.writes(home.Peer()) || !s.writes(home) {
		return
	}
	// A planned move: the new writer writes, so the old agents must have stopped.
	for _, step := range s.plan.Steps {
		if step.Role == plan.Settle && port.acted[step.ID] > 0 {
			return // they start again as standbys
		}
	}
	for _, a := range s.lab.sys.Agents {
		t, _ := s.lab.sys.Tier(a.Tier)
		if t.Strategy != system.ActiveActive && (a.Consumes != "" || usesForWriting(a)) && s.ready(home.Peer(), a.Name) > 0 {
			s.breaks("one writer: agent %s writes in both homes", a.Name)
		}
	}
}

func usesForWriting(a system.Agent) bool {
	return slices.ContainsFunc(a.Stores, func(u system.Use) bool { return u.Write })
}

// writes reports whether the database takes writes in a home.
func (s *story) writes(home system.Home) bool {
	return s.database()["Writer"] == s.inv.Homes[home].Stores["tasks"].Arn
}

// moves is what the global database says of itself.
func (s *story) moves() string {
	status, _ := s.database()["Status"].(string)
	return status
}

func (s *story) database() world.Document {
	for _, g := range s.lab.Find(world.Global, "AWS::RDS::GlobalCluster", nil) {
		if g.ID == s.inv.Homes[system.Primary].Stores["tasks"].GlobalID {
			return g.Out
		}
	}
	return nil
}

// ready is how many replicas of an agent run in a home.
func (s *story) ready(home system.Home, agent string) float64 {
	of := s.inv.Homes[home]
	out, err := s.lab.portOf(s.inv).Call(context.Background(), plan.Call{
		Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: "Get", Input: plan.Document{
			"Server": of.Cluster.Endpoint, "ApiVersion": "apps/v1", "Kind": "Deployment",
			"Namespace": of.Cluster.Namespace, "Name": of.Agents[agent].Deployment}})
	if err != nil {
		return 0
	}
	n, _ := plan.Path("status.readyReplicas").Find(out)
	v, _ := n.(float64)
	return v
}

// ended looks at the rules of the end.
func (s *story) ended(port *unlucky, f execute.Finish) {
	switch f.Outcome {
	case execute.Recovered:
		home := s.plan.Active
		if !s.writes(home) {
			s.breaks("it says recovered, and the database takes no writes in the %s home", home)
		}
		if at, err := s.lab.Resolve("agents.example.com", "A"); err != nil || at.Region != s.plan.Regions[home] {
			s.breaks("it says recovered, and the entry leads to %s (%v)", at.Region, err)
		}
		if left := s.stranded(home); len(left) > 0 && !s.restores() {
			s.breaks("no silent loss: it says recovered, and accepted work stands nowhere: %v", left)
		}
	case execute.Unproven, execute.Stopped, execute.Refused:
		if f.Why == "" {
			s.breaks("it ends %s and does not say why", f.Outcome)
		}
	}
	if left := s.parts(); s.restores() {
		for _, part := range s.damaged {
			if !slices.Contains(left, part) {
				s.breaks("damaged stays: %s is not there any more", part)
			}
		}
	}
	once := []string{"promote-tasks", "promote-recall"}
	for _, step := range s.plan.Steps {
		if (step.Role == plan.Copy || step.Role == plan.Swap) && !sets.MatchString(step.Call.Operation) {
			once = append(once, step.ID)
		}
	}
	for _, step := range once {
		if port.acted[step] > 1 {
			s.breaks("step %s took effect %d times", step, port.acted[step])
		}
	}
}

// sets are the operations that set a value. Who was cut off and then reads what stood before sets it again, and
// nothing changes by that; what makes a thing, or moves one, must not be done twice.
var sets = regexp.MustCompile("^(Update|Modify|PutParameter|PutRetentionPolicy|TagResource|ChangeResourceRecordSets)")

// restores reports whether the plan brings a store back in time: the work stays where it is.
func (s *story) restores() bool { return s.plan.Scenario == string(planner.Restore) }

// stranded is the accepted work that stands in no queue of a home.
func (s *story) stranded(home system.Home) []string {
	have := map[string]bool{}
	w := s.lab.World.Fork()
	for {
		out, err := w.Call(world.Request{Region: s.plan.Regions[home], Service: "sqs", Operation: "ReceiveMessage",
			Input: world.Document{"QueueUrl": s.inv.Homes[home].Stores["work"].URL, "MaxNumberOfMessages": 10.0,
				"VisibilityTimeout": 43200.0}})
		list, _ := out["Messages"].([]any)
		if err != nil || len(list) == 0 {
			break
		}
		for _, m := range list {
			have[m.(map[string]any)["Body"].(string)] = true
		}
	}
	var out []string
	for _, token := range accepted {
		if !have[fmt.Sprintf(`{"token":%q,"payload":%q}`, token, "s3://payloads/"+token)] {
			out = append(out, token)
		}
	}
	return out
}
