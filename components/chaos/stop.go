package chaos

import (
	"encoding/json"
	"fmt"

	"redoubt/system/experiments"
)

type (
	state  map[string]any
	states map[string]state
)

const sdk = "arn:aws:states:::aws-sdk:"

// definition is the state machine that stops the experiments of some templates. First it pulls the lever, so that none
// begins again; that it could not is no reason not to stop what runs.
func definition(system string, templates []string) (string, error) {
	text, err := json.Marshal(map[string]any{
		"Comment": "Stops every experiment of the home, and lets none begin", "QueryLanguage": "JSONata", "StartAt": "Lever",
		"States": states{
			"Lever": task("cloudwatch:putMetricData", map[string]any{
				"Namespace": experiments.LeverNamespace,
				"MetricData": []any{map[string]any{"MetricName": experiments.LeverMetric, "Value": 1,
					"Dimensions": []any{map[string]any{"Name": experiments.LeverDimension, "Value": system}}}},
			}).then("Templates").whatever("Templates"),
			"Templates": each(templates, states{
				"List": task("fis:listExperiments", map[string]any{"ExperimentTemplateId": "{% $states.input %}", "MaxResults": 100}).
					assign("running", "{% [$states.result.Experiments[State.Status in ['pending', 'initiating', 'running']].Id] %}").then("Stop"),
				"Stop": each("{% $running %}", states{
					"One": task("fis:stopExperiment", map[string]any{"Id": "{% $states.input %}"}).end(),
				}, "One").end(),
			}, "List").end(),
		},
	})
	if err != nil {
		return "", fmt.Errorf("definition: %w", err)
	}
	return string(text), nil
}

// task is one call of an AWS service, tried again.
func task(action string, arguments map[string]any) state {
	return state{"Type": "Task", "Resource": sdk + action, "Arguments": arguments, "Retry": []any{state{
		"ErrorEquals": []string{"States.ALL"}, "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 5,
	}}}
}

// each does some states for each of the items.
func each(items any, of states, first string) state {
	return state{"Type": "Map", "Items": items, "ItemProcessor": state{"StartAt": first, "States": of}}
}

func (s state) then(next string) state {
	s["Next"] = next
	return s
}

func (s state) end() state {
	s["End"] = true
	return s
}

func (s state) assign(name, value string) state {
	s["Assign"] = map[string]any{name: value}
	return s
}

// whatever goes on where the call fails.
func (s state) whatever(next string) state {
	s["Catch"] = []any{state{"ErrorEquals": []string{"States.ALL"}, "Next": next}}
	return s
}
