package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"redoubt/internal/plantest"
	"redoubt/system"
	"redoubt/timings"
	"redoubt/watch"
)

const watchIntro = `# The watch

` + generated + `What is watched, in which home, by which metric, whom it tells and what to do then. The catalogue is
` + "`watch/`" + `; ` + "`components/watch/`" + ` declares it, ` + "`watch/judge/`" + ` judges it as CloudWatch does, and ` + "`sim/alarms/`" + ` lets it meet
failures: [what came of each](watch-simulated.md).

Every home has it, unless ` + "`redoubt:watch`" + ` is false: then nobody is told of anything. It is the alarms of the home and its **prober**,
two pods that publish the metrics of ` + "`Redoubt/Watch`" + `, on which most alarms stand. It was never tried on AWS ([limits](limits.md)).

## The first days

1. **The three updates** make the place of the prober's image, and do not wait for its pods. The primary alone is watched too: its prober
   looks for no other home then, and what is about the other home, or about copies between the two, gets its alarms with the update
   that sees the other home. From the secondary's first update to the primary's second one the secondary's alarms about stores and
   loss go off: nothing is copied yet and there is no way between the homes.
2. **Push the prober's image** where and when [those of the agents](bootstrap.md#images) are pushed. Until its pods run nobody publishes
   anything, which the alarms take for the worst: some minutes after each update most alarms on ` + "`Redoubt/Watch`" + ` are in ALARM, the
   composites page, and the repetition runs. As long as nobody is subscribed nobody hears that.
3. ` + "`kubectl -n SYSTEM logs -l app.kubernetes.io/name=redoubt-prober`" + `: each line names a look that failed, and why. The pages end within
   minutes.
4. **Say who is told** (below), update both homes, and fire a test.

What was never done yet is late from the first minute on, and stays a ticket until it is done: the first backup (within an hour or a day), the first
copy (two days), the first restore test (a week), the first comparison, the first drill and the first drill on AWS ([records](#records)).

## How it tells

- **page** wakes somebody. Pages go through composite alarms: one for the loss of the other home, one for each tier, one for
  the home as a whole; with an [arbiter](arbiter.md) one more, for the [return](#return) of a home that was left. An incident pages
  once, however many alarms are part of it. While the other home is lost, the composites of the tiers keep still: they would only
  repeat it. They wait two minutes for that before they page.
- **ticket** is work for the next day. Each alarm tells by itself; burn rates do so through a composite, as they are two.
- **escalation** is told of a page that nobody has taken. A page that goes off starts an execution of the state machine
  ` + "`SYSTEM-pages-HOME`" + `, which repeats it every 15 minutes, to the escalation too, until the alarm ends or somebody stops the
  execution: that is how a page is taken, and ` + "`--cause`" + ` keeps who did. Each page carries the command.

Who is told stands in the setting ` + "`redoubt:subscriptions`" + `, whose addresses are secrets:

    pulumi config set --path redoubt:subscriptions.duty.severity page
    pulumi config set --path redoubt:subscriptions.duty.protocol https
    pulumi config set --secret --path redoubt:subscriptions.duty.endpoint https://...

**Test fire**, from end to end, in each home: the page must arrive, repeat after 15 minutes, and end when it is taken.

    redoubt test-page primary --on aws
    redoubt test-page secondary --on aws

It waits until the alarm of the test has gone off. What comes after that a person sees, or misses.

## Which home watches what

An alarm sees the metrics of its own region alone. So each prober looks at both homes and publishes in its own region, and
puts what it knows of its own cluster into the other region as well. Alarms about a home as a whole live in the other one.
The prober keeps one mark young in each store, where clients write, and reads it where its own home would go on from: how old
what it reads is, is the loss that there would be now. What it cannot see it publishes nothing of, and one look that fails hides no
other ([decision](decisions/0036-a-mark-in-each-store-and-silence-for-what-is-not-seen.md)).
Alarms on metrics that AWS makes live where AWS makes them: the lag of a database, a cache and a bucket where the copy is, that of a
table where it is written, backups where the vault is.

## Records

A drill that held and a comparison that found nothing leave a record in the control bucket of a home, from which the prober tells its
age: ` + "`records/drill`, `records/measured`" + ` and ` + "`records/drift`" + `. The nightly comparison and the weekly drills of the
[pipeline](pipeline.md#the-others) leave them, and so does a person:

    make aws-drift HOME_NAME=primary && redoubt record drift primary --on aws
    redoubt drill --all && redoubt record drills --on aws
    redoubt record measured --on aws

Drills are recorded only if all have held, within a day of them, and with the kind of each: that of a simulated drill says so. What was
*measured*, on AWS alone, is a record of its own, so that no simulated drill makes it look young. It is taken from
[the lines of drills on an account](drills-real.md#the-record), a sandbox's too: as old as the oldest of them, with what was measured
beside what was predicted.

`

// watchPage is docs/watch.md: the catalogue of the example's secondary home, which sees both, and the runbook.
func watchPage(module string) (string, error) {
	c, err := exampleWatch(module)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(watchIntro)
	alarmTable(&b, c)
	compositeTable(&b, c)
	runbook(&b, c)
	return b.String(), nil
}

// exampleWatch is what the example's secondary home watches, with an arbiter.
func exampleWatch(module string) (watch.Catalogue, error) {
	s, err := system.Load(filepath.Join(module, "system.yaml"))
	if err != nil {
		return watch.Catalogue{}, err
	}
	inv, err := plantest.Inventory()
	if err != nil {
		return watch.Catalogue{}, err
	}
	places := map[system.Home]watch.Place{}
	for home, of := range plantest.WithArbiter(inv).Homes {
		p := watch.PlaceOf(of)
		p.VCPUs = 144
		places[home] = p
	}
	return watch.New(s, system.Secondary, places), nil
}

func alarmTable(b *strings.Builder, c watch.Catalogue) {
	fmt.Fprintf(b, "## The alarms of a home\n\nThose of the example's secondary home with an [arbiter](arbiter.md), %d (without one there is no `return`);\nthe primary has "+
		"the same with the homes turned round. *Bad* is how many\nvalues of how many, and how long each is. *Silence* is what a period without a value counts as. *At most* is the stated\ntime "+
		"from the failure (assumed: AWS promises none; what it is made from stands in the catalogue).\n\n"+
		"| Alarm | Tells | When | Of | Bad | Silence | At most |\n| --- | --- | --- | --- | --- | --- | --- |\n", len(c.Alarms))
	for _, a := range c.Alarms {
		row(b, code(a.Part), string(a.Severity), condition(a), metricsOf(a),
			fmt.Sprintf("%d of %d, %s", a.Datapoints, a.Periods, timings.Short(a.Period)),
			fmt.Sprintf("%s: %s", a.Missing, a.MissingWhy), timings.Short(a.Within.Round(time.Second)))
	}
}

func condition(a watch.Alarm) string {
	if a.Comparison == watch.AboveBand {
		return a.Unit + " above the usual"
	}
	sign := map[watch.Comparison]string{watch.Above: ">", watch.AtLeast: "≥", watch.Below: "<"}[a.Comparison]
	return fmt.Sprintf("%s %g %s", sign, a.Threshold, a.Unit)
}

// metricsOf are the statistics and names, and what is worked out of them.
func metricsOf(a watch.Alarm) string {
	var out []string
	for _, q := range a.Queries {
		text := q.Expression
		if text == "" {
			text = q.Statistic + " of " + q.Metric.Namespace + " " + q.Metric.Name
		}
		if !slices.Contains(out, code(text)) {
			out = append(out, code(text))
		}
	}
	return strings.Join(out, ", ")
}

func compositeTable(b *strings.Builder, c watch.Catalogue) {
	b.WriteString("\n## The composites\n\n| Composite | Tells | Says | Keeps still while | Stands on |\n| --- | --- | --- | --- | --- |\n")
	for _, one := range c.Composites {
		unless := ""
		if one.Unless != "" {
			unless = code(one.Unless)
		}
		row(b, code(one.Part), string(one.Severity), one.Title, unless, fmt.Sprintf("%d alarms", len(one.Parts())))
	}
}

// runbook has a section for each concern, in the order in which the catalogue meets them.
func runbook(b *strings.Builder, c watch.Catalogue) {
	b.WriteString("\n## The runbook\n\nEvery alarm leads to its section here, and says its probable cause and the first command itself.\n")
	var seen []watch.Concern
	for _, a := range c.Alarms {
		if slices.Contains(seen, a.Concern) {
			continue
		}
		seen = append(seen, a.Concern)
		g := watch.Guides()[a.Concern]
		fmt.Fprintf(b, "\n### %s\n\n%s Probable cause: %s.\n\n1. `%s`\n", a.Concern, g.Means, a.Cause, a.Command)
		for n, do := range g.Do {
			fmt.Fprintf(b, "%d. %s\n", n+2, do)
		}
	}
}
