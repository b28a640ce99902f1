package endtoend

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/system"
	"redoubt/tools/judge/upstream"
)

// Summary is what stood after the last update.
type Summary struct {
	// Types count the resources of each type.
	Types map[string]*TypeSummary
	// Reasons say by type why moto does not hold it.
	Reasons map[string][]string
	// Left is what was found after the destruction.
	Left Left
}

// TypeSummary counts the resources of a type: those that moto held, and those
// that were checked and planned only.
type TypeSummary struct{ Made, Kept map[system.Home]int }

// Summary counts what stands now.
func (s *Session) Summary() Summary {
	l := s.adaptor.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	out := Summary{Types: map[string]*TypeSummary{}, Reasons: map[string][]string{}}
	at := func(urn string) (*TypeSummary, system.Home) {
		u := resource.URN(urn)
		token := string(u.Type())
		if out.Types[token] == nil {
			out.Types[token] = &TypeSummary{Made: map[system.Home]int{}, Kept: map[system.Home]int{}}
		}
		return out.Types[token], system.Home(u.Stack())
	}
	for urn := range l.made {
		t, home := at(urn)
		t.Made[home]++
	}
	for urn := range l.kept {
		t, home := at(urn)
		t.Kept[home]++
	}
	for _, p := range l.planned {
		out.Reasons[p.Type] = append(out.Reasons[p.Type], p.Reason)
	}
	return out
}

// Count adds the types up.
func (s Summary) Count(home system.Home) (made, kept int) {
	for _, t := range s.Types {
		made += t.Made[home]
		kept += t.Kept[home]
	}
	return made, kept
}

// String is the summary for the one who runs the judge.
func (s Summary) String() string {
	var b strings.Builder
	for _, home := range system.Homes {
		made, kept := s.Count(home)
		fmt.Fprintf(&b, "%s: %d resources made on moto, %d checked and planned only\n", home, made, kept)
	}
	b.WriteString("checked and planned only, and why:\n")
	for _, token := range slices.Sorted(maps.Keys(s.Types)) {
		if t := s.Types[token]; len(t.Kept) > 0 {
			fmt.Fprintf(&b, "  %s (%d and %d): %s\n", token, t.Kept[system.Primary], t.Kept[system.Secondary],
				strings.Join(s.Reasons[token], "; "))
		}
	}
	return b.String()
}

// Section is the summary as a section of the page. It tells no durations: they
// differ from run to run.
func (s Summary) Section() string {
	var b strings.Builder
	fmt.Fprintf(&b, section, upstream.Version, len(s.Types))
	b.WriteString("\n| | Made on moto | Checked and planned only |\n| --- | ---: | ---: |\n")
	for _, home := range system.Homes {
		made, kept := s.Count(home)
		fmt.Fprintf(&b, "| %s | %d | %d |\n", home, made, kept)
	}
	b.WriteString("\n### What moto held\n\n| | Primary | Secondary |\n| --- | ---: | ---: |\n")
	for _, token := range slices.Sorted(maps.Keys(s.Types)) {
		if t := s.Types[token]; len(t.Made) > 0 {
			fmt.Fprintf(&b, "| %s | %d | %d |\n", token, t.Made[system.Primary], t.Made[system.Secondary])
		}
	}
	b.WriteString("\n### What was checked and planned only\n\n")
	b.WriteString("| | Primary | Secondary | Why |\n| --- | ---: | ---: | --- |\n")
	for _, token := range slices.Sorted(maps.Keys(s.Types)) {
		if t := s.Types[token]; len(t.Kept) > 0 {
			fmt.Fprintf(&b, "| %s | %d | %d | %s |\n", token, t.Kept[system.Primary], t.Kept[system.Secondary],
				strings.Join(s.Reasons[token], "; "))
		}
	}
	b.WriteString("\n### What is still shown after the destruction, and why that is right\n\n")
	for _, reason := range slices.Sorted(maps.Keys(s.Left.Reasons)) {
		b.WriteString("- " + reason + "\n")
	}
	return b.String()
}

const section = `## The program on AWS's own provider

The real engine brings both homes of the example system up on terraform-provider-aws %s, through Pulumi's bridge,
against the emulator moto, in their three updates (the primary, the secondary, the primary with what it learns of the
secondary), previews both again and destroys both. Every AWS resource, of %d types, is checked and planned by the
upstream provider with the inputs that the program really sends. What moto can hold is then made on it, in the program's
own order; what it cannot hold is kept by the simulator, and listed below. Kubernetes objects are on the simulator.
A resource made on moto is planned again at once: a repeat must change nothing. A further preview of each home changes
nothing. After the destruction the upstream provider reads every resource back that moto ever held and must find none,
and moto lists everything that bears a tag; what AWS keeps for a while is named below.

What it cannot see: whether AWS takes what moto takes, quotas, and how long anything takes.
` + "[Limits](limits.md) says how to try it on a real account.\n"
