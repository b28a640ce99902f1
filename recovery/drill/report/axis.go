package report

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// percent is a place on an axis, or a length along it: 0 to 100.
type percent float64

// String writes it with as many digits as the widest page can show.
func (p percent) String() string {
	return strconv.FormatFloat(math.Round(float64(p)*1000)/1000, 'f', -1, 64)
}

// CSS writes it as a length.
func (p percent) CSS() string { return p.String() + "%" }

// axis maps times onto the width of a chart.
type axis struct {
	from, to, zero time.Time
	// cut is true where the beginning is left out.
	cut bool
}

// axisOf spans all the times that are known. Zero is where counting begins; without it, at the first of them. A long
// quiet time before it, of which only quiet tells, is cut to a quarter of what follows.
func axisOf(zero time.Time, times, quiet []time.Time) axis {
	a := axis{zero: zero}
	a.from, a.to = around(append(times, zero))
	early, late := around(quiet)
	if late.After(a.to) {
		a.to = late
	}
	if a.from.IsZero() {
		a.from = early
	}
	if zero.IsZero() {
		a.zero = a.from
	}
	if !early.IsZero() && early.Before(a.from) {
		a.cut = early.Before(a.zero.Add(-a.to.Sub(a.zero) / 4))
		if a.cut {
			early = a.zero.Add(-a.to.Sub(a.zero) / 4)
		}
		if early.Before(a.from) {
			a.from = early
		}
	}
	if !a.to.After(a.from) {
		a.to = a.from.Add(time.Second)
	}
	return a
}

// left says before which moment everything is left out, and nothing where all is shown.
func (a axis) left() string {
	if !a.cut {
		return ""
	}
	return since(a.from.Sub(a.zero))
}

// around are the first and the last of the times that are known.
func around(times []time.Time) (first, last time.Time) {
	for _, t := range times {
		if t.IsZero() {
			continue
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
		if t.After(last) {
			last = t
		}
	}
	return first, last
}

// at is where a time lies; what is outside lies at the edge.
func (a axis) at(t time.Time) percent {
	part := float64(t.Sub(a.from)) / float64(a.to.Sub(a.from))
	return percent(100 * min(max(part, 0), 1))
}

// bar is a stretch of an axis.
type bar struct{ X, W percent }

// Wide is how wide it is drawn: also what took no time is there to be seen.
func (b bar) Wide() string {
	if b.W < 0.05 {
		return "2"
	}
	return b.W.CSS()
}

func (a axis) bar(from, to time.Time) bar {
	x := a.at(from)
	return bar{X: x, W: max(a.at(to)-x, 0)}
}

// tick is a labelled place of an axis. Anchor says which part of the label stands there.
type tick struct {
	At     percent
	Label  string
	Anchor string
}

// mostTicks leaves each label the width that it needs on a telephone.
const mostTicks = 5

// ticks are round distances from zero.
func (a axis) ticks() []tick {
	step, unit, name := a.step()
	places := 0
	if unit == time.Millisecond && step%(100*unit) == 0 {
		unit, name, places = time.Second, "s", 1 // +1.5 s is shorter than +1,500 ms
	}
	var out []tick
	first := math.Ceil(float64(a.from.Sub(a.zero)) / float64(step))
	for n := 0; n <= mostTicks; n++ {
		d := time.Duration(first+float64(n)) * step
		if d > a.to.Sub(a.zero) {
			break
		}
		label := "0"
		if d != 0 {
			label = fmt.Sprintf("%s%s %s", map[bool]string{true: "+", false: "−"}[d > 0], decimal(d.Abs(), unit, places), name)
		}
		at := a.at(a.zero.Add(d))
		out = append(out, tick{At: at, Label: label, Anchor: anchor(at)})
	}
	return out
}

// decimal counts units, with so many places after the point.
func decimal(d, unit time.Duration, places int) string {
	if places == 0 {
		return count(int64(d / unit))
	}
	return strconv.FormatFloat(float64(d)/float64(unit), 'f', places, 64)
}

// step is the smallest round distance that gives few enough ticks, with the unit that says it in whole numbers.
func (a axis) step() (step, unit time.Duration, name string) {
	wanted := a.to.Sub(a.from) / mostTicks
	for _, u := range []struct {
		unit  time.Duration
		name  string
		steps []int64
	}{
		{time.Millisecond, "ms", []int64{1, 2, 5, 10, 20, 50, 100, 200, 500}},
		{time.Second, "s", []int64{1, 2, 3, 5, 10, 15, 20, 30}},
		{time.Minute, "min", []int64{1, 2, 3, 5, 10, 15, 20, 30}},
		{time.Hour, "h", []int64{1, 2, 3, 4, 6, 12}},
		{day, "d", []int64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000}},
	} {
		unit, name = u.unit, u.name
		for _, n := range u.steps {
			if step = time.Duration(n) * u.unit; step >= wanted {
				return step, unit, name
			}
		}
	}
	return step, unit, name
}

func anchor(at percent) string {
	switch {
	case at < 5:
		return "start"
	case at > 90:
		return "end"
	}
	return "middle"
}
