package judge

import (
	"errors"
	"slices"
	"time"

	"redoubt/watch"
)

// Event is an alarm that changed, or that told somebody.
type Event struct {
	At   time.Time
	Part string
	To   State
	// Tells is true where it told the topic of its severity. A composite that something keeps still changes without.
	Tells    bool
	Severity watch.Severity
	// Composite is true for an alarm over alarms.
	Composite bool
}

// Machine holds the alarms of one home.
type Machine struct {
	catalogue  watch.Catalogue
	series     *Series
	quota      func(watch.Metric) (float64, bool)
	keys       map[string][]string
	states     map[string]State
	composites map[string]*held
}

// held is what is known of one composite.
type held struct {
	state State
	// since is when it went off, quiet when the one that keeps it still ended; told says that it has told somebody since.
	since, quiet time.Time
	told, kept   bool
}

// New holds the alarms of a catalogue over metrics of its region. Quota answers SERVICE_QUOTA; nil knows none.
func New(c watch.Catalogue, s *Series, quota func(watch.Metric) (float64, bool)) *Machine {
	m := &Machine{catalogue: c, series: s, quota: quota, keys: map[string][]string{}, states: map[string]State{},
		composites: map[string]*held{}}
	for _, a := range c.Alarms {
		m.states[a.Part] = Insufficient
		for _, q := range a.Queries {
			m.keys[a.Part] = append(m.keys[a.Part], Key(q.Metric))
		}
	}
	for _, one := range c.Composites {
		m.composites[one.Part] = &held{state: OK}
	}
	return m
}

// State is that of an alarm or a composite.
func (m *Machine) State(part string) State {
	if h, is := m.composites[part]; is {
		return h.state
	}
	return m.states[part]
}

// Firing lists the alarms that are in alarm, without composites.
func (m *Machine) Firing() []string {
	var out []string
	for _, a := range m.catalogue.Alarms {
		if m.states[a.Part] == InAlarm {
			out = append(out, a.Part)
		}
	}
	slices.Sort(out)
	return out
}

// daily is how much an alarm may look back to be judged every minute; more is judged every hour:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
const daily = 24 * time.Hour

// Tick judges every alarm once. It is called each minute.
func (m *Machine) Tick(at time.Time) ([]Event, error) {
	var out []Event
	var errs []error
	for _, a := range m.catalogue.Alarms {
		if time.Duration(a.Periods)*a.Period > daily && at.Minute() != 0 {
			continue
		}
		now := m.states[a.Part]
		to, err := look(m.series, a, m.keys[a.Part], at, m.quota, now)
		errs = append(errs, err)
		if to != now {
			m.states[a.Part] = to
			out = append(out, Event{At: at, Part: a.Part, To: to, Severity: a.Severity, Tells: to == InAlarm && a.Acts()})
		}
	}
	for _, c := range m.catalogue.Composites {
		out = append(out, m.gather(c, at)...)
	}
	return out, errors.Join(errs...)
}

// gather judges a composite, and lets it tell unless it is kept still:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
func (m *Machine) gather(c watch.Composite, at time.Time) []Event {
	h := m.composites[c.Part]
	to := m.over(c)
	var out []Event
	if to != h.state {
		*h = held{state: to, since: at}
		out = append(out, Event{At: at, Part: c.Part, To: to, Composite: true, Severity: c.Severity})
	}
	if h.state != InAlarm || h.told {
		return out
	}
	if h.told = m.free(c, h, at); h.told {
		out = append(out, Event{At: at, Part: c.Part, To: to, Tells: true, Composite: true, Severity: c.Severity})
	}
	return out
}

// free reports whether nothing keeps a composite still any more.
func (m *Machine) free(c watch.Composite, h *held, at time.Time) bool {
	switch {
	case c.Unless == "":
		return true
	case m.State(c.Unless) == InAlarm:
		h.kept, h.quiet = true, at
		return false
	case h.kept:
		return at.Sub(h.quiet) >= c.Extension
	}
	return at.Sub(h.since) >= c.Wait
}

func (m *Machine) over(c watch.Composite) State {
	on := func(part string) bool { return m.State(part) == InAlarm }
	if slices.ContainsFunc(c.Any, on) || slices.ContainsFunc(c.Both, func(p [2]string) bool { return on(p[0]) && on(p[1]) }) {
		return InAlarm
	}
	return OK
}
