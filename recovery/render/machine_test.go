package render_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/recovery/conduct"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/render"
)

var machine = render.Machine{Function: "arn:aws:lambda:eu-central-1:123456789012:function:recover",
	Topic: "arn:aws:sns:eu-central-1:123456789012:recover"}

// machines are the state machines of every example's plan, and the one that walks every plan.
func machines(t *testing.T) map[string]string {
	t.Helper()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	out := map[string]string{}
	for _, e := range all {
		p, err := planner.Make(e.Request)
		require.NoError(t, err)
		out[e.Name], err = machine.Of(p)
		require.NoError(t, err)
	}
	out["any"], err = machine.Any()
	require.NoError(t, err)
	return out
}

type definition struct {
	StartAt string
	States  map[string]struct {
		Type, Next, Default, Resource string
		TimeoutSeconds                int
		Retry, Catch                  []any
		Choices                       []struct{ Next string }
		Branches                      []definition
		Parameters                    struct{ Payload map[string]any }
	}
}

// steps are those that a definition walks, each with all that are walked for certain before it.
func (d definition) steps(before map[string]bool, seen map[string]map[string]bool) map[string]bool {
	done := map[string]bool{}
	for id := range before {
		done[id] = true
	}
	for name, visited := d.StartAt, map[string]bool{}; name != "" && !visited[name]; {
		visited[name] = true
		s := d.States[name]
		switch s.Type {
		case "Parallel":
			after := []map[string]bool{}
			for _, b := range s.Branches {
				after = append(after, b.steps(done, seen))
			}
			for _, more := range after {
				for id := range more {
					done[id] = true
				}
			}
		case "Task":
			if s.Parameters.Payload["what"] == "step" {
				id := s.Parameters.Payload["step"].(string)
				seen[id] = map[string]bool{}
				for b := range done {
					seen[id][b] = true
				}
				done[id] = true
			}
		}
		if name = s.Next; s.Type == "Choice" {
			name = s.Default
		}
	}
	return done
}

func TestMachine_walksEachStepAfterWhatItNeeds(t *testing.T) {
	t.Parallel()
	all, err := plantest.Examples("../../system.yaml")
	require.NoError(t, err)
	texts := machines(t)
	for _, e := range all {
		p, err := planner.Make(e.Request)
		require.NoError(t, err)
		var d definition
		require.NoError(t, json.Unmarshal([]byte(texts[e.Name]), &d))
		before := map[string]map[string]bool{}
		d.steps(nil, before)
		require.Len(t, before, len(p.Steps), e.Name)
		for _, s := range p.Steps {
			for _, need := range s.Needs {
				assert.True(t, before[s.ID][need], "%s: %s must be walked before %s", e.Name, need, s.ID)
			}
		}
	}
}

func TestMachine_invokesOneFunctionAndTriesAgain(t *testing.T) {
	t.Parallel()
	for name, text := range machines(t) {
		assert.NotContains(t, text, `"AWS"`, "%s: what a step calls stands in the plan alone", name)
		assert.Less(t, len(text), 1<<20, "%s: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html", name)
		var d definition
		require.NoError(t, json.Unmarshal([]byte(text), &d))
		for at, s := range d.States {
			assert.LessOrEqual(t, len(at), 80, "%s: a state's name", name)
			if s.Resource == "arn:aws:states:::lambda:invoke" {
				assert.NotEmpty(t, s.Retry, "%s: %s", name, at)
				assert.Greater(t, s.TimeoutSeconds, 120, "%s: %s outlives the function", name, at)
			}
		}
	}
}

// TestMachine_asksSoThatTheJournalKnowsWhoAnswered: both commands in the message give what a decision is read from, a name
// among it.
func TestMachine_asksSoThatTheJournalKnowsWhoAnswered(t *testing.T) {
	t.Parallel()
	text, err := machine.Any()
	require.NoError(t, err)
	for word, allowed := range map[string]bool{"approveByAWS": true, "refuseByAWS": false} {
		found := regexp.MustCompile(`"` + word + `": "aws stepfunctions send-task-success --task-token TOKEN --task-output '(.*)'"`).
			FindStringSubmatch(text)
		require.Len(t, found, 2, word)
		var d conduct.Decision
		require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(found[1], `\"`, `"`)), &d))
		assert.Equal(t, []any{allowed, "NAME"}, []any{d.Allowed, d.By}, word)
		assert.Equal(t, !allowed, d.Why != "", "a refusal says why")
	}
}

// TestMachine_saysWhatToType: the command of the program that answers, with the gate and the execution filled in.
func TestMachine_saysWhatToType(t *testing.T) {
	t.Parallel()
	texts := machines(t)
	for name, gate := range map[string]string{"any": "$.step", "switchover": "'approval'"} {
		for word, more := range map[string]string{"approve": "", "refuse": " --reason WHY"} {
			want := `"%s.$": "States.Format('redoubt %s {} --execution {} --by NAME%s', %s, $$.Execution.Id)"`
			assert.Contains(t, texts[name], fmt.Sprintf(want, word, word, more, gate))
		}
	}
}

// TestMachine_write writes the state machines for a validator: make asl reads them.
func TestMachine_write(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("REDOUBT_MACHINES")
	if folder == "" {
		folder = t.TempDir()
	}
	for name, text := range machines(t) {
		require.True(t, json.Valid([]byte(text)), name)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".asl.json"), []byte(text), 0o600))
	}
}

func TestAs_knowsItsForms(t *testing.T) {
	t.Parallel()
	p, err := planner.TakeTraffic(known(), "secondary")
	require.NoError(t, err)
	for form := range render.Forms {
		text, err := render.As(form, p, machine)
		require.NoError(t, err, form)
		assert.NotEmpty(t, text, form)
	}
	_, err = render.As("poem", p, machine)
	require.ErrorContains(t, err, "graph, runbook, state-machine, timeline")
}

func TestGraphAndTimeline_ofADiamond(t *testing.T) {
	t.Parallel()
	p, err := planner.ResetSwitch(known())
	require.NoError(t, err)
	step := func(id string, needs ...string) plan.Step {
		s := p.Steps[0]
		s.ID, s.Title, s.Needs, s.Role = id, "Do "+id, needs, ""
		return s
	}
	p.Steps = []plan.Step{step("a"), step("b", "a"), step("c", "a"), step("d", "a", "b", "c")}
	p, err = plan.New(p)
	require.NoError(t, err)
	graph := render.Graph(p)
	assert.Equal(t, 4, strings.Count(graph, "-->")+strings.Count(graph, "==>"), "a need that another implies is left out:\n%s", graph)
	assert.Equal(t, 2, strings.Count(graph, "==>"), "one way is the longest")
	timeline := render.Timeline(p)
	assert.Contains(t, timeline, "Do d : crit, 120, 180")
	assert.Contains(t, timeline, "predicted")
}
