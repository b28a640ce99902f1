package judge

import (
	"fmt"
	"time"

	"redoubt/watch"
)

// State is the state of an alarm, by CloudWatch's name.
type State string

// The states.
const (
	OK           State = "OK"
	InAlarm      State = "ALARM"
	Insufficient State = "INSUFFICIENT_DATA"
)

// spare is how many periods more than asked for CloudWatch looks back to, for values that came late:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
// That it is always two is assumed.
const spare = 2

// point is one period: whether it has a value, and whether that is bad.
type point struct{ there, bad bool }

// judge is the state that the periods tell, newest first. now is the one that it stays at when nothing can be told. What
// is there is judged first; silence fills only what then lacks of n. The tables of the page above are its tests.
func judge(points []point, n, m int, missing watch.Missing, now State) State {
	there, bad := 0, 0
	for _, p := range points {
		if p.there && there < n {
			there++
			if p.bad {
				bad++
			}
		}
	}
	gaps := n - there
	switch {
	case bad >= m:
		return InAlarm
	case gaps == 0:
		return OK
	case missing == watch.Breaching && bad+gaps >= m:
		return InAlarm
	case missing == watch.Breaching || missing == watch.NotBreaching:
		return OK
	case there > bad:
		return OK
	case missing == watch.Ignore:
		return now
	case there == 0:
		return Insufficient
	}
	return InAlarm
}

// delay is how long after its end a minute of a metric is there (assumed, but for what AWS says of S3 and Backup).
func delay(m watch.Metric) time.Duration {
	switch m.Namespace {
	case "AWS/S3":
		return 15 * time.Minute
	case "AWS/Backup":
		return 6 * time.Minute
	}
	return time.Minute
}

// look is what an alarm makes of its metrics at a time.
func look(s *Series, a watch.Alarm, keys []string, at time.Time, quota func(watch.Metric) (float64, bool), now State) (State, error) {
	end := at.Add(-delay(a.Queries[0].Metric)).Truncate(time.Minute)
	points := make([]point, a.Periods+spare)
	for n := range points {
		w := window{series: s, queries: a.Queries, keys: keys, period: a.Period, quota: quota,
			to: end.Add(-time.Duration(n) * a.Period)}
		p, err := w.point(a)
		if err != nil {
			return now, fmt.Errorf("alarm %s: %w", a.Part, err)
		}
		points[n] = p
	}
	return judge(points, a.Periods, a.Datapoints, a.Missing, now), nil
}

// point is one period of an alarm.
func (w window) point(a watch.Alarm) (point, error) {
	last := a.Queries[len(a.Queries)-1]
	if a.Comparison == watch.AboveBand {
		v, ok, err := w.line(a.Queries[len(a.Queries)-2].ID)
		if err != nil || !ok {
			return point{}, err
		}
		upper, known, err := w.band(last.Expression)
		return point{there: true, bad: known && v > upper}, err
	}
	v, ok, err := w.line(last.ID)
	if err != nil || !ok {
		return point{}, err
	}
	return point{there: true, bad: breaches(v, a)}, nil
}

func breaches(v float64, a watch.Alarm) bool {
	switch a.Comparison {
	case watch.AtLeast:
		return v >= a.Threshold
	case watch.Below:
		return v < a.Threshold
	}
	return v > a.Threshold
}
