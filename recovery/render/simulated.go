package render

import (
	"fmt"
	"strings"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// simulated writes what follows the heading of a runbook for the simulated regions. Its blocks are pasted one after the other
// as they stand: a step looks whether it is done, and asks the gates and whoever types by itself.
func (k Book) simulated(b *strings.Builder, p plan.Plan) {
	fmt.Fprintf(b, "\nFor the simulated regions: in the project's folder, with the plan in `%s`, paste each block as it stands, one after the other. A step "+
		"looks first whether it is done, so a block that is pasted twice does nothing twice. One that "+
		"ends with another exit code than 0 says what to type; go on only where it says that a failure stops nothing. What was done is in a journal: "+
		"`redoubt resume` does all that is left, `redoubt abort` takes back what was done, the last first. A runbook with the commands of AWS and "+
		"`kubectl` is made with `--on aws`.\n\nWhere there is no `redoubt` yet but in the project's `bin`:\n\n```sh\n"+
		"export PATH=$PWD/bin:$PWD/.tools:$PATH\n```\n", k.File)
	because(b, p)
	asked(b, p)
	b.WriteString(strings.TrimSuffix(predicted(p), "\n") + " By hand one comes after the other, which takes longer.\n")
	for i, s := range p.Steps {
		fmt.Fprintf(b, "\n## %d. %s\n\n", i+1, s.Title)
		k.typed(b, p, s)
	}
	b.WriteString("\n## At the end\n\nThe last line says `recovered`:\n\n```sh\nredoubt status last\n```\n")
	b.WriteString(adopts(p))
}

// asked writes each gate, and what there is to answer when the first step that acts asks it.
func asked(b *strings.Builder, p plan.Plan) {
	if len(p.Gates) == 0 {
		return
	}
	b.WriteString("\n## Decide first\n\nOne refusal is enough: then stop here and change nothing. The first step that acts asks every gate, and the " +
		"journal keeps the answers for the steps after it.\n")
	for i, g := range p.Gates {
		aside := "it asks you for `yes`, a reason and your name to go on all the same"
		if !g.Overridable {
			aside = "nobody may set it aside"
		}
		fmt.Fprintf(b, "\n%d. **%s** (`%s`): %s\n   ", i+1, g.Title, g.ID, g.Why)
		switch {
		case g.Reason != "":
			fmt.Fprintf(b, "It refuses already: %s; %s.\n", g.Reason, aside)
		case g.Approval():
			fmt.Fprintf(b, "Ask who answers for the system, then type `yes` when it asks; without an answer in %s, stop.\n", g.Timeout)
		default:
			fmt.Fprintf(b, "It lets you go on when %s; else %s.\n", holds(*g.Condition), aside)
		}
	}
}

// typed writes the one command of a step, and how it is known to be done.
func (k Book) typed(b *strings.Builder, p plan.Plan, s plan.Step) {
	reason(b, s)
	does := "looks until it holds"
	if !execute.ChangesNothing(s) {
		does = fmt.Sprintf("looks whether it is done, makes the call `%s` when it is not, and looks until it is", s.Call)
	}
	fmt.Fprintf(b, "\n```sh\n%s\n```\n\nIt %s: %s. Then its exit code is 0.\n", StepCommand(s.ID, k.File, false), does, holds(s.Condition))
	fmt.Fprintf(b, "\n%s\n", patience(s))
	if s.OnFailure == plan.Continue && s.Call.Home == p.Lost {
		fmt.Fprintf(b, "\nNothing waits for it: when the region of the %s home does not answer, it ends with code 4. Go on with the next step.\n", p.Lost)
	}
	if s.Undo != nil {
		b.WriteString("\n`redoubt abort` takes it back, with all else that was done.\n")
	}
}

// holds says in a sentence what a condition asks for.
func holds(c plan.Condition) string {
	var all []string
	for _, e := range c.All {
		value, is := e.Value.(string)
		if !is {
			value, _ = compact(e.Value)
		}
		if len(value) > inline {
			value = "..."
		}
		all = append(all, fmt.Sprintf("`%s %s %s`", e.Path, e.Op, value))
	}
	return fmt.Sprintf("`%s` answers that %s", c.Call, strings.Join(all, " and "))
}
