package render

import (
	"encoding/json"
	"fmt"
	"strings"

	"redoubt/recovery/adopt"
	"redoubt/recovery/plan"
)

// learns is what is left to do when a plan has restored a store beside the damaged one: its last steps write what the
// stack of each home must learn. Nothing for another plan.
func learns(p plan.Plan) string {
	text := ""
	for _, s := range p.Steps {
		body, _ := s.Call.Input["Body"].(string)
		key, _ := s.Call.Input["Key"].(string)
		var a adopt.Adoption
		if !strings.HasPrefix(key, "adoption/") || json.Unmarshal([]byte(body), &a) != nil {
			continue
		}
		if text == "" {
			text = fmt.Sprintf("\n## Before the next update\n\nThe stacks know the damaged store: their next update would lead agents back to it. On the "+
				"simulated regions `redoubt sim adopt %s` tells both. On AWS, in the project's folder, for each home:\n", s.Subject.Store)
		}
		file := string(a.Home) + ".json"
		text += fmt.Sprintf("\n    aws s3 cp --region %s s3://%s/%s %s\n", p.Regions[a.Home], s.Call.Input["Bucket"], key, file)
		for _, command := range a.Commands(file) {
			text += "    " + command + "\n"
		}
	}
	return text
}
