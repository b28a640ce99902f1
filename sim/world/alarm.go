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

// observe looks at every alarm and every health check of a metric; changed reports
// whether any of them moved.
func (t *tx) observe() (changed bool) {
	for _, one := range t.alarms() {
		a := one.e
		if t.down(a.Region) {
			continue // nobody evaluates it
		}
		if state := t.judge(one.of, one.of.missing, one.was); state != one.was {
			a = t.restate(a)
			a.Out["StateValue"] = state
			a.Out["StateReason"] = "Threshold " + text(one.of.threshold) + " judged at " + t.clock().Format(timeFormat)
			a.Out["StateUpdatedTimestamp"] = t.clock().Format(timeFormat)
			changed = true
		}
	}
	for _, one := range t.metricChecks() {
		changed = t.observeMetric(one) || changed
	}
	return changed
}

// judged is an alarm, or a health check of a metric, with what it is judged by and what it said before.
type judged struct {
	e   *Entity
	of  *alarmSettings
	was string
}

// alarms are those that this world evaluates, out of some hundred: all but those that nobody feeds, and those with metric
// math, which is not simulated. They are picked once from each list, which nobody changes.
func (t *tx) alarms() []judged {
	return t.pick(&t.fed, t.list(kindAlarm, ""), func(a *Entity) (one judged, picked bool) {
		if has(a.In, "MetricQueries") || unfed(a.In) {
			return one, false
		}
		return judged{a, t.settingsOf(a.Region, a.In), str(a.Out, "StateValue")}, true
	})
}

// pick picks from a list what is judged.
func (t *tx) pick(last *pick, all []*Entity, of func(*Entity) (judged, bool)) []judged {
	if len(all) == 0 {
		return nil
	}
	if len(last.all) > 0 && &last.all[0] == &all[0] {
		return last.judged
	}
	if t.memory != nil {
		if known, is := t.memory.picks[&all[0]]; is {
			*last = known
			return known.judged
		}
	}
	*last = pick{all: all}
	for _, e := range all {
		if one, picked := of(e); picked {
			last.judged = append(last.judged, one)
		}
	}
	t.memory.keepPick(*last)
	return last.judged
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
	for _, all := range [][]judged{t.alarms(), t.metricChecks()} {
		for _, one := range all {
			of := one.of
			longest = max(longest, t.settles(of.series)+tick+of.period*time.Duration(of.periods+spare+1))
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
