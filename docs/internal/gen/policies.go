package main

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/policies/pack"
	"redoubt/policies/rule"
)

const policiesIntro = `# Policies

` + generated + `%d rules judge what both homes declare before it is changed: %d each resource on what the program gives it, %d everything that
a home declares, related by URN, parent and name and never by what AWS answers. *Mandatory* refuses a preview or an update, *advisory*
warns. Every rule stands in ` + "`policies/`" + ` with the cases that it refuses and lets through ([how](../policies/README.md)); what other tools
check, and what of ours stands for it, is [a page of its own](policies-theirs.md).

## Use

The CLI that the Makefile builds has no language host for Go, and runs neither the program nor the pack by itself:
` + "`redoubt sim`" + ` serves the program to it, against the simulated regions, and it takes the pack's program from beside
` + "`bin/redoubt`" + ` or from PATH:

` + "```sh" + `
make up
make policies
bin/redoubt sim preview --policy-pack policies
bin/redoubt sim preview --policy-pack policies --policy-pack-config policies.json
make gate
` + "```" + `

` + "`make gate`" + ` judges a change as [a pull request](pipeline.md) is judged. The official CLI has the language host, and
builds the pack itself; that was not tried here ([limits](limits.md)):

` + "```sh" + `
pulumi preview --policy-pack policies
` + "```" + `

The configuration names rules by id, and ` + "`all`" + ` for every rule; a name or an option that is not known is refused:

` + "```json" + `
{
  "bucket-events": "disabled",
  "bucket-versioning": "remediate",
  "postgres-backup-retention": {"enforcementLevel": "mandatory", "minimumDays": 14}
}
` + "```" + `

- *Not judged*: a value that only the update brings is listed at the end of a preview, with the rules that want it, and judged by the
  update, before the resource is touched. What needs the other home is judged once ` + "`redoubt:peerReady`" + ` is true, and
  ` + "`subject-alarm`" + ` unless ` + "`redoubt:watch`" + ` is false.
- A rule about a whole home is judged when the program has ended: a preview tells it before anything is touched, an update without a
  preview (` + "`--skip-preview`" + `) after.
- *Remediate* changes the input that the rule refuses, where the last column says so. A rule about a whole home refuses instead.
- The rules about promises forecast both homes from ` + "`system.yaml`" + ` and the settings files beside the pack ([how](drills.md#a-forecast)), which takes
  seconds. They refuse what holds in fewer than nineteen of twenty recoveries beyond doubt.
- Before a destroy, ` + "`redoubt:protect`" + ` is false: the rules about protection then refuse, and are set to advisory for that update.
`

// policiesPage is docs/policies.md.
func policiesPage() string {
	var b strings.Builder
	rules := pack.Rules()
	count := func(is func(rule.Rule) bool) int {
		return len(slices.DeleteFunc(slices.Clone(rules), func(r rule.Rule) bool { return !is(r) }))
	}
	pending := count(func(r rule.Rule) bool { return r.Pending != "" })
	fmt.Fprintf(&b, policiesIntro, len(rules)-pending, count(ofResource), count(ofStack))
	ruleTable(&b, "## A whole home", ofStack)
	ruleTable(&b, "## One resource", ofResource)
	options(&b, rules)
	if pending > 0 {
		b.WriteString("\n## To come\n\nTheir subject is not there yet.\n\n| Rule | Holds that | Comes with |\n| --- | --- | --- |\n")
		for _, r := range rules {
			if r.Pending != "" {
				row(&b, code(r.ID), r.Title, r.Pending)
			}
		}
	}
	return b.String()
}

func ofResource(r rule.Rule) bool { return r.Resource != nil }
func ofStack(r rule.Rule) bool    { return r.Stack != nil }

func ruleTable(b *strings.Builder, heading string, is func(rule.Rule) bool) {
	b.WriteString("\n" + heading + "\n\n| Rule | Holds that | Why | Level | What to do | Source | Mends |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range pack.Rules() {
		if !is(r) {
			continue
		}
		mends := ""
		if r.Resource != nil && r.Resource.Remediate != nil {
			mends = "yes"
		}
		row(b, code(r.ID), r.Title, r.Why, string(pack.LevelOf(r)), r.Remedy, source(r.Source), mends)
	}
}

func options(b *strings.Builder, rules []rule.Rule) {
	b.WriteString("\n## Options\n\n| Rule | Option | Sets | Default | Bounds |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rules {
		for _, o := range r.Options {
			bounds := strings.Join(o.Enum, ", ")
			if o.Min != 0 || o.Max != 0 {
				bounds = fmt.Sprintf("%v to %v", int64(o.Min), int64(o.Max))
			}
			row(b, code(r.ID), code(o.Name), o.Describes, fmt.Sprint(o.Default), bounds)
		}
	}
}
