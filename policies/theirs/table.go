package theirs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Count says how a tool's rules are spread.
type Count struct {
	Tool string
	// Ours have a rule of ours, NotDeclared are about other resources, and Why have another reason.
	Ours, Why, NotDeclared int
}

// All is how many rules of the tool there are.
func (c Count) All() int { return c.Ours + c.Why + c.NotDeclared }

// Counts counts the rules of each tool.
func Counts(tools []Tool) []Count {
	var out []Count
	for _, t := range tools {
		c := Count{Tool: t.Name}
		for _, r := range t.Rules {
			switch {
			case r.Ours != "":
				c.Ours++
			case r.Why == NotDeclared:
				c.NotDeclared++
			default:
				c.Why++
			}
		}
		out = append(out, c)
	}
	return out
}

// Named are the ids of ours that stand for some rule of theirs.
func Named(tools []Tool) []string {
	named := map[string]bool{}
	for _, t := range tools {
		for _, r := range t.Rules {
			if r.Ours != "" {
				named[r.Ours] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(named))
}

// Missing are the ids that the tools name as ours and that are not among the ids.
func Missing(tools []Tool, ids []string) []string {
	return slices.DeleteFunc(Named(tools), func(id string) bool { return slices.Contains(ids, id) })
}

// Table tells theirs and ours, tool by tool, with the counts before.
func Table(tools []Tool) string {
	var b strings.Builder
	counts(&b, tools)
	fmt.Fprintf(&b, "\n%d rules of ours stand for them; the others of the pack have no like among them.\n",
		len(Named(tools)))
	for _, t := range tools {
		section(&b, t)
	}
	return b.String()
}

func counts(b *strings.Builder, tools []Tool) {
	b.WriteString("| Tool | Read at | Rules | Ours stands for it | Type not declared | Another reason |\n")
	b.WriteString("| --- | --- | --: | --: | --: | --: |\n")
	sum := Count{Tool: "All"}
	for n, c := range Counts(tools) {
		fmt.Fprintf(b, "| [%s](%s) | %s | %d | %d | %d | %d |\n", c.Tool, tools[n].Page, tools[n].Version,
			c.All(), c.Ours, c.NotDeclared, c.Why)
		sum.Ours, sum.Why, sum.NotDeclared = sum.Ours+c.Ours, sum.Why+c.Why, sum.NotDeclared+c.NotDeclared
	}
	fmt.Fprintf(b, "| %s | | %d | %d | %d | %d |\n", sum.Tool, sum.All(), sum.Ours, sum.NotDeclared, sum.Why)
}

// section is the tool's rules: those that ours stand for, then those with a
// reason, then the names of the rest.
func section(b *strings.Builder, t Tool) {
	fmt.Fprintf(b, "\n## %s\n\n| Theirs | Asks that | Ours, or why not |\n| --- | --- | --- |\n", t.Name)
	var rest []string
	for _, r := range t.Rules {
		switch {
		case r.Ours != "":
			fmt.Fprintf(b, "| [%s](%s) | %s | `%s` |\n", r.ID, r.Source, r.Title, r.Ours)
		case r.Why != NotDeclared:
			fmt.Fprintf(b, "| [%s](%s) | %s | none: %s |\n", r.ID, r.Source, r.Title, r.Why)
		default:
			rest = append(rest, fmt.Sprintf("[%s](%s)", r.ID, r.Source))
		}
	}
	if len(rest) > 0 {
		fmt.Fprintf(b, "\nAbout resources that Redoubt does not declare, %d: %s.\n", len(rest), strings.Join(rest, ", "))
	}
}
