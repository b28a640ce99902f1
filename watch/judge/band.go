package judge

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The band of an anomaly is made from so many hours, of which at least so many periods must have a value. AWS trains on
// up to two weeks and knows hours and weekdays; what it does with them it does not publish. Here the band is the mean of
// the last day and so many of its deviations around it (assumed).
const (
	historyHours = 24
	least        = 12
	// What is being judged is not learned from: AWS trains now and then, not at once (assumed).
	unlearned = 6
)

// band is the upper end of ANOMALY_DETECTION_BAND(id,width), from what lies before the window. It is not known before
// there is enough to learn from; then nothing is an anomaly.
func (w window) band(expression string) (upper float64, ok bool, err error) {
	inner, found := strings.CutPrefix(strings.ReplaceAll(expression, " ", ""), "ANOMALY_DETECTION_BAND(")
	id, number, two := strings.Cut(strings.TrimSuffix(inner, ")"), ",")
	width, wrong := strconv.ParseFloat(number, 64)
	if !found || !two || wrong != nil {
		return 0, false, fmt.Errorf("expression %q: want ANOMALY_DETECTION_BAND(id,width)", expression)
	}
	var values []float64
	for n := 1 + unlearned; n <= int(historyHours*60/w.period.Minutes()); n++ {
		past := w.before(n)
		if !past.to.After(w.series.began) {
			break
		}
		v, has, err := past.line(id)
		if err != nil {
			return 0, false, err
		}
		if has {
			values = append(values, v)
		}
	}
	if len(values) < least {
		return 0, false, nil
	}
	mean, spread := spreadOf(values)
	// What never moved may move a little.
	return mean + width*max(spread, math.Abs(mean)/20), true, nil
}

func spreadOf(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		deviation += (v - mean) * (v - mean) / float64(len(values))
	}
	return mean, math.Sqrt(deviation)
}
