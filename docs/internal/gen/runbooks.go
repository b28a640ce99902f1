package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"redoubt/internal/plantest"
	"redoubt/recovery/planner"
	forms "redoubt/recovery/render"
)

// symptom leads from what a person sees to a scenario.
type symptom struct {
	seen, ask string
	// flags are what redoubt plan takes beside the scenario; runbooks are examples of it.
	scenario planner.Scenario
	flags    string
	runbooks []string
}

// symptoms are asked in this order: the first that fits is it.
var symptoms = []symptom{
	{"agents or users see data that nobody wrote, or data is gone", "was it written wrongly, not lost with its place",
		planner.Restore, "--store STORE --at TIME", []string{"restore-database", "restore-table", "restore-ledger", "restore-bucket",
			"restore-cache", "restore-cache-that-is-rebuilt"}},
	{"a whole home does not answer, and another place confirms it", "do observers outside both homes see nothing of it",
		planner.RegionLoss, "--finding region-lost --by NAME", []string{"region-loss", "region-loss-with-an-arbiter"}},
	{"the homes do not see each other, users see both", "does an observer outside still see both",
		planner.Partition, "", []string{"partition", "partition-of-the-secondary"}},
	{"what runs in one zone does not answer, or answers slowly", "is it one zone of the home that serves",
		planner.ZoneLoss, "--zone ZONE", []string{"zone-loss", "zone-back"}},
	{"one store takes no writes, the home is well", "is it a database or a cache with a copy in another zone",
		planner.WriterLoss, "--store STORE", []string{"writer-loss", "writer-loss-cache"}},
	{"a service or a model that agents call does not answer", "does no observer get an answer from it",
		planner.DependencyLoss, "--dependency NAME", []string{"dependency-loss", "dependency-back"}},
	{"the lost home is back", "does it answer, and does the other still serve",
		planner.Rebuild, "", []string{"rebuild"}},
	{"the home was rebuilt and work is to return", "do its copies follow again",
		planner.Failback, "", []string{"failback", "failback-with-an-arbiter"}},
	{"nothing is broken, and work is to move", "is it planned",
		planner.Switchover, "", []string{"switchover", "switchover-by-routing-controls"}},
}

const runbooks = "docs/runbooks/"

// runbookPages are the runbook of each example's plan, and the page that leads to them.
func runbookPages(module string) (map[string]string, error) {
	all, err := plantest.Examples(filepath.Join(module, "system.yaml"))
	if err != nil {
		return nil, err
	}
	out := map[string]string{runbooks + "README.md": decisionPage()}
	for _, e := range all {
		p, err := planner.Make(e.Request)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		text, err := forms.Runbook(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		out[runbooks+e.Name+".md"] = generated + text + "\n## Order\n\n```mermaid\n" + forms.Graph(p) +
			"```\n\n## When\n\n```mermaid\n" + forms.Timeline(p) + "```\n"
	}
	return out, nil
}

// decisionPage leads from what is seen to a scenario, a command and a runbook.
func decisionPage() string {
	var b strings.Builder
	b.WriteString(generated + "# Runbooks\n\nOf the example system, for its two homes as the simulated regions make them. " +
		"On the day, make your own:\n`redoubt plan SCENARIO --as runbook --out plan.json --on aws` asks the homes and fills in what is there now. " +
		"Without `--on aws` it is one for the\nsimulated regions, which is pasted there from top to bottom as it stands ([by hand](../recovering.md#by-hand)).\n\n" +
		"## What to do\n\n```mermaid\nflowchart TD\n")
	for n, s := range symptoms {
		fmt.Fprintf(&b, "  q%d{\"%s?\"} -- yes --> a%d[\"%s\"]\n", n, s.ask, n, s.scenario)
		if n+1 < len(symptoms) {
			fmt.Fprintf(&b, "  q%d -- no --> q%d\n", n, n+1)
		}
	}
	b.WriteString("```\n\n| What is seen | Then ask | Scenario | Plan it with | Read |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range symptoms {
		var links []string
		for _, name := range s.runbooks {
			links = append(links, fmt.Sprintf("[%s](%s.md)", name, name))
		}
		command := strings.TrimSpace(fmt.Sprintf("redoubt plan %s %s", s.scenario, s.flags))
		fmt.Fprintf(&b, "| %s | %s | `%s` | `%s --out plan.json` | %s |\n", s.seen, s.ask, s.scenario, command, strings.Join(links, ", "))
	}
	b.WriteString(afterwards)
	return b.String()
}

const afterwards = `
Then ` + "`redoubt run plan.json`" + `, which asks every gate and does each step once. If it stops, ` + "`redoubt resume`" + `. By hand, follow the runbook:
decide first, then each step after those that it names, and look that it is done; what waits for nothing goes on beside the rest. It needs
the plan that it was made of in the project's folder: ` + "`redoubt step STEP plan.json --on aws`" + ` is what it says where no one command of AWS or
` + "`kubectl`" + ` is enough ([by hand](../recovering.md#by-hand)). Words such
as fence and probe are in the [glossary](../glossary.md).

Before the first command by hand, log in to the account, and to the cluster of each home, so that ` + "`kubectl`" + ` has its user and authority:
` + "`aws eks update-kubeconfig --region REGION --name SYSTEM-HOME`" + `, again before the commands of the other home. With version 2 of the AWS command line also
` + "`aws configure set cli_binary_format raw-in-base64-out`" + `, because contents of objects stand in the commands as text. Values such as ` + "`late_shift`" + `
are variables that an earlier line of the same block sets.
`
