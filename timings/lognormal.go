package timings

import (
	"fmt"
	"math"
	"time"
)

// Lognormal is a distribution of durations: skewed to the long side, as
// recovery times are. It is given by its median and one higher point.
type Lognormal struct {
	// Median is exceeded in half of all cases.
	Median time.Duration
	// High is exceeded in the share 1-At of all cases.
	High time.Duration
	// At is the quantile that High stands for, above one half.
	At float64
}

// Quantile returns the duration that a share p of all cases stays below; p is
// at least 0 and less than 1, and anything else panics.
func (l Lognormal) Quantile(p float64) time.Duration {
	if !(p >= 0 && p < 1) {
		panic(fmt.Sprintf("timings: quantile %v, want 0 <= p < 1", p))
	}
	mu := math.Log(l.Median.Seconds())
	sigma := (math.Log(l.High.Seconds()) - mu) / normalQuantile(l.At)
	return time.Duration(math.Round(math.Exp(mu+sigma*normalQuantile(p)) * float64(time.Second)))
}

func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
