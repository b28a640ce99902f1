package arbiter

import (
	"fmt"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// Event is something that happened to the judge.
type Event interface{ event() }

// Fired tells that the time that was asked for has come.
type Fired struct{}

// Read is the answer to the Look of that number.
type Read struct {
	Look int
	Word Word
	// Seen is what each observer has put, the oldest first.
	Seen [][]diagnose.Observation
}

// Written tells that the Write of that number took place.
type Written struct{ Look int }

// Failed tells that the table did not answer, or that the word was changed in between.
type Failed struct{ Look int }

func (Fired) event()   {}
func (Read) event()    {}
func (Written) event() {}
func (Failed) event()  {}

// Command is something to do for the judge.
type Command interface{ command() }

// Look asks for the word and the observations, read consistently; Read or Failed follows, with its number.
type Look struct{ Number int }

// Write replaces the word if it still has the version of Old; Written or Failed follows.
type Write struct {
	Look      int
	Old, Next Word
}

// Arm asks for Fired at a time; a second one replaces the first.
type Arm struct{ At time.Time }

// Tell says what was found, for metrics and people.
type Tell struct{ Finding diagnose.Finding }

func (Look) command()  {}
func (Write) command() {}
func (Arm) command()   {}
func (Tell) command()  {}

// Judge is the machine that decides. It keeps nothing that a crash could lose: all it goes by stands in the table.
// The zero Judge with Rules is at its beginning; Fired starts it.
type Judge struct {
	Rules Rules

	// look is the number of the question under way; an answer to an older one comes too late.
	look int
}

// Step takes one event and returns what to do next.
func (j *Judge) Step(now time.Time, e Event) []Command {
	switch e := e.(type) {
	case Fired:
		j.look++ // a question that was not answered by now is given up
		return []Command{Look{j.look}, Arm{now.Add(j.Rules.Every)}}
	case Read:
		if e.Look == j.look {
			return j.judge(now, e)
		}
	}
	return nil
}

func (j *Judge) judge(now time.Time, e Read) []Command {
	next, found, move := Decide(now, e.Word, e.Seen, j.Rules)
	out := []Command{Tell{found}}
	if move {
		out = append(out, Write{j.look, e.Word, next})
	}
	return out
}

// Decide is the whole decision: the word that follows from what was seen, and whether it is another one.
func Decide(now time.Time, w Word, seen [][]diagnose.Observation, r Rules) (next Word, f diagnose.Finding, move bool) {
	if !suspected(seen, w.Active) {
		f = diagnose.Finding{Kind: diagnose.Healthy, Why: fmt.Sprintf("no quorum has last seen the %s home badly", w.Active)}
		return w, f, false
	}
	f = diagnose.Find(now, about(seen, w.Active), r.evidence())
	if f.Kind != diagnose.RegionLost {
		return w, f, false
	}
	if why := r.keeps(now, w, seen); why != "" {
		f.Why += "; " + why
		return w, f, false
	}
	next = w.Move(now, f.Why)
	next.Judged = next.Generation
	return next, f, true
}

// keeps says why a lost home is not left all the same, or nothing.
func (r Rules) keeps(now time.Time, w Word, seen [][]diagnose.Observation) string {
	other := w.Active.Peer()
	switch wait := w.At.Add(r.Settle + r.Skew).Sub(now); {
	case !w.Ready:
		return fmt.Sprintf("nobody has said that the %s home is ready", other)
	case w.Generation > 0 && wait > 0:
		return fmt.Sprintf("the last move must settle for another %s", wait.Round(time.Second))
	case !r.well(now, other, seen):
		return fmt.Sprintf("the arbiter does not see the %s home well", other)
	}
	return ""
}

// suspected reports whether so many observers as a quorum needs have last seen the home badly; most looks of the judge
// end here.
func suspected(seen [][]diagnose.Observation, home system.Home) bool {
	bad := 0
	for _, by := range seen {
		if last := lastOf(by, home); last != nil && last.State == diagnose.Bad {
			bad++
		}
	}
	return bad >= Quorum
}

func lastOf(by []diagnose.Observation, home system.Home) *diagnose.Observation {
	for n := len(by) - 1; n >= 0; n-- {
		if by[n].Home == home {
			return &by[n]
		}
	}
	return nil
}

// well reports whether the arbiter itself has seen a home well at its last look, in every aspect.
func (r Rules) well(now time.Time, home system.Home, seen [][]diagnose.Observation) bool {
	for _, by := range seen {
		last := lastOf(by, home)
		if last == nil || last.Observer != Name {
			continue
		}
		good := now.Sub(last.At) <= r.Gap+r.Skew
		for n := len(by) - 1; n >= 0 && by[n].At.Equal(last.At); n-- {
			good = good && (by[n].Home != home || by[n].State == diagnose.Good)
		}
		return good
	}
	return false
}

// about are the observations of one home.
func about(seen [][]diagnose.Observation, home system.Home) (out []diagnose.Observation) {
	for _, by := range seen {
		for _, o := range by {
			if o.Home == home {
				out = append(out, o)
			}
		}
	}
	return out
}

// Keep adds what an observer has just seen to what it had seen before, and forgets what nobody asks for any more. It
// goes on where before ends, as append does.
func (r Rules) Keep(now time.Time, before, seen []diagnose.Observation) []diagnose.Observation {
	first := 0
	for first < len(before) && now.Sub(before[first].At) > r.Fresh+2*r.Skew {
		first++
	}
	return append(before[first:], seen...)
}

// LooksAt are the homes that an observer looks at: what a home thinks of itself is no evidence of its loss.
func LooksAt(observer string) (homes []system.Home) {
	for _, h := range system.Homes {
		if string(h) != observer {
			homes = append(homes, h)
		}
	}
	return homes
}
