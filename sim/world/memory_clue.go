package world

// known is a way with what last told that it does not fit. That is asked first: what tells ways of one act from each other
// is mostly one thing, and the way itself lies elsewhere.
type known struct {
	*way
	clue clue
}

// clue is something that a way depends on.
type clue struct {
	of   aspect
	at   int
	e    *Entity
	mark uint64
}

// aspect is what kind of thing a clue is about.
type aspect uint8

const (
	nothing aspect = iota
	inSeat
	inPlace
	when
	// other things are asked of the way itself.
	other
)

// misfits reports whether the clue alone tells that the way does not fit.
func (c *clue) misfits(s *state, now int64) bool {
	switch c.of {
	case inSeat:
		return at(s.cells, c.at) != c.e
	case inPlace:
		return at(s.marks, c.at) != c.mark
	case when:
		return uint64(now) != c.mark //nolint:gosec // compared with another time alone
	}
	return false
}

// misfit is something that the way depended on and that is not so.
func (one *way) misfit(s *state) clue {
	if !one.when.IsZero() && !one.when.Equal(s.now) {
		return clue{of: when, mark: uint64(one.when.UnixNano())} //nolint:gosec // compared with another time alone
	}
	for _, r := range one.seats {
		if at(s.cells, r.at) != r.e {
			return clue{of: inSeat, at: r.at, e: r.e}
		}
	}
	for _, r := range one.places {
		if at(s.marks, r.place) != r.mark {
			return clue{of: inPlace, at: r.place, mark: r.mark}
		}
	}
	if !one.fitsRest(s) {
		return clue{of: other}
	}
	return clue{}
}
