package watch

import (
	"fmt"
	"time"

	"redoubt/system"
	"redoubt/timings"
)

// How long a metric takes to be there and an alarm to look, in the stated times. AWS promises none of them (assumed).
const (
	settles = 2 * time.Minute
	// settlesS3 is that of the metrics of replication: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics.html
	settlesS3 = 15 * time.Minute
	// settlesBackup is that of AWS Backup: https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
	settlesBackup = 6 * time.Minute
)

// Why silence counts as it does.
const (
	whySilence = "the prober puts a value every minute; without one nobody knows, which is as bad"
	whyEvents  = "AWS publishes nothing where nothing happens"
	whyFollows = "only the home that follows has it, and that changes with a failover"
	whyKeeps   = "AWS may publish nothing for a while; what held last holds on"
	whyHand    = "nobody puts it but by hand"
)

// builder gathers the alarms of one home.
type builder struct {
	sys  *system.System
	home system.Home
	// here and peer are the places; peer is nil while there is none.
	here *Place
	peer *Place
	out  Catalogue
}

// New is what one home watches. A place of the other home that is not given, or has no region, leaves out what needs it.
func New(s *system.System, home system.Home, places map[system.Home]Place) Catalogue {
	b := &builder{sys: s, home: home, out: Catalogue{Home: home}}
	here := places[home]
	b.here = &here
	if peer, known := places[home.Peer()]; known && peer.Region != "" {
		b.peer = &peer
	}
	b.stores()
	b.backups()
	b.agents()
	b.tiers()
	b.whole()
	b.capacity()
	b.rest()
	b.composites()
	return b.out
}

func (b *builder) add(a Alarm) {
	a.Home = b.home
	if a.About == "" {
		a.About = b.home
	}
	if a.Datapoints == 0 {
		a.Datapoints = a.Periods
	}
	b.out.Alarms = append(b.out.Alarms, a)
}

// within states the time to the alarm: what the value needs to get bad, its way, and the periods.
func within(reach, settle time.Duration, a Alarm) (time.Duration, string) {
	datapoints := a.Datapoints
	if datapoints == 0 {
		datapoints = a.Periods
	}
	judged := time.Duration(datapoints+1) * a.Period
	why := fmt.Sprintf("%s to settle, %d periods of %s and one to begin with", timings.Short(settle), datapoints, timings.Short(a.Period))
	if reach > 0 {
		why = timings.Short(reach) + " until the value is bad, " + why
	}
	return reach + settle + judged, why
}

// timed adds an alarm with its stated time.
func (b *builder) timed(reach, settle time.Duration, a Alarm) {
	a.Within, a.WithinWhy = within(reach, settle, a)
	b.add(a)
}

func one(m Metric, statistic string) []Query {
	return []Query{{ID: "m1", Metric: m, Statistic: statistic}}
}

func (b *builder) tier(name string) system.Tier {
	t, _ := b.sys.Tier(name)
	return t
}

// severity is that of what users of a tier feel.
func (b *builder) severity(tier string) Severity {
	if b.tier(tier).Critical {
		return Page
	}
	return Ticket
}

// rpo is what the tier may lose with the region; what promises no loss is held to what can be told.
func (b *builder) rpo(tier string) time.Duration {
	return max(b.tier(tier).Objectives[system.RegionLoss].RPO, leastRPO)
}

// leastRPO is what the prober can tell apart from nothing; see Beat.
const leastRPO = 10 * time.Second

// Beat is the time between two marks of the prober in a store: three in the shortest loss that is promised, and no
// more than one a minute in a bucket, which keeps every version.
func Beat(s *system.System, st system.Store) time.Duration {
	if st.Kind == system.Bucket {
		return time.Minute
	}
	t, _ := s.Tier(st.Tier)
	return min(max(t.Objectives[system.RegionLoss].RPO, leastRPO)/3, 10*time.Second)
}

func (b *builder) probed(name string, values ...string) Metric { return Probed(b.sys, name, values...) }
