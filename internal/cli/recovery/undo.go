package recovery

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"redoubt/recovery/plan"
)

// finishing brings a step to its end whose call was on its way when the run was
// killed: an undo that overtakes it would be lost.
func finishing(s story, step plan.Step) plan.Step {
	step.ID = finishPrefix + step.ID
	step.Title = "Let it end: " + step.Title
	step.Why = fmt.Sprintf("Run %s was killed while this was on its way. Taken back now, it could still take effect afterwards.", s.Run)
	step.Needs, step.Undo, step.OnFailure = nil, nil, plan.Continue
	return step
}

// undo takes one step back. Whatever was done before it waits: what was done
// last may rely on it.
func undo(s story, step plan.Step, needs []string) plan.Step {
	out := plan.Step{
		ID: undoPrefix + step.ID, Title: "Take back: " + step.Title, Role: step.Role, Subject: step.Subject,
		Why: fmt.Sprintf("Run %s has done it, and is aborted.", s.Run), Source: step.Source, Needs: needs,
		Call: *step.Undo, Condition: undone(step), Budget: step.Budget, Timeout: step.Timeout, OnFailure: plan.Report,
	}
	if step.Role == plan.Traffic {
		out.OnFailure = plan.Stop // nothing is taken away from under the users
	}
	return out
}

// undone tells that a step is taken back: what an undo of Kubernetes wrote
// stands there; a bucket is as it was at the undo's time; of any other call, what the step was done by holds no longer.
func undone(step plan.Step) plan.Condition {
	if patch, is := step.Undo.Input["Patch"].(plan.Document); is && step.Undo.Kind == plan.Kubernetes {
		look := *step.Undo
		look.Operation, look.Input, look.Token = "Get", maps.Clone(look.Input), ""
		delete(look.Input, "Patch")
		delete(look.Input, "Subresource")
		if all := stands("", patch); len(all) > 0 {
			return plan.Condition{Call: look, All: all}
		}
	}
	if step.Undo.Kind == plan.Versions { // the same question about the time that it is taken back to
		look := *step.Undo
		look.Operation, look.Input = step.Condition.Call.Operation, maps.Clone(step.Condition.Call.Input)
		look.Input["At"] = step.Undo.Input["At"]
		return plan.Condition{Call: look, All: step.Condition.All}
	}
	return plan.Condition{Call: step.Condition.Call, All: []plan.Expect{opposite(step.Condition.All[0])}}
}

// stands expects every value of a patch where the patch puts it.
func stands(at string, patch plan.Document) []plan.Expect {
	var out []plan.Expect
	for _, key := range slices.Sorted(maps.Keys(patch)) {
		path := strings.TrimPrefix(at+"."+field(key), ".")
		switch v := patch[key].(type) {
		case plan.Document:
			out = append(out, stands(path, v)...)
		case string, bool:
			out = append(out, plan.Expect{Path: plan.Path(path), Op: plan.Is, Value: v})
		case float64:
			e := plan.Expect{Path: plan.Path(path), Op: plan.Is, Value: v}
			if path == "spec.replicas" && v > 0 {
				e.Op = plan.AtLeast // a scaler may have asked for more by now
			}
			out = append(out, e)
		}
	}
	return out
}

// field writes a name in a path; one that is no plain word stands in quotes.
func field(name string) string {
	if strings.ContainsAny(name, `./-`) {
		return `"` + name + `"`
	}
	return name
}

// opposite holds when e does not. Numbers of plans are whole.
func opposite(e plan.Expect) plan.Expect {
	n, _ := e.Value.(float64)
	switch e.Op {
	case plan.Is:
		e.Op = plan.IsNot
	case plan.IsNot:
		e.Op = plan.Is
	case plan.AtLeast:
		e.Op, e.Value = plan.AtMost, n-1
	case plan.AtMost:
		e.Op, e.Value = plan.AtLeast, n+1
	}
	return e
}

// undos are the steps of an abort that take something back.
func undos(p plan.Plan) map[string]bool {
	out := map[string]bool{}
	for _, s := range p.Steps {
		out[s.ID] = strings.HasPrefix(s.ID, undoPrefix)
	}
	return out
}
