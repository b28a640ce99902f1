package world

import (
	"strings"
	"time"
)

// The states of an alarm.
const (
	stateOK      = "OK"
	stateAlarm   = "ALARM"
	insufficient = "INSUFFICIENT_DATA"
)

// spare is how many periods more than asked for CloudWatch looks back to:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
// The page shows two in its example; that it is always two is assumed.
const spare = 2

// point is one period's value, if it has one.
type point struct {
	breach, there bool
}

// look reads the periods that an alarm with the settings judges now, newest
// first. A region that is down shows nothing.
func (t *tx) look(region string, alarm Document) []point {
	period := duration(numOr(alarm, "Period", 60))
	n := int(numOr(alarm, "EvaluationPeriods", 1)) + spare
	key := t.seriesOf(region, alarm)
	end := t.clock().Add(-t.lags(metricSettles, key)).Truncate(tick)
	out := make([]point, n)
	if t.down(region) {
		return out
	}
	for i := range out {
		to := end.Add(-time.Duration(i) * period)
		v, ok := t.statistic(key, str(alarm, "Statistic"), to.Add(-period), to)
		out[i] = point{there: ok, breach: ok && breaches(v, alarm)}
	}
	return out
}

// seriesOf is the metric that an alarm with the settings judges. Settings are never changed in place once they are written.
func (t *tx) seriesOf(region string, alarm Document) string {
	if t.memory == nil || t.dirty() {
		return seriesOf(region, alarm)
	}
	of := metricOf{region, address(alarm)}
	name, known := t.memory.metrics[of]
	if !known {
		if len(t.memory.metrics) == mostLists {
			clear(t.memory.metrics)
		}
		name = seriesOf(region, alarm)
		t.memory.metrics[of] = name
	}
	return name
}

func seriesOf(region string, alarm Document) string {
	return seriesKey(region, str(alarm, "Namespace"), str(alarm, "MetricName"), dimensions(alarm))
}

func breaches(v float64, alarm Document) bool {
	limit := numOr(alarm, "Threshold", 0)
	switch str(alarm, "ComparisonOperator") {
	case "GreaterThanOrEqualToThreshold":
		return v >= limit
	case "GreaterThanThreshold":
		return v > limit
	case "LessThanThreshold":
		return v < limit
	case "LessThanOrEqualToThreshold":
		return v <= limit
	}
	return false
}

// judge is the state that the periods tell; missing says how gaps count and
// now is what a state that cannot be told stays at.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
func judge(points []point, alarm Document, missing, now string) string {
	n := int(numOr(alarm, "EvaluationPeriods", 1))
	m := int(numOr(alarm, "DatapointsToAlarm", float64(n)))
	there, bad := 0, 0
	for _, p := range points {
		if p.there && there < n {
			there++
			if p.breach {
				bad++
			}
		}
	}
	gaps := n - there
	switch {
	case bad >= m:
		return stateAlarm
	case gaps == 0:
		return stateOK
	case missing == "breaching":
		if bad+gaps >= m {
			return stateAlarm
		}
		return stateOK
	case missing == "notBreaching":
		return stateOK
	case missing == "ignore":
		return now
	case there == 0:
		return insufficient
	case bad < there:
		return stateOK
	}
	return now
}

// observe looks at every alarm and every health check of a metric; changed reports
// whether any of them moved.
func (t *tx) observe() (changed bool) {
	for _, a := range t.judged() {
		if t.down(a.Region) {
			continue // nobody evaluates it
		}
		state := judge(t.look(a.Region, a.In), a.In, firstOf(str(a.In, "TreatMissingData"), "missing"),
			str(a.Out, "StateValue"))
		if state != str(a.Out, "StateValue") {
			a = t.edit(a)
			a.Out["StateValue"] = state
			a.Out["StateReason"] = "Threshold " + text(numOr(a.In, "Threshold", 0)) + " judged at " + t.clock().Format(timeFormat)
			a.Out["StateUpdatedTimestamp"] = t.clock().Format(timeFormat)
			changed = true
		}
	}
	for _, h := range t.list(kindHealthCheck, Global) {
		if str(h.In, "Type") == "CLOUDWATCH_METRIC" {
			changed = t.observeMetric(h) || changed
		}
	}
	return changed
}

// judged are the alarms that this world evaluates, out of some hundred: all but those that nobody feeds, and those with metric
// math, which is not simulated. They are picked once from each list, which nobody changes.
func (t *tx) judged() []*Entity {
	all := t.list(kindAlarm, "")
	if len(all) == 0 {
		return nil
	}
	if t.fed.of != &all[0] {
		t.fed.of, t.fed.list = &all[0], nil
		for _, a := range all {
			if !has(a.In, "MetricQueries") && !unfed(a.In) {
				t.fed.list = append(t.fed.list, a)
			}
		}
	}
	return t.fed.list
}

// unfed reports whether nobody in this world puts the alarm's metric: what AWS itself would publish, which nobody else may
// (putMetricData), and what the probers of the homes would: all but the test page, which is put by hand. Such an alarm
// stays as it was made; sim/alarms judges those.
func unfed(alarm Document) bool {
	namespace := str(alarm, "Namespace")
	return strings.HasPrefix(namespace, "AWS/") || namespace == watchNamespace && str(alarm, "MetricName") != testMetric
}

// watchNamespace is that of the probers, and testMetric that of the test page, as redoubt/watch has them.
const watchNamespace, testMetric = "Redoubt/Watch", "TestFire"

// longestLook is how far back the most patient alarm looks.
func (t *tx) longestLook() time.Duration {
	if t.dirty() {
		return t.measureLooks()
	}
	alarms, checks := t.dir.place(place{kindAlarm, ""}), t.dir.place(place{kindHealthCheck, Global})
	if f, sum := &t.farthest, [...]uint64{at(t.marks, alarms), at(t.marks, checks)}; f.back == 0 || f.sum != sum {
		f.sum, f.back = sum, t.measureLooks()
	}
	return t.farthest.back
}

func (t *tx) measureLooks() time.Duration {
	longest := plain(metricSettles) + tick
	measure := func(region string, alarm Document) {
		period := duration(numOr(alarm, "Period", 60))
		longest = max(longest, t.lags(metricSettles, t.seriesOf(region, alarm))+tick+period*time.Duration(numOr(alarm, "EvaluationPeriods", 1)+spare+1))
	}
	for _, a := range t.judged() {
		measure(a.Region, a.In)
	}
	for _, h := range t.list(kindHealthCheck, Global) {
		for _, alarm := range docs(h.Out, "Alarm") {
			measure(str(h.In, "CloudwatchAlarmRegion"), alarm)
		}
	}
	return longest
}

// describeAlarms is cloudwatch DescribeAlarms
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
func describeAlarms(t *tx, r Request) (Document, error) {
	wanted := map[string]bool{}
	for _, n := range strs(r.Input, "AlarmNames") {
		wanted[n] = true
	}
	prefix := str(r.Input, "AlarmNamePrefix")
	list := []any{}
	for _, a := range t.list(kindAlarm, r.Region) {
		if len(wanted) > 0 && !wanted[a.ID] || len(a.ID) < len(prefix) || a.ID[:len(prefix)] != prefix {
			continue
		}
		if s := str(r.Input, "StateValue"); s != "" && s != str(a.Out, "StateValue") {
			continue
		}
		list = append(list, alarmDocument(a))
	}
	return Document{"MetricAlarms": list, "CompositeAlarms": []any{}}, nil
}

func alarmDocument(a *Entity) Document {
	out := Document{"AlarmName": a.ID, "AlarmArn": a.ARN}
	for _, p := range []string{"StateValue", "StateReason", "StateUpdatedTimestamp"} {
		out[p] = a.Out[p]
	}
	for _, p := range []string{
		"MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator",
		"TreatMissingData", "AlarmActions", "ActionsEnabled",
	} {
		if v, ok := a.In[p]; ok {
			out[p] = copyValue(v)
		}
	}
	list := []any{}
	dims := dimensions(a.In)
	for _, k := range sortedKeys(dims) {
		list = append(list, Document{"Name": k, "Value": dims[k]})
	}
	out["Dimensions"] = list
	return out
}
