package world

import "time"

// An act that asks whether one time is before another depends on no more of the clock, of a stamp or of a draw than it is told.

// beforeRead is whether a time was still to come, as seen from another.
type beforeRead struct {
	// at is the time; zero is that of the stamp in the seat, to the whole second unless exact.
	at    time.Time
	seat  int
	exact bool
	// in is how much later; lagging entities are as much later as what lags of them in the fork.
	in   time.Duration
	lags behaviour
	of   string
	// from is the other time; zero is now.
	from time.Time
	was  bool
}

// left is how long it is until then.
func (b *beforeRead) left(s *state, now time.Time) time.Duration {
	to, from := b.at, b.from
	if to.IsZero() {
		if to = timeOf(at(s.born, b.seat)); !b.exact {
			to = to.Truncate(time.Second)
		}
	}
	if from.IsZero() {
		from = now
	}
	if b.of != "" {
		to = to.Add(s.figure(b.lags, b.of))
	}
	return to.Add(b.in).Sub(from)
}

// holds reports whether it is so now.
func (b *beforeRead) holds(s *state) bool { return (b.left(s, s.now) > 0) == b.was }

// before notes that somebody asks whether a time is still to come.
func (n *notes) before(b beforeRead) {
	switch {
	case !n.taking():
	case b.at.IsZero() && n.written.seats[b.seat]:
		n.never()
	default:
		n.way.befores = append(n.way.befores, b)
	}
}

// asks answers and notes it.
func (t *tx) asks(b beforeRead) bool {
	b.was = b.left(t.state, t.at) > 0
	t.notes.before(b)
	return b.was
}

// asksOf asks of a stamp.
func (t *tx) asksOf(r Ref, b beforeRead) bool {
	if _, mine := t.stamped[r]; mine {
		b.at = t.stampedAt(r)
		return b.left(t.state, t.at) > 0
	}
	b.seat, b.exact = t.dir.seat(r).at, true
	return t.asks(b)
}

// ahead reports whether some time after a stamp lies ahead.
func (t *tx) ahead(r Ref, in time.Duration) bool { return t.asksOf(r, beforeRead{in: in}) }

// after reports whether a stamp is later than a time.
func (t *tx) after(r Ref, than time.Time) bool {
	return than.IsZero() || t.asksOf(r, beforeRead{from: than})
}

// within reports whether a moment is after a time, at most so long ago, and as far back as something lags.
func (t *tx) within(moment, since time.Time, most time.Duration, lags behaviour, of string) bool {
	return moment.After(since) && t.asks(beforeRead{at: moment, in: most}) && !t.asks(beforeRead{at: moment, lags: lags, of: of})
}

// left is how long it still is until some time after the whole second of a stamp, between 0 and most. An act that asks depends
// on no more of the time than it is told.
func (t *tx) left(r Ref, in, most time.Duration) time.Duration {
	if _, mine := t.stamped[r]; mine {
		return min(max(t.stampedAt(r).Truncate(time.Second).Add(in).Sub(t.at), 0), most)
	}
	is := beforeRead{seat: t.dir.seat(r).at, in: in}
	switch left := is.left(t.state, t.at); {
	case left <= 0:
		t.notes.before(is)
		return 0
	case left >= most:
		is.in, is.was = in-most+1, true
		t.notes.before(is)
		return most
	default:
		t.notes.time(t.at)
		t.notes.birth(t.state, r)
		return left
	}
}
