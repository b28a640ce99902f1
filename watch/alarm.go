// Package watch is the catalogue of alarms: what is watched, in which home, by which metric, and whom it tells. It is
// made from what must survive and from the names of the homes, and knows no cloud: components/watch declares it,
// watch/judge decides when an alarm goes off, sim/watch lets it meet failures.
package watch

import (
	"time"

	"redoubt/system"
)

// Severity says how soon a person must look.
type Severity string

// The severities, the most urgent first. Each has a topic in each home.
const (
	// Page wakes somebody: users feel it, or the next loss would cost more than was promised.
	Page Severity = "page"
	// Ticket is work for the next working day.
	Ticket Severity = "ticket"
)

// Severities lists them, the most urgent first.
var Severities = []Severity{Page, Ticket}

// Concern is what an alarm is about. Each has a section of the runbook, see Guides.
type Concern string

// The concerns.
const (
	Lag          Concern = "lag"
	RPO          Concern = "rpo"
	Replication  Concern = "replication"
	Backup       Concern = "backup"
	BackupJob    Concern = "backup-job"
	Copy         Concern = "copy"
	RestoreTest  Concern = "restore-test"
	Writes       Concern = "writes"
	QueueAge     Concern = "queue-age"
	DeadLetters  Concern = "dead-letters"
	Readiness    Concern = "readiness"
	Zones        Concern = "zones"
	Errors       Concern = "errors"
	Latency      Concern = "latency"
	Entry        Concern = "entry"
	Availability Concern = "availability"
	Silence      Concern = "silence"
	Nodes        Concern = "nodes"
	Certificate  Concern = "certificate"
	Key          Concern = "key"
	Quota        Concern = "quota"
	Exhaustion   Concern = "exhaustion"
	Capacity     Concern = "capacity"
	Line         Concern = "line"
	Transfer     Concern = "transfer"
	Drift        Concern = "drift"
	Drill        Concern = "drill"
	Measured     Concern = "measured"
	Forecast     Concern = "forecast"
	Inventory    Concern = "inventory"
	Return       Concern = "return"
	Test         Concern = "test"
)

// Missing is what a period without a value counts as:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
type Missing string

// The treatments in use. None of ours leaves it to the default.
const (
	Breaching    Missing = "breaching"
	NotBreaching Missing = "notBreaching"
	Ignore       Missing = "ignore"
)

// Comparison is how a value is held against the threshold, by CloudWatch's name.
type Comparison string

// The comparisons in use. AboveBand compares with the upper end of the anomaly band.
const (
	Above     Comparison = "GreaterThanThreshold"
	AtLeast   Comparison = "GreaterThanOrEqualToThreshold"
	Below     Comparison = "LessThanThreshold"
	AboveBand Comparison = "GreaterThanUpperThreshold"
)

// Metric names one metric in the region of the alarm.
type Metric struct {
	Namespace, Name string
	// Dimensions are all that the metric is published with: CloudWatch finds no other.
	Dimensions map[string]string
}

// Query is one line of metric math: a metric with its statistic, or an expression over the ids of other lines.
type Query struct {
	ID         string
	Metric     Metric
	Statistic  string
	Expression string
}

// Alarm is one alarm of one home.
type Alarm struct {
	// Part names it within its home, and never changes: its physical name is naming.Scope.Alarm of it.
	Part string
	// Home is where it lives, and About the home whose state it judges.
	Home, About system.Home
	Concern     Concern
	Severity    Severity
	// Tier, Store and Agent are what it is about; empty where that is the home as a whole.
	Tier, Store, Agent string
	// Title says what is the matter when it goes off.
	Title string

	// Queries are what is compared, the last of them the one that counts. A single one with a metric is no math. With
	// AboveBand the last is the band, and the one before it is held against it.
	Queries    []Query
	Comparison Comparison
	Threshold  float64
	// Unit is what threshold and values are counted in.
	Unit string
	// Period is what one value is made from. Datapoints of the last Periods values must be bad.
	Period              time.Duration
	Periods, Datapoints int
	Missing             Missing
	// MissingWhy says why silence counts as it does.
	MissingWhy string
	// Within is the longest time from the failure to the alarm, and WithinWhy what it is made from.
	Within    time.Duration
	WithinWhy string

	// Cause is the most probable one, and Command the first thing to type.
	Cause, Command string
}

// Runbook is the place of the alarm's section on the page of the watch.
func (a Alarm) Runbook() string { return "docs/watch.md#" + string(a.Concern) }

// Math reports whether CloudWatch must calculate before it compares.
func (a Alarm) Math() bool { return len(a.Queries) > 1 || a.Queries[0].Expression != "" }

// Composite is an alarm over alarms of its own home, through which pages go: one incident, one page.
type Composite struct {
	Part string
	Home system.Home
	// About is the home, Tier the tier that the incident is one of. Without a tier it is the home's own.
	About system.Home
	Tier  string
	Title string
	// Severity is whom it tells.
	Severity Severity
	// Any are the parts of alarms, each of which sets it off. Both are pairs that do so together.
	Any  []string
	Both [][2]string
	// Unless is the part of the composite whose incident this one would only repeat; empty for none. While that is in
	// alarm, and for Extension after, this one tells nobody; Wait is how long that one is given to come first.
	Unless          string
	Wait, Extension time.Duration
}

// Catalogue is everything that one home watches.
type Catalogue struct {
	Home       system.Home
	Alarms     []Alarm
	Composites []Composite
}

// Alarm returns the alarm with the part.
func (c Catalogue) Alarm(part string) (Alarm, bool) {
	for _, a := range c.Alarms {
		if a.Part == part {
			return a, true
		}
	}
	return Alarm{}, false
}
