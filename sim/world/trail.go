package world

// trail is what was written in this world since its last fork, by number, for whoever wants to know whether that touches
// what an answer depends on. Only a world with a memory keeps one.
type trail struct {
	// before is how much was written until the trail begins.
	before  int
	touched []uint64
}

// longestTrail is how much is kept.
const longestTrail = 1 << 12

// anything is what faults touch that come or go.
const anything = ^uint64(0)

// The numbers of seats, places and ARNs, apart from each other.
func seatMark(n int) uint64  { return uint64(n)*3 + 1 } //nolint:gosec // a place in a list
func placeMark(n int) uint64 { return uint64(n)*3 + 2 } //nolint:gosec // a place in a list
func arnMark(n int) uint64   { return uint64(n)*3 + 3 } //nolint:gosec // a place in a list

func (t *trail) touch(marks ...uint64) {
	if len(t.touched) > longestTrail {
		t.before, t.touched = t.end(), t.touched[:0]
	}
	t.touched = append(t.touched, marks...)
}

func (t *trail) end() int { return t.before + len(t.touched) }

// since is what was touched after an end; known is false when that is forgotten.
func (t *trail) since(end int) (touched []uint64, known bool) {
	if end < t.before {
		return nil, false
	}
	return t.touched[end-t.before:], true
}

// sieve lets through whatever it was given, and a little more.
type sieve [4]uint64

func (s *sieve) bit(mark uint64) (word int, bit uint64) {
	const spread = 0x9E3779B97F4A7C15
	h := mark * spread >> 56
	return int(h >> 6), 1 << (h & 63) //nolint:gosec // two bits
}

func (s *sieve) add(mark uint64) {
	word, bit := s.bit(mark)
	s[word] |= bit
}

// lets reports whether the sieve lets one of the marks through.
func (s *sieve) lets(marks []uint64) bool {
	for _, m := range marks {
		if word, bit := s.bit(m); m == anything || s[word]&bit != 0 {
			return true
		}
	}
	return false
}

// sift makes the sieve of what a way depends on.
func (one *way) sift() {
	for _, r := range one.seats {
		one.sieve.add(seatMark(r.at))
	}
	for _, r := range one.births {
		one.sieve.add(seatMark(r.at))
	}
	for _, r := range one.places {
		one.sieve.add(placeMark(r.place))
	}
	for _, r := range one.arns {
		one.sieve.add(arnMark(r.arn))
	}
}
