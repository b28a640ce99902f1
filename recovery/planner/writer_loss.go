package planner

import (
	"fmt"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// noWriter says, of the kinds of store that have no writer to move, why not and what to do.
var noWriter = map[system.StoreKind]string{
	system.Table: "a table takes writes through any of its replicas' nodes, and DynamoDB replaces those by itself; " +
		"if the whole home takes none, move to the other home",
	system.Bucket: "a bucket has no writer, and S3 repairs itself; if the whole home takes no writes, move to the other home",
	system.Queue:  "a queue has no writer, and SQS repairs itself; if the whole home takes no writes, move to the other home",
}

// storeOf is the store that the request is about.
func storeOf(r Request) (system.Store, error) {
	name := r.Goal.Store
	if name == "" {
		switch r.Finding.Kind {
		case diagnose.WriterLost, diagnose.StoreCorrupt:
			name = r.Finding.Name
		}
	}
	if name == "" {
		return system.Store{}, fmt.Errorf("no store is named")
	}
	s, known := r.System.Store(name)
	if !known {
		return s, fmt.Errorf("the system has no store %q", name)
	}
	if _, has := r.Inventory.Homes[r.Goal.Active].Stores[name]; !has {
		return s, fmt.Errorf("the inventory does not know store %s in the %s home", name, r.Goal.Active)
	}
	return s, nil
}

// writerQuestions ask which node of the store writes.
func writerQuestions(r Request) ([]plan.Call, error) {
	s, err := storeOf(r)
	if err != nil {
		return nil, err
	}
	home := r.Goal.Active
	of := r.Inventory.Homes[home].Stores[s.Name]
	switch s.Kind {
	case system.Postgres:
		out := []plan.Call{askCluster(home, of.Name)}
		for _, member := range of.Members {
			out = append(out, askInstance(home, member))
		}
		return out, nil
	case system.Cache:
		return []plan.Call{askGroup(home, of.Name)}, nil
	}
	return nil, nil
}

// writerLoss lets another node of a store write, in the home that serves. AWS
// moves a writer that fails by itself; this is for one that does not write any more and
// that AWS takes for well.
func writerLoss(d *draft) error {
	s, err := storeOf(d.Request)
	if err != nil {
		return err
	}
	if why, none := noWriter[s.Kind]; none {
		return fmt.Errorf("store %s: %s", s.Name, why)
	}
	home := d.Goal.Active
	if d.Finding.Home != "" && d.Finding.Home != home {
		return fmt.Errorf("the finding is about the %s home, and the %s home writes store %s", d.Finding.Home, home, s.Name)
	}
	of := d.home(home).Stores[s.Name]
	w := d.writer(home, s, of)
	switch {
	case len(d.errs) > 0:
		return nil
	case w.node == "":
		return fmt.Errorf("store %s has no writer in the %s home: it follows the other home's; plan %s or %s",
			s.Name, home, RegionLoss, Switchover)
	}
	d.title = fmt.Sprintf("Let another node of %s write", s.Name)
	d.active, d.because = home, d.Finding.Why
	d.writerGate(s)
	d.seenGates(home)
	step := d.moveWriter(home, s, of, w)
	step.Why = fmt.Sprintf("The node %s takes no writes. AWS moves the writer when it sees that; where it has by the time "+
		"of the run, nothing is asked for, because a second move would interrupt users again.", w.node)
	moved := d.add(step)
	d.nodeBack(home, s, of.Name, w, moved)
	d.probe(home, []string{moved})
	return nil
}

// writerGate refuses to interrupt users on nobody's word.
func (d *draft) writerGate(s system.Store) {
	g := plan.Gate{
		ID: "finding", Title: fmt.Sprintf("Store %s takes no writes", s.Name), Overridable: true,
		Why: "A move of the writer interrupts users for some seconds, and a store that writes needs none.",
	}
	switch f := d.Finding; {
	case f.Kind == "":
		g.Reason = "nobody has looked: no finding was given"
	case f.Kind != diagnose.WriterLost || f.Name != s.Name:
		g.Reason = fmt.Sprintf("the finding is %s %s, not that store %s takes no writes: %s", f.Kind, f.Name, s.Name, f.Why)
	default:
		return
	}
	d.gate(g)
}

// nodeBack waits until the node that wrote is a reader that works.
func (d *draft) nodeBack(home system.Home, s system.Store, id string, w node, moved string) {
	step := plan.Step{
		ID: "node-back-" + s.Name, Title: fmt.Sprintf("Wait until %s reads again", w.node), Role: plan.Settle,
		Subject: plan.Subject{Store: s.Name}, Needs: []string{moved}, Timeout: minutes(60), OnFailure: plan.Continue,
		Why: "AWS starts the node again as a reader. Until it has, the next loss has one node less to go to.",
	}
	if s.Kind == system.Postgres {
		step.Source, step.Budget, step.Call = inRegionSource, timings.AuroraInregionNoreplica, askInstance(home, w.node)
		step.Condition = holds(step.Call, is("DBInstances[0].DBInstanceStatus", "available"))
	} else {
		step.Source, step.Budget, step.Call = cacheNodeSource, timings.ElasticacheFailover, askGroup(home, id)
		step.Condition = holds(step.Call, is("ReplicationGroups[0].NodeGroups[0].Status", "available"))
	}
	d.add(step)
}
