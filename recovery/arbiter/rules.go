package arbiter

import (
	"errors"
	"fmt"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// Name is the name of the third observer in its observations.
const Name = "arbiter"

// Quorum is how many observers outside a home must have lost it: its peer and the arbiter, which are all there are.
const Quorum = 2

// Rules are the times of the decision. All that observe and decide have the same.
type Rules struct {
	// Every is how often an observer looks, and how often the judge does.
	Every time.Duration
	// Quiet is how long a home must have been lost without a break, by the true time.
	Quiet time.Duration
	// Gap is the longest silence of an observer that is no break.
	Gap time.Duration
	// Fresh is how far back the judge looks, Flaps how many changes within it make a line one that flaps.
	Fresh time.Duration
	Flaps int
	// Settle is how long after a move the next one is refused.
	Settle time.Duration
	// Skew is how far two clocks may lie apart.
	Skew time.Duration
	// Travel is how long a request may be under way before it is given up.
	Travel time.Duration
}

// Default are the rules of two homes and an arbiter on AWS. Their times are assumed to fit: clocks there are kept
// within a millisecond of each other, and a request across regions is answered within a second.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html
func Default() Rules {
	return Rules{
		Every: 10 * time.Second, Quiet: time.Minute, Gap: 30 * time.Second, Fresh: 3 * time.Minute, Flaps: 3,
		Settle: 30 * time.Minute, Skew: 2 * time.Second, Travel: 5 * time.Second,
	}
}

// Within is how long a decision takes at most once a home is lost to both observers outside it, while both and the
// judge work and their lines to the table stand: the first look that sees it, the quiet period and the margin for
// clocks that lie apart, the next look of the judge, and one request of each that is answered late. It counts from
// when the line has last changed too often, if it flapped before; and Settle comes first.
func (r Rules) Within() time.Duration {
	return r.Every + r.Quiet + 2*r.Skew + 2*r.Every + 2*r.Travel
}

// Taken is how long it takes at most from the word until the agents of the appointed home may write: what the other
// one has renewed last ends, which of a lost home it has before the word, and the leases are taken, renewed and seen.
// Term is how long a lease lasts without renewal.
func (r Rules) Taken(term time.Duration) time.Duration { return 3 * term }

// Check names all that is wrong with the rules.
func (r Rules) Check() error {
	var errs []error
	bad := func(wrong bool, format string, values ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, values...))
		}
	}
	bad(r.Every <= 0, "every is %s, want more than nothing", r.Every)
	bad(r.Skew < 0 || r.Travel <= 0, "skew is %s and travel %s, want no less than nothing and more", r.Skew, r.Travel)
	bad(r.Gap < r.Every+r.Travel, "gap is %s, want at least a look and its travel, %s", r.Gap, r.Every+r.Travel)
	bad(r.Quiet < r.Gap, "quiet is %s, want at least the gap of %s", r.Quiet, r.Gap)
	bad(r.Fresh < r.Quiet+r.Gap+2*r.Skew, "fresh is %s, want at least quiet, gap and twice skew, %s",
		r.Fresh, r.Quiet+r.Gap+2*r.Skew)
	bad(r.Flaps < 2, "flaps is %d, want 2 or more: a loss is one change", r.Flaps)
	bad(r.Settle < r.Fresh, "settle is %s, want at least fresh, %s", r.Settle, r.Fresh)
	return errors.Join(errs...)
}

// evidence are the rules by which the observations are judged.
func (r Rules) evidence() diagnose.Rules {
	return diagnose.Rules{
		Observers: []string{string(system.Primary), string(system.Secondary), Name}, Quorum: Quorum,
		Fresh: r.Fresh, Quiet: r.Quiet, Flaps: r.Flaps, Skew: r.Skew, Gap: r.Gap,
	}
}
