package world

import (
	"strings"

	"redoubt/system/experiments/actions"
)

const kindExperimentTemplate = "AWS::FIS::ExperimentTemplate"

var fisKinds = []Kind{{
	Name: kindExperimentTemplate, Service: "fis",
	Source:   "https://docs.aws.amazon.com/fis/latest/APIReference/API_CreateExperimentTemplate.html",
	Required: []string{"Description", "RoleArn", "StopConditions", "Actions"},
	Refs:     []Link{link("RoleArn", kindRole, "ValidationException", "")},
	id:       func(t *tx, e *Entity) string { return "EXT" + t.letters(e, "template", upper, 15) },
	arn:      arnOf("fis", "experiment-template/{id}"),
	checks:   []check{experimentActions, experimentStops},
}}

// experimentActions refuses an action that there is none of, and one that is aimed at nothing that is declared.
func experimentActions(_ *tx, e, _ *Entity) error {
	types := map[string]string{}
	for _, target := range docs(e.In, "Targets") {
		types[str(target, "Name")] = str(target, "ResourceType")
	}
	for _, one := range docs(e.In, "Actions") {
		a, err := actions.Lookup(str(one, "ActionId"))
		if err != nil {
			return refuse("ValidationException", "%v", err)
		}
		if at := str(one, "Target.Value"); a.Target != "" && (types[at] != a.Target || str(one, "Target.Key") != a.Key) {
			return refuse("ValidationException", "action %s is aimed at %q as %s, which is %q; want %s as %s", a.ID, at,
				str(one, "Target.Key"), types[at], a.Target, a.Key)
		}
		given := map[string]bool{}
		for _, p := range docs(one, "Parameters") {
			given[str(p, "Key")] = str(p, "Value") != ""
		}
		if _, required := a.Takes(); a.Ends != actions.AtOnce {
			for _, name := range required {
				if !given[name] {
					return refuse("ValidationException", "action %s: parameter %s is missing", a.ID, name)
				}
			}
		}
	}
	return nil
}

// experimentStops refuses a stop alarm that is not there, or in another region:
// https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html
func experimentStops(t *tx, e, _ *Entity) error {
	for _, stop := range docs(e.In, "StopConditions") {
		if str(stop, "Source") == "none" {
			continue
		}
		arn := str(stop, "Value")
		if _, name, _ := strings.Cut(arn, ":alarm:"); regionOfARN(arn) != e.Region || t.get(kindAlarm, e.Region, name) == nil {
			return refuse("ValidationException", "stop alarm %q is not in %s", arn, e.Region)
		}
	}
	return nil
}
