package render

import (
	"encoding/json"
	"fmt"
	"strings"

	"redoubt/recovery/adopt"
	"redoubt/recovery/plan"
)

// learning is what a step writes for the stack of a home that must learn of a restored store; false for another step.
func learning(s plan.Step) (adopt.Adoption, bool) {
	body, _ := s.Call.Input["Body"].(string)
	key, _ := s.Call.Input["Key"].(string)
	var a adopt.Adoption
	is := strings.HasPrefix(key, "adoption/") && json.Unmarshal([]byte(body), &a) == nil
	return a, is
}

const before = "\n## Before the next update\n\nThe stacks know the damaged store: their next update would lead agents back to it. "

// learns is what is left to do when a plan has restored a store beside the damaged one: its last steps write what the
// stack of each home must learn. Nothing for another plan.
func learns(p plan.Plan) string {
	text := ""
	for _, s := range p.Steps {
		a, is := learning(s)
		if !is {
			continue
		}
		if text == "" {
			text = fmt.Sprintf(before+"On the simulated regions `%s` tells both. On AWS, in the project's folder, for each home:\n", simAdopt(s))
		}
		file := string(a.Home) + ".json"
		text += fmt.Sprintf("\n    aws s3 cp --region %s s3://%s/%s %s\n", p.Regions[a.Home], s.Call.Input["Bucket"], s.Call.Input["Key"], file)
		for _, command := range a.Commands(file) {
			text += "    " + command + "\n"
		}
	}
	return text
}

// adopts is what is left to do on the simulated regions.
func adopts(p plan.Plan) string {
	for _, s := range p.Steps {
		if _, is := learning(s); is {
			return fmt.Sprintf(before+"This tells both, and updates them:\n\n```sh\n%s\n```\n", simAdopt(s))
		}
	}
	return ""
}

func simAdopt(s plan.Step) string { return "redoubt sim adopt " + s.Subject.Store }
