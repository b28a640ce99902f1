package render

import (
	"encoding/json"
	"fmt"
	"time"

	"redoubt/recovery/conduct"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// Machine renders state machines in Amazon States Language (https://states-language.net/spec.html). They hold the
// order, the waits, the repeats after a trouble and the questions to people; every other state
// invokes the one function. What a step is stands in the plan alone.
type Machine struct {
	// Function is the ARN of the one function of the recovering home, Topic that of the topic on which people are asked.
	Function, Topic string
}

type state = map[string]any

// scope is where states are written: the machine, or a branch of it, with the state in which it ends.
type scope struct {
	Machine
	states map[string]any
	end    string
	// parts counts the branches: a state's name is its own in the whole machine.
	parts *int
}

const (
	opening  = "Open the run"
	closing  = "Close the run"
	outcomes = "How it ended"
	// turnAt is where a state finds what the function answered last.
	turnAt = "$.turn"
)

// Of renders one plan.
func (m Machine) Of(p plan.Plan) (string, error) {
	hash, err := p.Hash()
	if err != nil {
		return "", err
	}
	s := m.scope()
	first := s.series(arrange(p.Steps), closing)
	for n := len(p.Gates) - 1; n >= 0; n-- {
		first = s.gate(p.Gates[n], first)
	}
	s.begin(first)
	return s.encode(fmt.Sprintf("%s (plan %.12s of %s)", p.Title, hash, p.System), opening)
}

// Any renders the machine that walks every plan: it looks at the gates of the plan, asks which steps may begin,
// walks these at once until each has ended, and asks again.
func (m Machine) Any() (string, error) {
	const people, gates, asking, asks, walking = "Ask the people", "Look at the gates", "Ask what may begin",
		"Is anything left", "Walk what may begin"
	s := m.scope()
	s.begin(people)
	s.states[people] = s.each("approvals", state{"step.$": "$$.Map.Item.Value.id", "question.$": "$$.Map.Item.Value.question",
		"why.$": "$$.Map.Item.Value.why", "seconds.$": "$$.Map.Item.Value.seconds"}, gates, func(s scope, begin string) {
		s.approve(begin, state{"step.$": "$.step"}, question{"$.step", state{"gate.$": "$.step", "question.$": "$.question",
			"why.$": "$.why"}}, state{"TimeoutSecondsPath": "$.seconds"}, s.end)
	})
	item := state{"step.$": "$$.Map.Item.Value"}
	s.states[gates] = s.each("gates", item, asking, func(s scope, begin string) {
		s.look(begin, state{"step.$": "$.step"}, s.end)
	})
	s.states[asking] = s.invoke(conduct.Next, nil, asks)
	s.states[asks] = s.choice(walking, closing)
	s.states[walking] = s.each("steps", item, asking, func(s scope, begin string) {
		s.walk(begin, state{"step.$": "$.step"}, s.end)
	})
	return s.encode("Walks the plan of the run that it is started with", opening)
}

// each is a state that does the same at once for all that the function answered with.
func (s scope) each(list string, item state, next string, write func(s scope, begin string)) state {
	begin := "One of the " + list
	inner := scope{s.Machine, map[string]any{}, begin + ": ends", s.parts}
	inner.states[inner.end] = state{"Type": "Succeed"}
	write(inner, begin)
	return state{"Type": "Map", "ItemsPath": turnAt + "." + list, "ItemSelector": item, "ResultPath": nil, "Next": next,
		"ItemProcessor": state{"ProcessorConfig": state{"Mode": "INLINE"}, "StartAt": begin, "States": inner.states}}
}

// scope is that of a whole machine, with its end.
func (m Machine) scope() scope {
	s := scope{m, map[string]any{}, closing, new(int)}
	s.states[closing] = s.invoke(conduct.Close, nil, outcomes)
	ended := state{"Type": "Choice", "Default": "Not recovered", "Choices": []any{
		when(string(execute.Recovered), "Recovered")}}
	s.states[outcomes] = ended
	s.states["Recovered"] = state{"Type": "Succeed", "OutputPath": turnAt}
	s.states["Not recovered"] = state{"Type": "Fail", "ErrorPath": turnAt + ".state", "CausePath": turnAt + ".why"}
	return s
}

// begin opens the run and goes on at next, unless it is at its end already.
func (s scope) begin(next string) {
	const opened = "May it begin"
	s.states[opening] = s.invoke(conduct.Open, nil, opened)
	s.states[opened] = s.choice(next, s.end)
}

// series writes a part of the order and returns where it begins; after it, next follows.
func (s scope) series(n node, next string) string {
	switch {
	case n.series != nil:
		for i := len(n.series) - 1; i >= 0; i-- {
			next = s.series(n.series[i], next)
		}
		return next
	case n.beside != nil:
		return s.beside(n.beside, next)
	}
	s.walk(n.step, state{"step": n.step}, next)
	return n.step
}

// beside writes parts that go on at once. One that halts lets the others come to the end of what they have begun.
func (s scope) beside(parts []node, next string) string {
	var branches []any
	for _, part := range parts {
		*s.parts++
		branch := scope{s.Machine, map[string]any{}, fmt.Sprintf("Branch %d ends", *s.parts), s.parts}
		branch.states[branch.end] = state{"Type": "Succeed"}
		branches = append(branches, state{"StartAt": branch.series(part, branch.end), "States": branch.states})
	}
	*s.parts++
	name := fmt.Sprintf("Part %d: %d branches at once", *s.parts, len(parts))
	s.states[name] = state{"Type": "Parallel", "Branches": branches, "ResultPath": nil, "Next": next}
	return name
}

// walk writes the states of one step: a turn, the wait for the next, and the end where no turn can be taken.
func (s scope) walk(name string, at state, next string) {
	judged, waits, abandons := name+": where it stands", name+": wait", name+": give up"
	turn := s.invoke(conduct.Step, at, judged)
	turn["Catch"] = []any{state{"ErrorEquals": []any{"States.ALL"}, "ResultPath": "$.failure", "Next": abandons}}
	s.states[name] = turn
	s.states[judged] = s.choice(next, s.end, when(string(execute.Waits), waits))
	s.states[waits] = state{"Type": "Wait", "SecondsPath": turnAt + ".seconds", "Next": name}
	s.states[abandons] = s.invoke(conduct.Abandon, with(at, state{"failure.$": "$.failure"}), judged)
}

// gate writes the states of a gate of a plan and returns where it begins.
func (s scope) gate(g plan.Gate, next string) string {
	name, at := "Gate "+g.ID, state{"step": g.ID}
	if !g.Approval() {
		s.look(name, at, next)
		return name
	}
	s.approve(name, at, question{"'" + g.ID + "'", state{"gate": g.ID, "question": g.Title, "why": g.Why}},
		state{"TimeoutSeconds": int(time.Duration(g.Timeout).Seconds())}, next)
	return name
}

// look writes the states of a gate that asks nobody. What follows is halted if it refuses: every gate is looked
// at first, so that a person hears of all that do.
func (s scope) look(name string, at state, next string) {
	judged, waits := name+": where it stands", name+": wait"
	s.states[name] = s.invoke(conduct.Gate, at, judged)
	s.states[judged] = s.choice(next, next, when(string(execute.Waits), waits))
	s.states[waits] = state{"Type": "Wait", "SecondsPath": turnAt + ".seconds", "Next": name}
}

// question is what a person is asked: the gate as the format of a command takes it, and what the message says of it.
type question struct {
	gate    string
	message state
}

// approve writes the states of a gate that asks a person.
func (s scope) approve(name string, at state, asked question, patience state, next string) {
	decides := name + ": take in the decision"
	s.states[name] = s.ask(asked, patience, decides)
	s.states[decides] = s.invoke(conduct.Gate, with(at, state{"decision.$": "$.decision"}), next)
}

// answers begins both commands that answer a question without the program: a refusal names who refused, too, and why.
const answers = "aws stepfunctions send-task-success --task-token TOKEN --task-output "

// command is a command of the program that answers, with the gate and the execution in it.
func (q question) command(word, more string) string {
	return fmt.Sprintf("States.Format('redoubt %s {} --execution {} --by NAME%s', %s, $$.Execution.Id)", word, more, q.gate)
}

// ask lets a person decide: the message says how. Nobody who answers in time has refused.
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html
func (s scope) ask(asked question, more state, next string) state {
	message := with(asked.message, state{
		"run.$": "$$.Execution.Input.run", "token.$": "$$.Task.Token", "execution.$": "$$.Execution.Id",
		"approve.$": asked.command("approve", ""), "refuse.$": asked.command("refuse", " --reason WHY"),
		"approveByAWS": answers + `'{"allowed":true,"by":"NAME"}'`,
		"refuseByAWS":  answers + `'{"allowed":false,"by":"NAME","why":"WHY"}'`,
	})
	return with(more, state{
		"Type": "Task", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken",
		"Parameters": state{"TopicArn": s.Topic, "Subject": "Redoubt asks for an approval", "Message": message},
		"ResultPath": "$.decision", "Next": next,
		"Catch": []any{state{"ErrorEquals": []any{"States.ALL"}, "ResultPath": "$.decision", "Next": next}},
	})
}

// invoke is a task that lets the function take a turn.
func (s scope) invoke(what conduct.What, at state, next string) state {
	payload := with(at, state{"what": string(what), "run.$": "$$.Execution.Input.run", "input.$": "$$.Execution.Input",
		"execution.$": "$$.Execution.Name"})
	return state{
		"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": conduct.FunctionSeconds + 30,
		"Parameters": state{"FunctionName": s.Function, "Payload": payload},
		"ResultSelector": state{"state.$": "$.Payload.state", "seconds.$": "$.Payload.seconds", "why.$": "$.Payload.why",
			"steps.$": "$.Payload.steps", "gates.$": "$.Payload.gates", "approvals.$": "$.Payload.approvals"},
		"ResultPath": turnAt, "Retry": retries(), "Next": next,
	}
}

// retries are the repeats by the class of the error. What can never pass is not tried again.
func retries() []any {
	again := func(seconds, times int, names ...string) any {
		return state{"ErrorEquals": names, "IntervalSeconds": seconds, "MaxAttempts": times, "BackoffRate": 2,
			"MaxDelaySeconds": 30, "JitterStrategy": "FULL"}
	}
	return []any{
		state{"ErrorEquals": []any{"LeaseLost", "Unfit"}, "MaxAttempts": 0},
		again(1, 10, "Overtaken"),
		// https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html
		again(1, 10, "Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException",
			"Lambda.SdkClientException", "Lambda.TooManyRequestsException"),
		again(2, 6, "States.ALL"),
	}
}

// choice goes on at next, or at halted where nothing new may begin.
func (s scope) choice(next, halted string, more ...any) state {
	return state{"Type": "Choice", "Default": next, "Choices": append(more, when(string(execute.Halted), halted))}
}

func when(is, next string) any {
	return state{"Variable": turnAt + ".state", "StringEquals": is, "Next": next}
}

func with(a, b state) state {
	out := state{}
	for _, from := range []state{a, b} {
		for key, v := range from {
			out[key] = v
		}
	}
	return out
}

func (s scope) encode(comment, start string) (string, error) {
	raw, err := json.MarshalIndent(state{"Comment": comment, "StartAt": start, "States": s.states}, "", "  ")
	return string(raw) + "\n", err
}
