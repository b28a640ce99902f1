package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"redoubt/system"
)

// capacity watches the room for machines. CloudWatch knows the quota of EC2's vCPUs
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Quotas-Visualize-Alarms.html); of RDS,
// ElastiCache and EKS it knows none.
func (b *builder) capacity() {
	if b.here.VCPUs == 0 {
		return
	}
	usage := Query{ID: "m1", Statistic: "Maximum", Metric: Metric{"AWS/Usage", "ResourceCount",
		dims("Service", "EC2", "Type", "Resource", "Resource", "vCPU", "Class", "Standard/OnDemand")}}
	command := "aws service-quotas get-service-quota --service-code ec2 --quota-code L-1216C47A"
	base := Alarm{Severity: Ticket, Period: 5 * time.Minute, Periods: 6, Datapoints: 5, Missing: Ignore, MissingWhy: whyKeeps,
		Command: command}
	room := base
	room.Part, room.Concern, room.Unit = "quota", Quota, "vCPUs"
	room.Title = "The account may not start what this home needs when it serves"
	room.Queries = []Query{usage, {ID: "e1", Expression: "SERVICE_QUOTA(m1)"}}
	room.Comparison, room.Threshold = Below, float64(b.here.VCPUs)
	room.Cause = "the quota was never raised, or the system has grown"
	b.timed(0, settles+5*time.Minute, room)
	full := base
	full.Part, full.Concern, full.Unit = "capacity", Capacity, "% of the quota"
	full.Title = "Four fifths of the vCPUs that the account may have here are in use"
	full.Queries = []Query{usage, {ID: "e1", Expression: "100*m1/SERVICE_QUOTA(m1)"}}
	full.Comparison, full.Threshold = Above, 80
	full.Cause = "something beside the home runs in its account, or scaling ran away"
	b.timed(0, settles+5*time.Minute, full)
	soon := base
	soon.Part, soon.Concern, soon.Unit = "exhaustion", Exhaustion, "days"
	soon.Title = "At the growth of the last days the vCPUs of the account are used up within two weeks"
	// Without growth there is no end: IF tells so many days that nobody need look.
	soon.Queries = []Query{usage, {ID: "e1", Expression: "IF(DIFF(m1)>0,(SERVICE_QUOTA(m1)-m1)/DIFF(m1),9999)"}}
	soon.Comparison, soon.Threshold = Below, 14
	soon.Period, soon.Periods, soon.Datapoints = 24*time.Hour, 3, 3
	soon.Cause = "the load grows, or old machines are not given back"
	b.timed(0, settles+5*time.Minute, soon)
	odd := base
	odd.Part, odd.Concern, odd.Unit = "capacity-odd", Capacity, "vCPUs"
	odd.Title = "Far more vCPUs are in use than usual"
	odd.Queries = []Query{usage, {ID: "ad1", Expression: "ANOMALY_DETECTION_BAND(m1,4)"}}
	odd.Comparison = AboveBand
	odd.Cause = "scaling ran away, or a recovery is under way"
	b.timed(0, settles+5*time.Minute, odd)
}

// farOff is how many times longer than predicted a drill may take (assumed). Predicted are typical times; of the example's tier core
// 19 of 20 recoveries from a lost region are forecast to take less than 1.6 times those (docs/final-report.md).
const farOff = 2

// rest watches what people must do again and again, and that a page arrives.
func (b *builder) rest() {
	for _, w := range []struct {
		metric         string
		concern        Concern
		days           float64
		title, command string
	}{
		{DriftAge, Drift, 3, "What stands was not compared with what is declared for three days, or differs", "make aws-drift"},
		{DrillAge, Drill, 35, "No drill has held for five weeks", "redoubt drill --all"},
		{MeasuredAge, Measured, Quarter.Hours() / 24, "No drill on AWS has held for a quarter and a month", "make drill-real"},
	} {
		b.timed(time.Duration(w.days*24)*time.Hour, settles, Alarm{
			Part: string(w.concern), Concern: w.concern, Severity: Ticket, Title: w.title,
			Queries: one(b.probed(w.metric, string(b.home)), "Minimum"), Comparison: Above, Threshold: w.days, Unit: "days",
			Period: time.Hour, Periods: 2, Missing: Breaching, MissingWhy: whySilence,
			Cause: "nobody did it, it failed, or its record was not put into the control bucket", Command: w.command,
		})
	}
	b.timed(0, settles, Alarm{
		Part: string(Forecast), Concern: Forecast, Severity: Ticket,
		Title:   "The last drill on AWS took more than twice as long as was predicted",
		Queries: one(b.probed(MeasuredRatio, string(b.home)), "Maximum"), Comparison: Above, Threshold: farOff, Unit: "times",
		Period: time.Hour, Periods: 2, Missing: Ignore, MissingWhy: "that nothing was measured is told by another alarm",
		Cause: "AWS takes longer than the timings say, or than anybody has published", Command: "redoubt assess",
	})
	b.timed(0, settles, Alarm{
		Part: "test", Concern: Test, Severity: Page, Title: "This is a test: acknowledge it",
		Queries: one(b.probed(TestFire, string(b.home)), "Maximum"), Comparison: AtLeast, Threshold: 1, Unit: "0 or 1",
		Period: time.Minute, Periods: 1, Missing: NotBreaching, MissingWhy: whyHand,
		Cause: "somebody wants to see that a page arrives", Command: "none: it ends by itself",
	})
}

// The composites that are not a tier's.
const (
	// LostPart is about the other home: what its loss would set off.
	LostPart = "lost"
	// HomePart is about what is no tier's in this home.
	HomePart = "home"
	// ReturnPart is the other home that answers again. It is told by itself: what the loss of that home keeps still
	// begins to tell some time after its end.
	ReturnPart = "return-page"
	// TestPart is the page that is fired by hand.
	TestPart = "test-page"
)

// TierPart names the composite of a tier.
func TierPart(tier string) string { return "tier-" + tier }

// How long a composite waits for the one whose incident it may only repeat, and how long it keeps still after that ended.
const (
	suppressorWait = 2 * time.Minute
	extension      = 10 * time.Minute
)

// SlowPart names the composite of a tier's burn rates that nobody is woken for.
func SlowPart(tier string) string { return tier + "-burn" }

// composites gathers the pages: the loss of the other home is one incident, each tier is one, and what is left is one.
// Tickets are one each, but burn rates, which are two alarms.
func (b *builder) composites() {
	unless := b.lost()
	for _, t := range b.sys.Tiers {
		ofTier := func(a Alarm) bool { return a.Tier == t.Name }
		c := Composite{Part: TierPart(t.Name), Severity: Page, Tier: t.Name, Unless: unless,
			Title: fmt.Sprintf("Tier %s is in trouble, seen from the %s home", t.Name, b.home)}
		c.Any, c.Both = b.parts(Page, ofTier)
		b.keep(c)
		c = Composite{Part: SlowPart(t.Name), Severity: Ticket, Tier: t.Name, Unless: unless,
			Title: fmt.Sprintf("Tier %s uses up its availability too fast, seen from the %s home", t.Name, b.home)}
		_, c.Both = b.parts(Ticket, ofTier)
		b.keep(c)
	}
	c := Composite{Part: HomePart, Severity: Page, Unless: unless,
		Title: fmt.Sprintf("The %s home as a whole is in trouble", b.home)}
	c.Any, c.Both = b.parts(Page, func(a Alarm) bool { return a.Tier == "" && a.Concern != Test && a.Concern != Return })
	b.keep(c)
	if a, known := b.out.Alarm("return"); known {
		b.keep(Composite{Part: ReturnPart, Severity: a.Severity, About: a.About, Title: a.Title, Any: []string{a.Part}})
	}
	b.keep(Composite{Part: TestPart, Severity: Page, Title: "A test page of the " + string(b.home) + " home", Any: []string{"test"}})
}

// lost is the loss of the other home: two of its agents do not answer from here, or one does not and its prober is
// silent, which is noticed later. It returns the part, empty when there is no other home.
func (b *builder) lost() string {
	other := b.home.Peer()
	c := Composite{Part: LostPart, Severity: Page, About: other,
		Title: fmt.Sprintf("The %s home is lost or cut off, seen from the %s home", other, b.home)}
	public := b.sys.Public()
	if b.peer == nil {
		public = nil
	}
	for n, a := range public {
		answers := a.Name + "-answers-" + string(other)
		c.Both = append(c.Both, [2]string{"silence" + b.suffix(other), answers})
		for _, more := range public[:n] {
			c.Both = append(c.Both, [2]string{more.Name + "-answers-" + string(other), answers})
		}
	}
	if len(c.Both) == 0 {
		return ""
	}
	b.keep(c)
	return LostPart
}

// parts are the alarms of a severity that fit, burn rates as pairs.
func (b *builder) parts(s Severity, fits func(Alarm) bool) (single []string, both [][2]string) {
	for _, a := range b.out.Alarms {
		if a.Severity != s || !fits(a) {
			continue
		}
		switch long, isLong := strings.CutSuffix(a.Part, "-long"); {
		case a.Concern != Availability:
			single = append(single, a.Part)
		case isLong:
			both = append(both, [2]string{a.Part, long + "-short"})
		}
	}
	return single, both
}

func (b *builder) keep(c Composite) {
	if len(c.Any)+len(c.Both) == 0 {
		return
	}
	c.Home = b.home
	if c.About == "" {
		c.About = b.home
	}
	if c.Unless != "" {
		c.Wait, c.Extension = suppressorWait, extension
	}
	b.out.Composites = append(b.out.Composites, c)
}

func sortParts(all []Alarm) {
	slices.SortStableFunc(all, func(a, b Alarm) int {
		if a.Concern == Availability && b.Concern == Availability {
			return strings.Compare(a.Part, b.Part)
		}
		return 0
	})
}

// Rule is the composite as CloudWatch reads it; physical makes a part its alarm's name:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
func (c Composite) Rule(physical func(part string) string) string {
	in := func(part string) string { return `ALARM("` + physical(part) + `")` }
	var terms []string
	for _, part := range c.Any {
		terms = append(terms, in(part))
	}
	for _, pair := range c.Both {
		terms = append(terms, "("+in(pair[0])+" AND "+in(pair[1])+")")
	}
	return strings.Join(terms, " OR ")
}

// Parts are those of all alarms that it stands on.
func (c Composite) Parts() []string {
	out := slices.Clone(c.Any)
	for _, pair := range c.Both {
		out = append(out, pair[:]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Watched reports whether an alarm of the catalogue is about the store, or about the agent.
func (c Catalogue) Watched(is func(Alarm) bool) bool { return slices.ContainsFunc(c.Alarms, is) }

// Bare lists the stores and agents of the home that no alarm is about.
func (c Catalogue) Bare(s *system.System) []string {
	return Bare(s, func(store, agent string) bool {
		return c.Watched(func(a Alarm) bool { return store != "" && a.Store == store || agent != "" && a.Agent == agent })
	})
}

// Bare lists the stores and agents that no alarm is about: each has one of its own. About tells whether there is one about
// a store, or about an agent; the other of both is empty.
func Bare(s *system.System, about func(store, agent string) bool) []string {
	var out []string
	for _, st := range s.Stores {
		if !about(st.Name, "") {
			out = append(out, fmt.Sprintf("store %q", st.Name))
		}
	}
	for _, ag := range s.Agents {
		if !about("", ag.Name) {
			out = append(out, fmt.Sprintf("agent %q", ag.Name))
		}
	}
	return out
}

// Acts reports whether the alarm tells somebody itself. Pages and burn rates do so through composites.
func (a Alarm) Acts() bool { return a.Severity == Ticket && a.Concern != Availability }
