package world

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"
)

// Datum is one value of one metric in one region, or the statistics of many.
type Datum struct {
	Region     string            `json:"region"`
	Namespace  string            `json:"namespace"`
	Metric     string            `json:"metric"`
	Dimensions map[string]string `json:"dimensions,omitempty"`
	At         time.Time         `json:"at"`
	Sum        float64           `json:"sum"`
	Count      float64           `json:"count"`
	Min        float64           `json:"min"`
	Max        float64           `json:"max"`
}

// resolution is what a standard metric is kept at, and kept how long:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
// AWS keeps minutes for 15 days; here a series keeps its last two days, the
// longest that an alarm with such a period can look back, twice (assumed).
const (
	resolution = time.Minute
	retention  = 48 * time.Hour
)

// series is one metric's minutes, oldest first. It is never changed in place.
type series struct {
	head    Datum // names the series
	minutes []Datum
}

func (s *series) data() []Datum { return s.minutes }

func seriesKey(region, namespace, metric string, dims map[string]string) string {
	part := []string{region, namespace, metric}
	for _, k := range sortedKeys(dims) {
		part = append(part, k+"="+dims[k])
	}
	return strings.Join(part, "|")
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// addDatum merges a datum into its minute.
func (s *state) addDatum(d Datum) {
	key := seriesKey(d.Region, d.Namespace, d.Metric, d.Dimensions)
	sr := &series{head: d}
	if old, has := s.series.get(key); has {
		sr = &series{old.head, slices.Clone(old.minutes)}
	}
	s.series.set(key, sr)
	d.At = d.At.UTC().Truncate(resolution)
	i := sort.Search(len(sr.minutes), func(i int) bool { return !sr.minutes[i].At.Before(d.At) })
	if i < len(sr.minutes) && sr.minutes[i].At.Equal(d.At) {
		m := sr.minutes[i]
		m.Sum, m.Count = m.Sum+d.Sum, m.Count+d.Count
		m.Min, m.Max = math.Min(m.Min, d.Min), math.Max(m.Max, d.Max)
		sr.minutes[i] = m
	} else {
		sr.minutes = slices.Insert(sr.minutes, i, d)
	}
	old := s.now.Add(-retention)
	keep := sort.Search(len(sr.minutes), func(i int) bool { return !sr.minutes[i].At.Before(old) })
	sr.minutes = slices.Delete(sr.minutes, 0, keep)
}

// statistic computes one statistic over [from, to); ok is false without data.
func (t *tx) statistic(key, stat string, from, to time.Time) (value float64, ok bool) {
	t.notes.never()
	sr, has := t.series.get(key)
	if !has {
		return 0, false
	}
	return sr.statistic(stat, from, to)
}

// before reports whether all that the series has is older than a time.
func (s *series) before(at time.Time) bool {
	n := len(s.minutes)
	return n == 0 || s.minutes[n-1].At.Before(at)
}

func (s *series) statistic(stat string, from, to time.Time) (value float64, ok bool) {
	all := Datum{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, m := range s.minutes {
		if !m.At.Before(from) && m.At.Before(to) {
			all.Sum, all.Count = all.Sum+m.Sum, all.Count+m.Count
			all.Min, all.Max = math.Min(all.Min, m.Min), math.Max(all.Max, m.Max)
		}
	}
	if all.Count == 0 {
		return 0, false
	}
	switch stat {
	case "Average":
		return all.Sum / all.Count, true
	case "Sum":
		return all.Sum, true
	case "Minimum":
		return all.Min, true
	case "Maximum":
		return all.Max, true
	}
	return all.Count, stat == "SampleCount"
}

// newest is the newest minute of any series; zero without data.
func (s *state) newest() time.Time {
	var at time.Time
	s.series.each(func(sr *series) {
		if n := len(sr.minutes); n > 0 && sr.minutes[n-1].At.After(at) {
			at = sr.minutes[n-1].At
		}
	})
	return at
}

// putMetricData is cloudwatch PutMetricData
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html).
func putMetricData(t *tx, r Request) (Document, error) {
	namespace := str(r.Input, "Namespace")
	if namespace == "" {
		return nil, refuse("MissingParameter", "Namespace is required")
	}
	if strings.HasPrefix(namespace, "AWS/") {
		return nil, refuse("InvalidParameterValue", "namespace %q is AWS's own", namespace)
	}
	list := docs(r.Input, "MetricData")
	if len(list) == 0 {
		return nil, refuse("MissingParameter", "MetricData is required")
	}
	for _, m := range list {
		d, err := datum(t, r.Region, namespace, m)
		if err != nil {
			return nil, err
		}
		t.data = append(t.data, d)
	}
	return Document{}, nil
}

func datum(t *tx, region, namespace string, m Document) (Datum, error) {
	d := Datum{Region: region, Namespace: namespace, Metric: str(m, "MetricName"), Dimensions: dimensions(m), At: t.clock()}
	if d.Metric == "" {
		return d, refuse("MissingParameter", "MetricName is required")
	}
	if at := str(m, "Timestamp"); at != "" {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return d, refuse("InvalidParameterValue", "Timestamp %q is not RFC 3339", at)
		}
		if when.After(t.clock().Add(2*time.Hour)) || when.Before(t.clock().Add(-14*24*time.Hour)) {
			return d, refuse("InvalidParameterValue", "Timestamp %s is more than two hours ahead or two weeks back", at)
		}
		d.At = when
	}
	if v, ok := num(m, "Value"); ok {
		d.Sum, d.Count, d.Min, d.Max = v, 1, v, v
		return d, nil
	}
	if s := docs(m, "StatisticValues"); len(s) == 1 {
		d.Sum, d.Count = numOr(s[0], "Sum", 0), numOr(s[0], "SampleCount", 0)
		d.Min, d.Max = numOr(s[0], "Minimum", 0), numOr(s[0], "Maximum", 0)
		return d, nil
	}
	return d, refuse("MissingParameter", "%s: Value or StatisticValues is required", d.Metric)
}

// dimensions reads [{Name, Value}] or a plain map.
func dimensions(m Document) map[string]string {
	out := map[string]string{}
	if flat, ok := m["Dimensions"].(map[string]any); ok {
		for k, v := range flat {
			out[k] = text(v)
		}
		return out
	}
	for _, d := range docs(m, "Dimensions") {
		out[str(d, "Name")] = str(d, "Value")
	}
	return out
}

// getMetricStatistics is cloudwatch GetMetricStatistics
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html).
func getMetricStatistics(t *tx, r Request) (Document, error) {
	from, err1 := time.Parse(time.RFC3339, str(r.Input, "StartTime"))
	to, err2 := time.Parse(time.RFC3339, str(r.Input, "EndTime"))
	period := time.Duration(numOr(r.Input, "Period", 60)) * time.Second
	if err1 != nil || err2 != nil || !from.Before(to) || period < resolution || period%resolution != 0 {
		return nil, refuse("InvalidParameterValue", "StartTime, EndTime and Period must make whole minutes")
	}
	key := seriesKey(r.Region, str(r.Input, "Namespace"), str(r.Input, "MetricName"), dimensions(r.Input))
	points, lag, stats := []any{}, t.lagSeries(r), strs(r.Input, "Statistics")
	for at := from.Truncate(period); at.Before(to) && !at.After(t.clock()); at = at.Add(period) {
		p := Document{"Timestamp": at.Format(time.RFC3339)}
		for _, stat := range stats {
			if v, ok := t.statistic(key, stat, at, at.Add(period)); ok {
				p[stat] = v
			} else if v, ok := lag(earlier(at.Add(period), t.clock())); ok && stat != "Sum" && stat != "SampleCount" {
				p[stat] = v
			}
		}
		if len(p) > 1 {
			points = append(points, p)
		}
	}
	return Document{"Label": str(r.Input, "MetricName"), "Datapoints": points}, nil
}

func (d Datum) String() string {
	return fmt.Sprintf("%s %s/%s %v", d.Region, d.Namespace, d.Metric, d.Dimensions)
}
