package readiness

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/timings"
)

// can says whether the work can move now.
func (j *judge) can() string {
	bad := 0
	for _, r := range j.Reasons {
		if r.State == Bad {
			bad++
		}
	}
	switch {
	case bad == 0 && len(j.Reasons) == 0:
		return fmt.Sprintf("Yes. The %s home would take over.", j.Receiving)
	case bad == 0:
		return fmt.Sprintf("Yes. The %s home would take over; %s.", j.Receiving, counted(len(j.Reasons), "thing wants", "things want")+" looking at")
	}
	if asides, lost := j.answered(); lost {
		return "Yes, by redoubt plan " + string(planner.RegionLoss) + ", when a person answers for gate " + strings.Join(asides, ", ") + "."
	}
	out := "No: " + j.Reasons[0].Text
	if bad > 1 {
		out += fmt.Sprintf(", and %s", counted(bad-1, "more reason", "more reasons"))
	}
	return out + "."
}

// answered are the gates for which a person must answer, where the home that serves is lost and there is a plan: the loss
// is the reason to move, and none against it.
func (j *judge) answered() (gates []string, lost bool) {
	f := j.Finding
	if f.Kind != diagnose.RegionLost && f.Kind != diagnose.RegionSilent || f.Home != j.Readiness.Active || j.Moves[0].Why != "" {
		return nil, false
	}
	for _, g := range j.Moves[0].Refuses {
		if !g.Aside {
			return nil, false
		}
		gates = append(gates, g.ID)
	}
	return gates, gates != nil
}

// lose says what the loss of the active region would cost now: the store that is furthest behind for its objective.
func (j *judge) lose() string {
	var worst *Store
	unknown := 0
	for n := range j.Stores {
		s := &j.Stores[n]
		switch {
		case !s.wouldLose().Known:
			unknown++
		case worst == nil || share(s) > share(worst):
			worst = s
		}
	}
	tail := " Of every other store less of what it may lose."
	if unknown > 0 {
		tail = fmt.Sprintf(" Of %s nobody can tell.", counted(unknown, "store", "stores"))
	}
	if worst == nil {
		return strings.TrimSpace("Nobody can tell." + tail)
	}
	lag := worst.wouldLose()
	return fmt.Sprintf("The last %s of %s (%s), which may lose %s (%s).", age(lag.Span()),
		worst.Name, lag.Kind, short(worst.RPO.Span()), Objective) + tail
}

// wouldLose is what the loss of the region would cost of a store: its lag or, where only copies of its backups are in
// the other home, their age.
func (s *Store) wouldLose() Figure {
	if s.Lag.Known || s.State == Unknown {
		return s.Lag
	}
	return s.Copy.Age
}

// share is how much of its objective a store would lose.
func share(s *Store) float64 { return s.wouldLose().Seconds / max(s.RPO.Seconds, 0.001) }

// long says how long users would wait.
func (j *judge) long() string {
	if len(j.Moves) == 0 || !j.Moves[0].Takes.Known {
		return "Nobody can tell: there is no plan."
	}
	m := j.Moves[0]
	out := fmt.Sprintf("%s from the decision of a person on (%s by budgets", short(m.Takes.Span()), Predicted)
	if len(m.Unknown) > 0 {
		out += ", and what AWS gives in words only: " + strings.Join(m.Unknown, ", ")
	}
	out += ")"
	if rto, tier, has := j.rto(); has {
		out += fmt.Sprintf("; the objective of tier %s is %s", tier, short(rto))
	}
	if d := j.Drill; d != nil {
		if t, has := d.slowest(); has {
			out += fmt.Sprintf("; the last drill took %s (%s)", short(t.Took.Span()), t.Took.Kind)
		}
	}
	return out + "."
}

// slowest is the critical tier that waited longest in a drill.
func (d *Drill) slowest() (best Tier, has bool) {
	for _, t := range d.Tiers {
		if t.Critical && t.Took.Known && (!has || t.Took.Seconds > best.Took.Seconds) {
			best, has = t, true
		}
	}
	return best, has
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// short writes a duration without parts that are zero, and without parts of a second where it is long.
func short(d time.Duration) string {
	if d >= time.Minute {
		d = d.Round(time.Second)
	}
	return timings.Short(d)
}

// age writes a duration as people say it: in days where it has any.
func age(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	case d >= time.Hour:
		return short(d.Round(time.Minute))
	case d < time.Second:
		return short(d.Round(time.Millisecond))
	}
	return short(d.Round(time.Second))
}

// Short writes a figure for people: "unknown" where nobody can tell.
func (f Figure) Short() string {
	if !f.Known {
		return "unknown"
	}
	return age(f.Span())
}

func secondsOf(d plan.Duration) float64 { return time.Duration(d).Seconds() }
