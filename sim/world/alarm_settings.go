package world

import "time"

// alarmSettings are what an alarm judges, and how, read once from its document.
type alarmSettings struct {
	// region is that of the metric, series its name there.
	region, series      string
	statistic, operator string
	period              time.Duration
	periods, breaching  int
	threshold           float64
	// missing says how a period without data counts.
	missing string
}

// settingsOf reads the settings of an alarm, which are never changed in place once they are written.
func (t *tx) settingsOf(region string, alarm Document) *alarmSettings {
	if t.memory == nil || t.dirty() {
		return readSettings(region, alarm)
	}
	known := t.memory.metrics[address(alarm)]
	if known.settings == nil || known.settings.region != region {
		if len(t.memory.metrics) == mostLists {
			clear(t.memory.metrics)
		}
		known = alarmOf{alarm, readSettings(region, alarm)}
		t.memory.metrics[address(alarm)] = known
	}
	return known.settings
}

func readSettings(region string, alarm Document) *alarmSettings {
	periods := int(numOr(alarm, "EvaluationPeriods", 1))
	return &alarmSettings{
		region:    region,
		series:    seriesKey(region, str(alarm, "Namespace"), str(alarm, "MetricName"), dimensions(alarm)),
		statistic: str(alarm, "Statistic"), operator: str(alarm, "ComparisonOperator"),
		period: duration(numOr(alarm, "Period", 60)), periods: periods,
		breaching: int(numOr(alarm, "DatapointsToAlarm", float64(periods))),
		threshold: numOr(alarm, "Threshold", 0), missing: firstOf(str(alarm, "TreatMissingData"), "missing"),
	}
}

// spare is how many periods more than asked for CloudWatch looks back to:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
// The page shows two in its example; that it is always two is assumed.
const spare = 2

// seen counts, of the newest periods that have data and that an alarm asks for, all and those that breach. A region that is
// down shows nothing.
func (t *tx) seen(of *alarmSettings) (there, bad int) {
	end := t.clock().Add(-t.settles(of.series)).Truncate(tick)
	if t.down(of.region) {
		return 0, 0
	}
	sr, has := t.series.get(of.series)
	if !has {
		return 0, 0
	}
	for i := 0; i < of.periods+spare && there < of.periods; i++ {
		to := end.Add(-time.Duration(i) * of.period)
		if sr.before(to.Add(-of.period)) {
			continue
		}
		if v, ok := sr.statistic(of.statistic, to.Add(-of.period), to); ok {
			there++
			if of.breaches(v) {
				bad++
			}
		}
	}
	return there, bad
}

// settles is how long a minute of the metric takes until it is complete enough to be judged.
func (t *tx) settles(series string) time.Duration {
	t.notes.never()
	if t.draw == nil {
		return plain(metricSettles)
	}
	s := t.state
	took, known := s.settling[series]
	if !known {
		if s.settling == nil {
			s.settling = map[string]time.Duration{}
		}
		took = t.drawn(metricSettles, 0, series)
		s.settling[series] = took
	}
	return took
}

func (of *alarmSettings) breaches(v float64) bool {
	switch of.operator {
	case "GreaterThanOrEqualToThreshold":
		return v >= of.threshold
	case "GreaterThanThreshold":
		return v > of.threshold
	case "LessThanThreshold":
		return v < of.threshold
	case "LessThanOrEqualToThreshold":
		return v <= of.threshold
	}
	return false
}

// judge is the state that the periods tell; missing says how gaps count and
// now is what a state that cannot be told stays at.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
func (t *tx) judge(of *alarmSettings, missing, now string) string {
	there, bad := t.seen(of)
	gaps := of.periods - there
	switch {
	case bad >= of.breaching:
		return stateAlarm
	case gaps == 0:
		return stateOK
	case missing == "breaching":
		if bad+gaps >= of.breaching {
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
