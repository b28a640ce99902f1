package watch

import (
	"fmt"
	"time"

	"redoubt/system"
)

// Burn rates: how many times faster than allowed the budget of unavailability goes, over a long and a short window. Both
// must be bad, so that what is over tells nobody any more:
// https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
var burns = []struct {
	part     string
	rate     float64
	long     time.Duration
	short    time.Duration
	severity Severity
}{
	// An hour of the fast one takes a fiftieth of a month's budget, six hours of the slow one a twentieth.
	{"fast", 14.4, time.Hour, 5 * time.Minute, Page},
	{"slow", 6, 6 * time.Hour, 30 * time.Minute, Ticket},
}

// burnPart names one of the two windows of one burn rate of a tier.
func burnPart(tier, which, window string) string { return tier + "-burn-" + which + "-" + window }

// promise is the share of good time that the tier promises while nothing larger than a zone is lost; zero is no promise.
func promise(t system.Tier) float64 { return t.Objectives[system.ZoneLoss].Availability }

// tiers watches how fast each tier uses up what it may be unavailable.
func (b *builder) tiers() {
	for _, t := range b.sys.Tiers {
		p := promise(t)
		if p <= 0 || p >= 1 {
			continue
		}
		for _, burn := range burns {
			for window, span := range map[string]time.Duration{"long": burn.long, "short": burn.short} {
				a := Alarm{
					Part: burnPart(t.Name, burn.part, window), Concern: Availability, Severity: b.burning(t, burn.severity), Tier: t.Name,
					Title: fmt.Sprintf("Tier %s uses up its availability %g times too fast, over %s", t.Name, burn.rate, span),
					Queries: []Query{{ID: "m1", Statistic: "Average", Metric: b.probed(Available, string(b.home), t.Name)},
						{ID: "e1", Expression: fmt.Sprintf("(1-m1)/%.6g", 1-p)}},
					Comparison: AtLeast, Threshold: burn.rate, Unit: "times", Period: span, Periods: 1,
					Missing: Ignore, MissingWhy: "silence is told by the prober's own alarm; the budget stands as it was",
					Cause: "a store takes no writes or a public agent does not answer, again and again", Command: "redoubt status --on aws",
				}
				// A tier that is gone for good reaches the rate after that part of the window.
				reach := time.Duration(float64(span) * burn.rate * (1 - p))
				a.Within, a.WithinWhy = reach+settles+time.Minute, "the part of the window at which a total loss reaches the rate, and a look"
				b.add(a)
			}
		}
	}
	sortParts(b.out.Alarms)
}

func (b *builder) burning(t system.Tier, s Severity) Severity {
	if !t.Critical {
		return Ticket
	}
	return s
}

// whole watches the home as a whole, and the other one from here.
func (b *builder) whole() {
	b.silent(b.home)
	b.nodes(b.home, b.here)
	b.inventory()
	b.endings()
	if b.peer == nil {
		return
	}
	other := b.home.Peer()
	b.silent(other)
	b.nodes(other, b.peer)
	for _, a := range b.sys.Agents {
		if a.Public {
			b.answers(a, other)
		}
	}
	b.line()
	if b.here.Arbiter {
		b.returned(other)
	}
}

// returned watches that the other home keeps still after the arbiter's judge has given its work to this one: were it to run
// again, old writers would write beside the home that serves.
func (b *builder) returned(other system.Home) {
	b.timed(0, settles, Alarm{
		Part: "return", About: other, Concern: Return, Severity: Page,
		Title: fmt.Sprintf("The %s home answers, although the arbiter's judge has given its work to the %s home", other, b.home),
		Queries: []Query{{ID: "m1", Statistic: "Maximum", Metric: b.probed(TakenOver, string(b.home))},
			{ID: "m2", Statistic: "Maximum", Metric: b.probed(Alive, string(other))},
			{ID: "e1", Expression: "IF(m1>0,FILL(m2,0),0)"}},
		Comparison: AtLeast, Threshold: 1, Unit: "0 or 1", Period: time.Minute, Periods: 3, Datapoints: 2,
		Missing: Ignore, MissingWhy: "silence is told by the prober's own alarm; the word stands as it was",
		Cause:   "its region is back, and what ran there runs again",
		Command: "redoubt status --on aws",
	})
}

// suffix tells what is about the other home apart.
func (b *builder) suffix(about system.Home) string {
	if about == b.home {
		return ""
	}
	return "-" + string(about)
}

// unheard is how many periods CloudWatch looks back further for values before it takes silence for what it is:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const unheard = 2

// silent watches the prober of a home: who is silent about a home knows nothing of it.
func (b *builder) silent(about system.Home) {
	b.timed(0, settles+unheard*time.Minute, Alarm{
		Part: "silence" + b.suffix(about), About: about, Concern: Silence, Severity: Ticket,
		Title:   fmt.Sprintf("Nothing is heard of the %s home in the %s home", about, b.home),
		Queries: one(b.probed(Alive, string(about)), "Sum"), Comparison: Below, Threshold: 1, Unit: "values",
		Period: time.Minute, Periods: 3, Datapoints: 2, Missing: Breaching, MissingWhy: "silence is what it is about",
		Cause:   "the region is lost or cut off, or the prober's pods do not run",
		Command: "kubectl -n " + b.sys.Name + " get pods -l app.kubernetes.io/name=" + system.Prober + " -o wide",
	})
}

// nodes watches the nodes of each zone. Of the other home the last that was told is known.
func (b *builder) nodes(about system.Home, at *Place) {
	for _, zone := range at.Zones {
		b.timed(0, settles, Alarm{
			Part: "nodes-" + zone, About: about, Concern: Nodes, Severity: Ticket,
			Title:   fmt.Sprintf("No node of zone %s is ready in the %s home", zone, about),
			Queries: one(b.probed(NodesReady, string(about), zone), "Maximum"), Comparison: Below, Threshold: 1, Unit: "nodes",
			Period: time.Minute, Periods: 5, Datapoints: 4, Missing: Ignore,
			MissingWhy: "silence is told by the prober's own alarm",
			Cause:      "the zone is lost, or no machine is to be had there",
			Command:    "kubectl get nodes -L topology.kubernetes.io/zone",
		})
	}
}

// line watches the way between the homes, and what goes over it.
func (b *builder) line() {
	other := string(b.home.Peer())
	b.timed(0, settles, Alarm{
		Part: "line", About: b.home.Peer(), Concern: Line, Severity: Ticket,
		Title: fmt.Sprintf("A connection from the %s to the %s home takes far longer than usual", b.home, other),
		Queries: []Query{{ID: "m1", Statistic: "Average", Metric: b.probed(RoundTrip, other, string(b.home))},
			{ID: "ad1", Expression: "ANOMALY_DETECTION_BAND(m1,4)"}},
		Comparison: AboveBand, Unit: "milliseconds", Period: 5 * time.Minute, Periods: 4, Datapoints: 3,
		Missing: NotBreaching, MissingWhy: "a home that does not answer at all is told by other alarms",
		Cause:   "the line between the regions is impaired",
		Command: "aws health describe-events --region us-east-1 --filter eventStatusCodes=open",
	})
	for _, st := range b.sys.StoresOf(system.Postgres) {
		own, here := b.here.Stores[st.Name]
		if !here {
			continue
		}
		b.timed(0, settles, Alarm{
			Part: st.Name + "-transfer", Concern: Transfer, Severity: Ticket, Tier: st.Tier, Store: st.Name,
			Title: fmt.Sprintf("Far more of store %s goes to the other home than usual", st.Name),
			Queries: []Query{{ID: "m1", Statistic: "Sum", Metric: Metric{"AWS/RDS", "AuroraGlobalDBDataTransferBytes",
				dims("DBClusterIdentifier", own.Name)}}, {ID: "ad1", Expression: "ANOMALY_DETECTION_BAND(m1,6)"}},
			Comparison: AboveBand, Unit: "bytes", Period: 15 * time.Minute, Periods: 4, Datapoints: 3,
			Missing: NotBreaching, MissingWhy: whyFollows, Cause: "a bulk load, or a loop that writes",
			Command: "aws rds describe-db-clusters --db-cluster-identifier " + own.Name,
		})
	}
}

// inventory watches that this home knows its peer as it is.
func (b *builder) inventory() {
	if b.peer == nil {
		return
	}
	b.timed(0, settles, Alarm{
		Part: "inventory", About: b.home, Concern: Inventory, Severity: Ticket,
		Title:   fmt.Sprintf("The %s home knows its peer as it no longer is", b.home),
		Queries: one(b.probed(InventoryDiffers, string(b.home)), "Minimum"), Comparison: AtLeast, Threshold: 1, Unit: "0 or 1",
		Period: time.Hour, Periods: 24, Datapoints: 24, Missing: Ignore,
		MissingWhy: "a peer that cannot be asked is told by other alarms, and its last inventory is what counts then",
		Cause:      "the other home was updated and this one was not",
		Command:    "pulumi up --stack " + string(b.home),
	})
}

// endings watches what ends at a day that is known.
func (b *builder) endings() {
	if len(b.here.TargetGroups) > 0 {
		b.timed(0, settles, Alarm{
			Part: "certificate", Concern: Certificate, Severity: Ticket,
			Title:   "The certificate that users see ends within a month: AWS should have renewed it",
			Queries: one(b.probed(CertificateDays, string(b.home)), "Minimum"), Comparison: Below, Threshold: 30, Unit: "days",
			Period: time.Hour, Periods: 2, Missing: Ignore, MissingWhy: "a home that does not answer is told by other alarms",
			Cause:   "the record by which ACM proves the domain is gone",
			Command: "aws acm list-certificates --includes keyTypes=RSA_2048,EC_prime256v1",
		})
	}
	for _, purpose := range b.here.Keys {
		b.timed(0, settles, Alarm{
			Part: "key-" + purpose, Concern: Key, Severity: Page,
			Title:   fmt.Sprintf("The key of the home's %s is switched off or is about to be deleted", purpose),
			Queries: one(b.probed(KeyUsable, string(b.home), purpose), "Minimum"), Comparison: Below, Threshold: 1, Unit: "0 or 1",
			Period: 5 * time.Minute, Periods: 2, Missing: Ignore, MissingWhy: "silence is told by the prober's own alarm",
			Cause:   "somebody has disabled it or scheduled its deletion",
			Command: "aws kms describe-key --key-id alias/" + b.sys.Name + "-" + string(b.home) + "-" + purpose,
		})
	}
}
