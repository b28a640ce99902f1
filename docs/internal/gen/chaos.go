package main

import (
	"fmt"
	"strings"

	"redoubt/recovery/drill"
	"redoubt/system/experiments"
	"redoubt/system/experiments/actions"
	"redoubt/timings"
)

const chaosIntro = `# What is broken on purpose

` + generated + `An experiment is declared once, in ` + "`system/experiments/declared/`" + `: its hypothesis, the fault, what is expected, how it is cleaned
up, and the mitigation that it tests. From the same file come the drill on the simulated regions and the template of AWS Fault
Injection Service (FIS) that ` + "`components/chaos`" + ` declares in both homes.

    redoubt drill zone-power         # one of them
    redoubt drill --experiments      # all

` + "`tests/drill`" + ` runs each on the example as it is, where its expectation must hold, and again without its mitigation, where it must
not: an experiment that cannot fail tests nothing. All of that is simulated. No template was ever started on AWS
([limits](limits.md)).

## Where they are declared

` + "`redoubt:production`" + ` is true unless it is set, and then no experiment is declared. With ` + "`false`" + ` all are, and those with a
schedule run by themselves. ` + "`redoubt:experimentsInProduction: true`" + ` declares them in production, too, without any schedule.
Set both alike in both homes: each guards the other.

## What keeps them from doing harm

- **Bounded.** Every fault lasts an hour at most, and every action that has a duration has exactly that of its declaration.
- **The lever.** The metric ` + "`Stop`" + ` of ` + "`Redoubt/Experiments`" + ` at 1 puts an alarm of the home's region into ALARM. It is a stop condition of
  every template: what runs is stopped and nothing starts. The alarm stays so until the metric is 0 again.
- **Trouble.** Another stop alarm goes off when more than a tenth of the entry's requests fail for five minutes.
- **The guard in the other home.** An alarm there stands on what that home's own prober sees of this one (components/watch). When
  it sees no answer for five minutes, or nothing at all, its change goes over EventBridge into this region, where a state machine
  pulls the lever and stops all that runs.
- **Least privilege.** The role of the experiments may do what the catalogue says that the declared actions need, on the home's own
  resources as far as IAM knows them. The permissions boundary of the homes allows that to no other role.
- **No slips.** Each action, parameter and target is held against the catalogue of FIS's actions ([source](` + actions.Source + `)).
  AWS's provider takes any text there.

- **Nothing stays in a cluster.** Where FIS has no action, the drill sets an object of the mesh and takes it away
  ([why so](decisions/0038-what-a-drill-sets-in-a-cluster-goes-by-itself.md)): FIS waits meanwhile, under its stop alarms, the lever and the guard,
  and when it ends for whatever reason the drill takes the object away within half a minute. The object belongs to a Job that runs
  nothing and has three minutes, which the drill renews: when the drill is gone, the cluster takes both away by itself.

## On AWS

    redoubt drill pod-delete --on aws
    redoubt drill --stop-all --on aws
    redoubt drill --let-go --on aws

The first starts the template in the home that serves, looks every half minute, and judges as on the simulated regions
(` + "`recovery/experiment/`" + `): the metrics of the other home's prober are the witness, to the minute, and a minute that nobody told of
counts as refused. It is refused, with exit code 3, while ` + "`redoubt:production`" + ` is not false in both settings files (or
` + "`redoubt:experimentsInProduction`" + ` true in both), where no template is declared, while another experiment runs in either home, and
while the prober tells nothing. It stops the experiment when a tier is refused for longer than its objective, when the drill is
interrupted or fails, and when it does not end by itself; one that an alarm or a person stopped fails the drill (exit code 5). What could not be
judged there stands in the report: no observer is asked, no plan is run by the drill, and lost marks are not read back. Where a
region's loss is in question, the age of the copies' newest marks tells what it would cost.

What is set in a cluster wants a caller whom the cluster lets in: its administrators, or members of the group ` + "`redoubt:experiments`" + `, who may
do that and nothing else (an access entry of EKS with that group).

The second pulls the lever in both homes, takes away what is set in the clusters, stops all that runs, and waits until it has; a home that does not answer keeps nothing
from being stopped in the other (exit code 4 then). The third lets go. Without this program, in each home's region, where the value 0 lets go:

    aws cloudwatch put-metric-data --namespace Redoubt/Experiments --metric-name Stop \
      --dimensions System=NAME --value 1 --region REGION

Do not update a home while an experiment runs in it: FIS changes network lists, route tables and policies for its time.

## The experiments

`

// chaosPage tells each experiment.
func chaosPage() (string, error) {
	all, err := experiments.All()
	if err != nil {
		return "", err
	}
	if _, err := drill.Experiments(); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(chaosIntro)
	row(&b, "Experiment", "Fault, and how long", "Expectation", "Mitigation", "Action of FIS, and object in the cluster")
	b.WriteString("| --- | --- | --- | --- | --- |\n")
	var none []experiments.Experiment
	for _, e := range all {
		var ids []string
		for _, u := range e.Fault.Actions {
			ids = append(ids, u.Action)
		}
		for _, o := range e.Fault.Objects {
			ids = append(ids, o.Kind)
		}
		action := codes(ids...)
		if !e.Declared() {
			none, action = append(none, e), "none: see below"
		}
		row(&b, code(e.Name), fmt.Sprintf("%s, %s", e.Title, timings.Short(e.Fault.Lasts)), expected(e), e.Mitigation.Words, action)
	}
	b.WriteString("\n## Those that FIS has no action for\n\n| Experiment | Why, and what is done instead |\n| --- | --- |\n")
	for _, e := range none {
		row(&b, code(e.Name), strings.TrimSpace(e.Fault.None))
	}
	return b.String(), nil
}

// expected is what must hold, in words.
func expected(e experiments.Experiment) string {
	text := e.Hypothesis
	if len(e.Expect.Then) > 0 {
		text += " Then: " + codes(e.Expect.Then...) + "."
	}
	if e.Expect.Plan != "" {
		text += " Plan: " + code(e.Expect.Plan) + "."
	}
	if e.Expect.Refused != nil {
		text += fmt.Sprintf(" Requests are refused for %s at most.", timings.Short(*e.Expect.Refused))
	}
	return text
}
