package alarmacts

import (
	"strings"

	"redoubt/policies/rule"
)

const deploys = "aws:appconfig/environment:Environment"

// monitored are the names of the alarms that environments of AppConfig look at: what is deployed there is taken back
// while one of them rings.
func monitored(g *rule.Graph) map[string]bool {
	out := map[string]bool{}
	for _, e := range g.OfType(deploys) {
		for _, arn := range e.All("monitors[*].alarmArn") {
			_, name, _ := strings.Cut(arn.Text(), ":alarm:")
			out[name] = true
		}
	}
	return out
}
