package entry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/system"
)

const (
	// Namespace holds the metrics of the switch.
	Namespace = "Redoubt/Switch"
	// Taken is the metric that the secondary puts: 1 takes the traffic, 0 lets go.
	Taken = "Taken"
	// Reclaimed is the metric that the primary puts: 1 takes the traffic back
	// whatever Taken says, 0 ends that.
	Reclaimed = "Reclaimed"
	// Dimension is the one dimension of both metrics; its value is the system's name.
	Dimension = "System"
)

// Metric returns the metric that a home puts to act.
func Metric(home system.Home) string {
	if home == system.Secondary {
		return Taken
	}
	return Reclaimed
}

// AlarmName names the alarm over the metric that a home puts. It is in ALARM
// from the home's act until its reset.
func AlarmName(s naming.Scope) string {
	return s.Alarm(strings.ToLower(Metric(s.Home)))
}

// alarm is everything that a health check copies from an alarm when it is
// made: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
type alarm struct {
	Name, Metric, System   string
	Statistic, Comparison  string
	Missing                string
	PeriodSeconds, Periods int
	Threshold              float64
}

// alarmOf returns the one alarm of a home's switch. Either home can tell the
// other's, because nothing in it is invented by AWS. It stays within what a
// health check can follow: one metric, standard resolution, a plain statistic.
func alarmOf(s naming.Scope) alarm {
	return alarm{
		Name: AlarmName(s), Metric: Metric(s.Home), System: s.System,
		Statistic: "Maximum", Comparison: "GreaterThanOrEqualToThreshold",
		Missing:       "ignore", // no new value: nothing has changed
		PeriodSeconds: 60, Periods: 1, Threshold: 1,
	}
}

// hash identifies the settings, so that a change of them updates the check.
func (a alarm) hash() (string, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("encode alarm %q: %w", a.Name, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// move declares this home's part of the switch.
func (d *declaration) move() error {
	if d.args.Switch == inventory.ARCSwitch {
		return d.routing()
	}
	d.entry.SwitchNamespace = pulumi.String(Namespace).ToStringOutput()
	d.entry.SwitchMetric = pulumi.String(Metric(d.args.Scope.Home)).ToStringOutput()
	own, err := d.alarm()
	if err != nil || d.args.Scope.Home != system.Primary || d.args.Peer == nil {
		return err
	}
	return d.obey(own)
}

func (d *declaration) alarm() (*cloudwatch.MetricAlarm, error) {
	a := alarmOf(d.args.Scope)
	return cloudwatch.NewMetricAlarm(d.ctx, d.part("switch-alarm"), &cloudwatch.MetricAlarmArgs{
		Name:               pulumi.String(a.Name),
		AlarmDescription:   pulumi.String("The switch: " + a.Metric + " is 1"),
		Namespace:          pulumi.String(Namespace),
		MetricName:         pulumi.String(a.Metric),
		Dimensions:         pulumi.StringMap{Dimension: pulumi.String(a.System)},
		Statistic:          pulumi.String(a.Statistic),
		Period:             pulumi.Int(a.PeriodSeconds),
		EvaluationPeriods:  pulumi.Int(a.Periods),
		ComparisonOperator: pulumi.String(a.Comparison),
		Threshold:          pulumi.Float64(a.Threshold),
		TreatMissingData:   pulumi.String(a.Missing),
	}, d.guarded(pulumi.DeleteBeforeReplace(true))...) // the name is fixed
}

// obey declares the three checks: healthy unless taken, healthy when
// reclaimed, and at least one of the two.
func (d *declaration) obey(own *cloudwatch.MetricAlarm) error {
	peer := d.args.Scope.Peer(d.args.Peer.Region)
	taken, err := d.follow("taken", peer, false)
	if err != nil {
		return err
	}
	reclaimed, err := d.follow("reclaimed", d.args.Scope, true, pulumi.DependsOn([]pulumi.Resource{own}))
	if err != nil {
		return err
	}
	both, err := route53.NewHealthCheck(d.ctx, d.part("switch"), &route53.HealthCheckArgs{
		Type:                 pulumi.String("CALCULATED"),
		ChildHealthThreshold: pulumi.Int(1),
		ChildHealthchecks: pulumi.StringArray{
			taken.ID().ToStringOutput(), reclaimed.ID().ToStringOutput(),
		},
		Tags: d.tag("switch"),
	}, d.guarded()...)
	if err != nil {
		return err
	}
	d.entry.HealthCheckID = both.ID().ToStringOutput()
	return nil
}

// follow declares the check of one home's alarm. Without data it stays as it
// was; before the first data Route 53 counts the alarm as quiet.
func (d *declaration) follow(part string, s naming.Scope, inverted bool, opts ...pulumi.ResourceOption,
) (*route53.HealthCheck, error) {
	a := alarmOf(s)
	hash, err := a.hash()
	if err != nil {
		return nil, err
	}
	return route53.NewHealthCheck(d.ctx, d.part("switch-"+part), &route53.HealthCheckArgs{
		Type:                         pulumi.String("CLOUDWATCH_METRIC"),
		CloudwatchAlarmName:          pulumi.String(a.Name),
		CloudwatchAlarmRegion:        pulumi.String(s.Region),
		InsufficientDataHealthStatus: pulumi.String("LastKnownStatus"),
		InvertHealthcheck:            pulumi.Bool(inverted),
		Triggers:                     pulumi.StringMap{"alarm": pulumi.String(hash)},
		Tags:                         d.tag("switch-" + part),
	}, d.guarded(opts...)...)
}

// tag names a health check, which has no other name that people see.
func (d *declaration) tag(part string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(d.args.Scope.System + "-" + string(d.args.Scope.Home) + "-" + part)}
}
