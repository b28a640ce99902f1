package witness

import (
	"slices"
	"time"
)

// Attempt is one try of the witness to get a mark through.
type Attempt struct {
	At       time.Time
	Accepted bool
}

// Outage is a time in which attempts were refused.
type Outage struct {
	// From is the first refused attempt.
	From time.Time `json:"from"`
	// To is the first accepted attempt after it; zero while it lasts.
	To time.Time `json:"to,omitzero"`
}

// Outages returns the outages that the attempts show, in order of time. More
// than one after a loss means that the service came back and went again.
func Outages(attempts []Attempt) []Outage {
	var out []Outage
	down := false
	for _, a := range inTime(attempts) {
		switch {
		case !a.Accepted && !down:
			out, down = append(out, Outage{From: a.At}), true
		case a.Accepted && down:
			out[len(out)-1].To, down = a.At, false
		}
	}
	return out
}

// Union joins outages that overlap or touch, in order of time: what stands on several things is back when all of them are.
func Union(all []Outage) []Outage {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Outage) int { return a.From.Compare(b.From) })
	var out []Outage
	for _, o := range all {
		n := len(out)
		switch {
		case n == 0 || !out[n-1].To.IsZero() && out[n-1].To.Before(o.From):
			out = append(out, o)
		case o.To.IsZero() || !out[n-1].To.IsZero() && o.To.After(out[n-1].To):
			out[n-1].To = o.To
		}
	}
	return out
}

// RTO is the time from the first refused attempt to the first accepted one
// after it. It is zero, within one interval, when nothing was refused, and
// unknown without attempts or as long as nothing is accepted again.
func RTO(attempts []Attempt, interval time.Duration, kind Kind) Figure {
	outages := Outages(attempts)
	if len(attempts) == 0 || len(outages) > 0 && outages[0].To.IsZero() {
		return Figure{}
	}
	f := Figure{Margin: interval, Kind: kind, Known: true}
	if len(outages) > 0 {
		f.Value = outages[0].To.Sub(outages[0].From)
	}
	return f
}

func inTime(attempts []Attempt) []Attempt {
	out := slices.Clone(attempts)
	slices.SortStableFunc(out, func(a, b Attempt) int { return a.At.Compare(b.At) })
	return out
}
