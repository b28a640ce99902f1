// Package judge decides when the alarms of a catalogue go off, as CloudWatch does: periods, so many bad values of so
// many, what silence counts as, metric math, composites and what keeps them still. It needs no cloud, and no time but
// the one it is told.
package judge

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"redoubt/watch"
)

// cell is what a metric was given in one minute.
type cell struct {
	sum, low, high float64
	count          int
}

// Series are the values of the metrics of one region, a cell a minute. It forgets nothing.
type Series struct {
	began time.Time
	all   map[string][]cell
}

// NewSeries begins at a time; values from before it are dropped.
func NewSeries(began time.Time) *Series {
	return &Series{began: began.UTC().Truncate(time.Minute), all: map[string][]cell{}}
}

// Key names a metric with all its dimensions.
func Key(m watch.Metric) string {
	parts := []string{m.Namespace, m.Name}
	for _, d := range slices.Sorted(maps.Keys(m.Dimensions)) {
		parts = append(parts, d+"="+m.Dimensions[d])
	}
	return strings.Join(parts, "|")
}

// Put adds a value.
func (s *Series) Put(m watch.Metric, at time.Time, value float64) {
	n := s.minute(at)
	if n < 0 {
		return
	}
	k := Key(m)
	cells := s.all[k]
	for len(cells) <= n {
		cells = append(cells, cell{low: math.Inf(1), high: math.Inf(-1)})
	}
	c := &cells[n]
	c.sum, c.count = c.sum+value, c.count+1
	c.low, c.high = min(c.low, value), max(c.high, value)
	s.all[k] = cells
}

// Metrics are the keys of a namespace's metrics that were given a value, sorted.
func (s *Series) Metrics(namespace string) []string {
	var out []string
	for key := range s.all {
		if strings.HasPrefix(key, namespace+"|") {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// Has reports whether the metric was ever given a value.
func (s *Series) Has(m watch.Metric) bool { return len(s.all[Key(m)]) > 0 }

func (s *Series) minute(at time.Time) int { return int(math.Floor(at.Sub(s.began).Minutes())) }

// Value is a statistic over the minutes from one time until before another; ok is false where nothing was given. A
// percentile is taken for the maximum, which it is at most (assumed).
func (s *Series) Value(m watch.Metric, statistic string, from, to time.Time) (value float64, ok bool) {
	return s.value(Key(m), statistic, from, to)
}

func (s *Series) value(key, statistic string, from, to time.Time) (value float64, ok bool) {
	cells := s.all[key]
	first, last := max(s.minute(from), 0), min(s.minute(to), len(cells))
	all := cell{low: math.Inf(1), high: math.Inf(-1)}
	for n := first; n < last; n++ {
		if c := cells[n]; c.count > 0 {
			all.sum, all.count = all.sum+c.sum, all.count+c.count
			all.low, all.high = min(all.low, c.low), max(all.high, c.high)
		}
	}
	if all.count == 0 {
		return 0, false
	}
	switch statistic {
	case "Average":
		return all.sum / float64(all.count), true
	case "Sum":
		return all.sum, true
	case "Minimum":
		return all.low, true
	case "SampleCount":
		return float64(all.count), true
	}
	return all.high, true
}
