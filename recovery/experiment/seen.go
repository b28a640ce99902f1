package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/witness"
)

const (
	// minute is the period of the prober's metrics.
	minute = time.Minute
	// arrives is how long after its end a minute of a metric is there (assumed, as the watch's alarms have it).
	arrives = 2 * time.Minute
)

// seen is the witness that the metrics of the prober in the other home are: it does not stand where things break.
type seen struct {
	port   plan.Port
	system *system.System
	// from is the home of the prober.
	from system.Home
	// available are the minutes in which a tier was there as a whole, by tier; ages the newest marks' in seconds, by store.
	available map[string]map[time.Time]float64
	ages      map[string]float64
}

// look reads what the prober published between two times.
func (s *seen) look(ctx context.Context, from, to time.Time) error {
	for _, t := range s.system.Tiers {
		points, err := s.points(ctx, watch.Probed(s.system, watch.Available, string(s.from), t.Name), "Minimum", from, to)
		if err != nil {
			return fmt.Errorf("tier %s: %w", t.Name, err)
		}
		if s.available[t.Name] == nil {
			s.available[t.Name] = map[time.Time]float64{}
		}
		for at, v := range points {
			s.available[t.Name][at] = v
		}
	}
	return nil
}

// read asks how old the newest mark of each store is that the other home has.
func (s *seen) read(ctx context.Context, now time.Time) error {
	for _, store := range s.system.Stores {
		metric := watch.Probed(s.system, watch.MarkAge, string(s.from), store.Name)
		points, err := s.points(ctx, metric, "Maximum", now.Add(-2*arrives), now)
		if err != nil {
			return fmt.Errorf("store %s: %w", store.Name, err)
		}
		newest := time.Time{}
		for at, v := range points {
			if at.After(newest) {
				newest, s.ages[store.Name] = at, v
			}
		}
	}
	return nil
}

// points are the values of a metric by minute.
func (s *seen) points(ctx context.Context, m watch.Metric, stat string, from, to time.Time) (map[time.Time]float64, error) {
	var dims []any
	for name, value := range m.Dimensions {
		dims = append(dims, plan.Document{"Name": name, "Value": value})
	}
	slices.SortFunc(dims, func(a, b any) int { return compare(a, b) })
	out, err := s.port.Call(ctx, plan.Call{Kind: plan.AWS, Home: s.from, Service: "cloudwatch", Operation: "GetMetricStatistics",
		Input: plan.Document{"Namespace": m.Namespace, "MetricName": m.Name, "Dimensions": dims, "Statistics": []any{stat},
			"StartTime": from.Truncate(minute).Format(time.RFC3339), "EndTime": to.Truncate(minute).Format(time.RFC3339),
			"Period": int(minute / time.Second)}})
	if err != nil {
		return nil, err
	}
	points, list := map[time.Time]float64{}, []any(nil)
	if list, _ = out["Datapoints"].([]any); list == nil {
		return points, nil
	}
	for _, item := range list {
		one, _ := item.(plan.Document)
		at, err := time.Parse(time.RFC3339, text(one, "Timestamp"))
		if err != nil {
			return nil, fmt.Errorf("metric %s: a value without its time", m.Name)
		}
		// A document leaves zero out.
		points[at.UTC()] = number(one[stat])
	}
	return points, nil
}

func compare(a, b any) int {
	x, y := text(a.(plan.Document), "Name"), text(b.(plan.Document), "Name")
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

func number(v any) float64 {
	switch n := v.(type) {
	case int:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// outages are the minutes since a time in which a tier was not there as a whole. A minute that nobody told of counts as
// refused, as in the watch's alarms: what cannot be seen is not known to be well.
func (s *seen) outages(tier string, since, now time.Time) []witness.Outage {
	var all []witness.Attempt
	for at := since.Truncate(minute); !at.Add(minute + arrives).After(now); at = at.Add(minute) {
		v, told := s.available[tier][at]
		all = append(all, witness.Attempt{At: at, Accepted: told && v >= 1})
	}
	return witness.Outages(all)
}

// blind are the tiers that nobody told of in the minutes before now.
func (s *seen) blind() []string {
	var out []string
	for _, t := range s.system.Tiers {
		if len(s.available[t.Name]) == 0 {
			out = append(out, t.Name)
		}
	}
	return out
}

// losses are, where a region's loss is asked for, how old the newest mark of each store is in the other home: what the loss
// of this one would cost now.
func (s *seen) losses() []witness.Loss {
	var out []witness.Loss
	for _, store := range s.system.Stores {
		one := witness.Loss{Store: store.Name}
		if age, known := s.ages[store.Name]; known {
			one.RPO = witness.Figure{Value: time.Duration(math.Round(age)) * time.Second, Margin: minute, Kind: witness.Measured, Known: true}
		}
		out = append(out, one)
	}
	return out
}
