// Package render shows a plan in the forms that people read. What it shows is
// the plan itself: the same calls, the same conditions, the same figures.
package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"redoubt/recovery/plan"
)

// Runbook renders the plan as Markdown that a person can follow by hand, from top to bottom, on AWS: with
// the AWS command line and kubectl, and redoubt step where those are not enough. The plan is in PlanFile.
func Runbook(p plan.Plan) (string, error) { return Book{}.Of(p) }

// Book says where and with which file a plan is followed by hand. The zero value is AWS, and PlanFile.
type Book struct {
	// File keeps the plan; empty is PlanFile.
	File string
	// Simulated is true for the simulated regions, where nothing answers aws and kubectl: redoubt step does every step.
	Simulated bool
}

// Of is the runbook of a plan.
func (k Book) Of(p plan.Plan) (string, error) {
	if k.File == "" {
		k.File = PlanFile
	}
	hash, err := p.Hash()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\nSystem `%s`, plan `%.12s`, made from inventory `%.12s`.\n",
		p.Title, p.System, hash, p.Inventory)
	if k.Simulated {
		k.simulated(&b, p)
		return b.String(), nil
	}
	fmt.Fprintf(&b, "\nThe commands are those of AWS and of `kubectl`, with credentials for both homes, and of `redoubt` where no one command of "+
		"theirs is enough: in the project's folder, with the plan in `%s`. A step that `redoubt` does asks the gates, too, and keeps a journal: "+
		"`redoubt resume` goes on with it. On the simulated regions nothing answers `aws` and `kubectl`: the runbook of a plan that is "+
		"made there has `redoubt step` alone.\n", k.File)
	because(&b, p)
	if err := decide(&b, p); err != nil {
		return "", err
	}
	b.WriteString(predicted(p))
	for i, s := range p.Steps {
		text, err := k.step(p, s)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n## %d. %s\n\n%s", i+1, s.Title, text)
	}
	return b.String() + learns(p), nil
}

// because writes what was found.
func because(b *strings.Builder, p plan.Plan) {
	if p.Because != "" {
		fmt.Fprintf(b, "\nMade because: %s.\n", strings.TrimSuffix(p.Because, "."))
	}
}

// decide writes what must be decided before anything is called: each gate with how it is answered.
func decide(b *strings.Builder, p plan.Plan) error {
	if len(p.Gates) == 0 {
		return nil
	}
	b.WriteString("\n## Decide first\n\nOne refusal is enough: then stop here and change nothing.\n")
	for i, g := range p.Gates {
		fmt.Fprintf(b, "\n%d. **%s** (`%s`): %s", i+1, g.Title, g.ID, g.Why)
		aside := "Nobody may set it aside."
		if g.Overridable {
			aside = "Else go on only with a reason and a name that you write down."
		}
		switch {
		case g.Reason != "":
			fmt.Fprintf(b, " It refuses already: %s. %s\n", g.Reason, aside)
			continue
		case g.Approval():
			fmt.Fprintf(b, " Ask who answers for the system; without an answer in %s, stop.\n", g.Timeout)
			continue
		}
		for _, e := range g.Condition.All {
			fmt.Fprintf(b, "\n   Go on when this prints %s. %s\n\n", wanted(g.Condition.Call, e), aside)
			if err := fence(b, p, g.Condition.Call, &e); err != nil {
				return err
			}
		}
	}
	return nil
}

// predicted says how long the plan should take, and what of that nobody knows.
func predicted(p plan.Plan) string {
	way := p.Critical()
	text := fmt.Sprintf("\nPredicted, by budgets: %s until users are served, along `%s`.", way.Takes,
		strings.Join(way.Steps, "`, `"))
	if len(way.Unknown) > 0 {
		text += fmt.Sprintf(" Not counted, because nobody gives a figure: `%s`.", strings.Join(way.Unknown, "`, `"))
	}
	return text + " Steps that do not wait for each other go on at once.\n"
}

// inline is how long a value may be within a line.
const inline = 160

// Step renders one step, without its heading, of the plan in PlanFile.
func Step(p plan.Plan, s plan.Step) (string, error) { return Book{File: PlanFile}.step(p, s) }

// step renders one step, without its heading.
func (k Book) step(p plan.Plan, s plan.Step) (string, error) {
	var b strings.Builder
	reason(&b, s)
	if err := act(&b, p, s, k.File); err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "\n%s\n", patience(s))
	if p.Lost != "" && s.Call.Home == p.Lost && s.OnFailure == plan.Continue {
		fmt.Fprintf(&b, "\nNothing waits for it: when the region of the %s home does not answer, go on with the next step at once.\n", p.Lost)
	}
	if s.Undo != nil {
		b.WriteString("\nTo take it back:\n\n")
		err := fence(&b, p, *s.Undo, nil)
		if errors.Is(err, ErrByHand) {
			b.WriteString("```sh\nredoubt abort --on aws\n```\n\nThat takes back what `redoubt` has done of this plan, the last first; name the run " +
				"where another one came after it.\n")
			err = nil
		}
		if err != nil {
			return "", err
		}
	}
	return b.String(), nil
}

// act writes how the step is done, and how it is known to be done.
func act(b *strings.Builder, p plan.Plan, s plan.Step, file string) error {
	command, err := Command(p, s.Call, nil)
	if errors.Is(err, ErrByHand) {
		return actOfMany(b, s, file)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\nRun, unless it is done already:\n\n```sh\n%s\n```\n", command)
	for _, e := range s.Condition.All {
		text := wanted(s.Condition.Call, e)
		if len(text) > inline {
			fmt.Fprintf(b, "\nDone when the command after it prints this:\n\n```text\n%s\n```\n\n", strings.Trim(text, "`"))
		} else {
			fmt.Fprintf(b, "\nDone when this prints %s:\n\n", text)
		}
		if err := fence(b, p, s.Condition.Call, &e); err != nil {
			return err
		}
	}
	return nil
}

// actOfMany writes the one command for a call that is made of many. It looks first and afterwards itself.
func actOfMany(b *strings.Builder, s plan.Step, file string) error {
	input, err := compact(s.Call.Input)
	if err != nil {
		return err
	}
	does := "It looks whether it is done, makes the calls of `" + s.Call.Operation + "` when it is not"
	if sameCall(s) {
		does = "It makes the calls of `" + s.Call.Operation + "`"
	}
	fmt.Fprintf(b, "\nRun:\n\n```sh\n%s\n```\n\n%s, and looks until it is, with:\n\n```json\n%s\n```\n",
		StepCommand(s.ID, file, true), does, input)
	var all []string
	for _, e := range s.Condition.All {
		all = append(all, fmt.Sprintf("`%s` is %s", e.Path, wanted(s.Condition.Call, e)))
	}
	fmt.Fprintf(b, "\nDone when it ends with exit code 0: by `%s`, %s.\n", s.Condition.Call.Operation, strings.Join(all, " and "))
	return nil
}

// sameCall reports whether the step only looks: what it calls is what it asks.
func sameCall(s plan.Step) bool { return s.Call.Operation == s.Condition.Call.Operation }

func fence(b *strings.Builder, p plan.Plan, call plan.Call, e *plan.Expect) error {
	command, err := Command(p, call, e)
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "```sh\n%s\n```\n", command)
	return nil
}

// wanted says what the command must print. The command line prints truths
// with a capital letter; kubectl prints nothing for what is left out. A late value is the shell's variable.
func wanted(of plan.Call, e plan.Expect) string {
	text := printed(e)
	for _, l := range of.Late {
		text = strings.ReplaceAll(text, l.Name, "$"+variable(l))
	}
	if of.Kind == plan.Kubernetes && e.Missing != nil {
		text += fmt.Sprintf(" (nothing counts as `%v`)", e.Missing)
	}
	return text
}

func printed(e plan.Expect) string {
	var text string
	switch v := e.Value.(type) {
	case string:
		text = v
	case bool:
		text = map[bool]string{true: "True", false: "False"}[v]
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		text = string(raw)
	}
	prefix := map[plan.Op]string{
		plan.Is: "", plan.IsNot: "anything but ", plan.AtMost: "at most ", plan.AtLeast: "at least ",
	}[e.Op]
	if e.Op == plan.IsNot {
		return prefix + "`" + text + "` or `None`" // None: the answer lacks it, which tells nothing
	}
	return prefix + "`" + text + "`"
}
