package watch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	catalogue "redoubt/watch"
)

// alarms declares every alarm of the catalogue.
func (b *builder) alarms() error {
	b.declared = map[string]pulumi.Resource{}
	for _, a := range b.of.Alarms {
		// The name is fixed.
		alarm, err := cloudwatch.NewMetricAlarm(b.ctx, b.name+"-"+a.Part, b.alarm(a),
			b.child(pulumi.DeleteBeforeReplace(true), pulumi.DependsOn(b.policies))...)
		if err != nil {
			return err
		}
		b.declared[a.Part] = alarm
	}
	return nil
}

func (b *builder) alarm(a catalogue.Alarm) *cloudwatch.MetricAlarmArgs {
	args := &cloudwatch.MetricAlarmArgs{
		Name: pulumi.String(b.physical(a.Part)), AlarmDescription: pulumi.String(Description(a)),
		ComparisonOperator: pulumi.String(a.Comparison), EvaluationPeriods: pulumi.Int(a.Periods),
		DatapointsToAlarm: pulumi.Int(a.Datapoints), TreatMissingData: pulumi.String(a.Missing), Tags: b.tags(a),
	}
	if a.Comparison == catalogue.AboveBand {
		args.ThresholdMetricId = pulumi.String(a.Queries[len(a.Queries)-1].ID)
	} else {
		args.Threshold = pulumi.Float64(a.Threshold)
	}
	if a.Acts() {
		args.AlarmActions = pulumi.Array{b.topicArns[string(a.Severity)]}
	}
	if a.Math() {
		args.MetricQueries = b.queries(a)
		return args
	}
	m := a.Queries[0]
	args.Namespace, args.MetricName = pulumi.String(m.Metric.Namespace), pulumi.String(m.Metric.Name)
	args.Dimensions, args.Period = b.dimensions(m.Metric), pulumi.Int(int(a.Period.Seconds()))
	if strings.HasPrefix(m.Statistic, "p") {
		args.ExtendedStatistic = pulumi.String(m.Statistic)
	} else {
		args.Statistic = pulumi.String(m.Statistic)
	}
	return args
}

// queries are the lines of metric math. The last one counts; of an anomaly CloudWatch wants the metric returned too.
func (b *builder) queries(a catalogue.Alarm) cloudwatch.MetricAlarmMetricQueryArray {
	var out cloudwatch.MetricAlarmMetricQueryArray
	for n, q := range a.Queries {
		line := cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String(q.ID), Label: pulumi.String(a.Unit),
			ReturnData: pulumi.Bool(n == len(a.Queries)-1 || a.Comparison == catalogue.AboveBand)}
		if q.Expression != "" {
			line.Expression = pulumi.String(q.Expression)
			out = append(out, line)
			continue
		}
		line.Metric = cloudwatch.MetricAlarmMetricQueryMetricArgs{
			Namespace: pulumi.String(q.Metric.Namespace), MetricName: pulumi.String(q.Metric.Name),
			Dimensions: b.dimensions(q.Metric),
			Period:     pulumi.Int(int(a.Period.Seconds())), Stat: pulumi.String(q.Statistic),
		}
		out = append(out, line)
	}
	return out
}

// dimensions are a metric's, with what AWS makes up in the place of what stands for it.
func (b *builder) dimensions(m catalogue.Metric) pulumi.StringMap {
	out := pulumi.StringMap{}
	for dim, value := range m.Dimensions {
		out[dim] = pulumi.String(value)
		if strings.HasPrefix(value, "${") {
			out[dim] = b.args.References[value]
		}
	}
	return out
}

// Description is what a person reads who was told: what it is, why, and what to type first.
func Description(a catalogue.Alarm) string {
	return fmt.Sprintf("%s. Probably: %s. First: %s. Runbook: %s", a.Title, a.Cause, a.Command, a.Runbook())
}

// tags tell of an alarm what a list of alarms can be searched by.
func (b *builder) tags(a catalogue.Alarm) pulumi.StringMap {
	out := pulumi.StringMap{"redoubt:severity": pulumi.String(a.Severity), "redoubt:concern": pulumi.String(a.Concern)}
	for key, value := range map[string]string{"redoubt:tier": a.Tier, "redoubt:store": a.Store, "redoubt:agent": a.Agent} {
		if value != "" {
			out[key] = pulumi.String(value)
		}
	}
	return out
}

// composites declares the alarms over alarms. Each comes after those that it stands on, and the one that keeps it still.
func (b *builder) composites() error {
	for _, c := range b.of.Composites {
		var after []pulumi.Resource
		for _, part := range append(c.Parts(), c.Unless) {
			if part != "" {
				after = append(after, b.declared[part])
			}
		}
		args := &cloudwatch.CompositeAlarmArgs{
			AlarmName: pulumi.String(b.physical(c.Part)), AlarmRule: pulumi.String(c.Rule(b.physical)),
			AlarmDescription: pulumi.String(b.describe(c)),
			AlarmActions:     pulumi.StringArray{b.topicArns[string(c.Severity)]},
			Tags:             pulumi.StringMap{"redoubt:severity": pulumi.String(c.Severity)},
		}
		if c.Unless != "" {
			args.ActionsSuppressor = &cloudwatch.CompositeAlarmActionsSuppressorArgs{
				Alarm:           pulumi.String(b.physical(c.Unless)),
				WaitPeriod:      pulumi.Int(int(c.Wait.Seconds())),
				ExtensionPeriod: pulumi.Int(int(c.Extension.Seconds())),
			}
		}
		alarm, err := cloudwatch.NewCompositeAlarm(b.ctx, b.name+"-"+c.Part, args,
			b.child(pulumi.DependsOn(slices.Concat(after, b.policies)), pulumi.DeleteBeforeReplace(true))...)
		if err != nil {
			return err
		}
		b.declared[c.Part] = alarm
	}
	return nil
}

// describe is what a page says. The alarms that it stands on say more.
func (b *builder) describe(c catalogue.Composite) string {
	text := c.Title + ". First: aws cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix " + b.args.Scope.Alarm("") +
		" --region " + b.args.Scope.Region
	if c.Severity == catalogue.Page && c.Part != catalogue.TestPart {
		text += ". Take it: " + b.takes()
	}
	return text + ". Runbook: docs/watch.md"
}
