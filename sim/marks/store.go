package marks

import (
	"time"

	"redoubt/sim/data"
	"redoubt/system"
	"redoubt/witness"
)

// workTakes is how long a consumer needs for a mark of a queue (assumed).
const workTakes = 2 * time.Second

// never is the lag of what does not arrive.
const never = 1 << 62

// store is one store's marks: what was acknowledged, in whichever home, and what of it is there.
type store struct {
	of system.Store
	// writers are the places of the agents that write to it.
	writers []int
	// tier is the place of its tier among the witness's.
	tier int
	log  data.Log
	// lags are how far the copies of each home's writes are behind while they are copied.
	lags byHome[time.Duration]
	// stretch is the one under way: marks are acknowledged in a home, and reach the other one after lag.
	stretch stretch
	// holds is the home that has all that is left: where the newest mark was acknowledged.
	holds system.Home
	// cut is since when nothing that a home acknowledges reaches the other; zero while it does.
	cut   byHome[time.Time]
	lag   byHome[time.Duration]
	spans []span
	// losses are what was lost, and when.
	losses     []lost
	duplicates int64
	// saw is what the last look went by. Before the first, nobody writes and nothing is copied.
	saw sight
}

// sight is what a look at a store goes by: another that is equal changes nothing.
type sight struct {
	home system.Home
	met  storeMet
	lags byHome[time.Duration]
}

// lost are marks that were lost at a moment.
type lost struct {
	at    time.Time
	marks data.Set
}

type stretch struct {
	home   system.Home // empty while nothing is acknowledged
	from   time.Time
	lag    time.Duration
	copied bool
	// two is true while the other home takes writes of a store that has one writer.
	two bool
}

// span is a stretch that is over, as marks.
type span struct {
	data.Span
	home     system.Home
	from, to time.Time
	two      bool
}

func newStore(sys *system.System, of system.Store) *store {
	s := &store{of: of, log: data.Log{Ordered: of.Kind == system.Postgres}}
	for n, a := range sys.Agents {
		for _, use := range a.Stores {
			if use.Store == of.Name && use.Write {
				s.writers = append(s.writers, n)
			}
		}
	}
	return s
}

// look goes on with the stretch, or ends it and begins another.
func (s *store) look(now time.Time, home system.Home, m *storeMet, every time.Duration, began time.Time) {
	saw := sight{home, *m, s.lags}
	if s.saw == saw {
		return // the stretch goes on
	}
	s.saw = saw
	next, was := stretch{from: now}, s.stretch
	if home != "" && *m.takes.of(home) {
		next = stretch{home, now, *s.lags.of(home), *m.copied.of(home), s.oneWriter() && *m.takes.of(home.Peer())}
	}
	since := was
	since.from = now
	changes := next != since
	if changes {
		s.end(now, every, began)
	}
	for _, h := range system.Homes {
		s.follow(now, h, *m.copied.of(h), *s.lags.of(h))
	}
	if !changes {
		return
	}
	if next.home != "" && s.holds != "" && next.home != s.holds {
		s.move(now)
	}
	if s.stretch = next; next.home != "" {
		s.holds = next.home
	}
}

// oneWriter reports whether only one home may write to the store at a time.
func (s *store) oneWriter() bool { return s.of.Kind == system.Postgres || s.of.Kind == system.Cache }

// follow notes since when a home's marks do not reach the other. What stood on the way arrives once they do again.
func (s *store) follow(now time.Time, h system.Home, copied bool, lag time.Duration) {
	cut := s.cut.of(h)
	switch {
	case !copied && cut.IsZero():
		*cut = now
	case copied && !cut.IsZero():
		*cut = time.Time{}
		for n, r := range s.log.Runs {
			if r.Lag == never && s.holds == h {
				s.log.Runs[n].Lag, s.log.Runs[n].Held = lag, now.Add(lag)
			}
		}
	}
	*s.lag.of(h) = lag
}

// end writes the marks of the stretch under way: those of the witness's seconds between its beginning and now.
func (s *store) end(now time.Time, every time.Duration, began time.Time) {
	was := s.stretch
	s.stretch = stretch{}
	if was.home == "" {
		return
	}
	first, after := ticks(was.from, every, began), ticks(now, every, began)
	if first >= after {
		return
	}
	lag := was.lag
	if !was.copied {
		lag = never
	}
	start := began.Add(time.Duration(first) * every)
	if err := s.log.Write(start, after-first, every, lag); err != nil {
		panic("marks of " + s.of.Name + ": " + err.Error()) // stretches follow each other
	}
	run := s.log.Runs[len(s.log.Runs)-1]
	s.spans = append(s.spans, span{run.Span, was.home, was.from, now, was.two})
}

// ticks is the number of the first mark that is not written before a time.
func ticks(at time.Time, every time.Duration, began time.Time) int64 {
	since := at.Sub(began)
	return int64((since + every - 1) / every)
}

// move lets the other home go on with what it has: all of it, unless the copying was cut while something was on the way.
func (s *store) move(now time.Time) {
	at := *s.cut.of(s.holds)
	if at.IsZero() {
		return
	}
	s.redo(at)
	s.lose(now, s.log.Arrived(at))
}

// redo counts the work of a queue that is done twice: it was done, and the note of it did not arrive.
func (s *store) redo(cut time.Time) {
	if s.of.Kind != system.Queue {
		return
	}
	lag := *s.lag.of(s.holds)
	from, to := cut.Add(-workTakes-lag), cut.Add(-max(workTakes, lag))
	s.duplicates += s.log.Acknowledged(to).Minus(s.log.Acknowledged(from)).Minus(s.log.Gone).Len()
}

// pause writes the marks of the stretch under way until now, and goes on with it.
func (s *store) pause(now time.Time, every time.Duration, began time.Time) {
	under := s.stretch
	s.end(now, every, began)
	under.from = now
	s.stretch = under
}

// lose keeps what is left of all that was acknowledged.
func (s *store) lose(now time.Time, left data.Set) {
	gone := s.log.Active(now).Minus(left)
	s.losses = append(s.losses, lost{now, gone})
	s.log.Gone = data.SetOf(append(append([]data.Span{}, gone...), s.log.Gone...)...)
	for n := range s.log.Runs {
		s.log.Runs[n].Lag, s.log.Runs[n].Held = 0, time.Time{}
	}
}

// loss is what the witness finds when it reads the store back now, of what was lost since a moment. Nobody forgot the
// log: the loss is known.
func (s *store) loss(now, lossAt time.Time, every time.Duration) witness.Loss {
	var gone data.Set
	for _, l := range s.losses {
		if !l.at.Before(lossAt.Add(-1)) {
			gone = data.SetOf(append(append([]data.Span{}, l.marks...), gone...)...)
		}
	}
	gone = data.SetOf(append(gone, s.missing(now)...)...)
	t := witness.Tally{Store: s.of.Name, Acknowledged: int(s.log.Acknowledged(now).Len()), Lost: int(gone.Len()),
		Duplicates: int(s.duplicates)}
	t.Found = t.Acknowledged - t.Lost
	if len(gone) > 0 {
		t.OldestLost, t.NewestLost = s.acked(gone[0].First), s.acked(gone[len(gone)-1].Last)
	}
	return t.Loss(lossAt, every, witness.Simulated)
}

// missing are the marks that cannot be read while the home that has them is cut off and no other has taken over: all that
// has not reached the other.
func (s *store) missing(now time.Time) data.Set {
	if s.holds == "" || s.stretch.home != "" || s.cut.of(s.holds).IsZero() {
		return nil
	}
	return s.log.Active(now).Minus(s.log.Arrived(*s.cut.of(s.holds)))
}

func (s *store) acked(seq int64) time.Time {
	for _, r := range s.log.Runs {
		if r.First <= seq && seq <= r.Last {
			return r.Acked(seq)
		}
	}
	return time.Time{}
}
