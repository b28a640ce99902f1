package interleave

import (
	"fmt"
	"time"
)

// The fates of an access.
const (
	arrives = iota
	requestLost
	answerLost
)

// lose chooses what becomes of an access.
func (w *World) lose() int {
	if w.losses >= w.limits.Losses {
		return arrives
	}
	fate := w.pick([]int{20, 1, 1})
	if fate != arrives {
		w.losses++
	}
	return fate
}

// move is one thing that may happen next: to a process, or to all when it has none. A random walk chooses by weight.
type move struct {
	weight int
	do     func(w *World, p *Process, d time.Duration)
	p      *Process
	d      time.Duration
}

// play runs the schedule to its end: every process is over, or something was wrong.
func (w *World) play() {
	defer func() {
		for _, p := range w.all {
			p.end()
		}
	}()
	var moves []move
	var weights []int
	for n := 0; w.wrong == nil; n++ {
		if n == most {
			w.Fail("the schedule has not ended after %d moves", most)
			return
		}
		moves, weights = w.moves(moves[:0]), weights[:0]
		if len(moves) == 0 {
			return
		}
		for _, m := range moves {
			weights = append(weights, m.weight)
		}
		m := moves[w.pick(weights)]
		m.do(w, m.p, m.d)
	}
}

// moves are what may happen next; none when every process is over.
func (w *World) moves(out []move) []move {
	var earliest time.Time
	for _, p := range w.all {
		switch {
		case p.over:
			continue
		case w.now.Before(p.wake):
			if earliest.IsZero() || p.wake.Before(earliest) {
				earliest = p.wake
			}
		default:
			out = append(out, move{24, (*World).step, p, 0})
		}
		if w.crashed < w.limits.Crashes {
			out = append(out, move{1, (*World).crash, p, 0})
		}
		if w.limits.Off > 0 {
			out = append(out, move{1, (*World).jump, p, 0})
		}
	}
	if !earliest.IsZero() {
		out = append(out, move{4, (*World).pass, nil, earliest.Sub(w.now)})
	}
	if len(out) == 0 || w.limits.PausesMost > 0 && w.pauses >= w.limits.PausesMost {
		return out
	}
	for _, d := range w.limits.Pauses {
		out = append(out, move{2, (*World).pause, nil, d})
		for _, p := range w.all {
			if !p.over && !w.now.Before(p.wake) {
				out = append(out, move{1, (*World).freeze, p, d})
			}
		}
	}
	return out
}

func (w *World) step(p *Process, _ time.Duration) {
	if _, more := p.next(); !more {
		p.over = true
	}
}

func (p *Process) end() {
	p.stop()
	p.over = true
}

func (w *World) crash(p *Process, _ time.Duration) {
	w.crashed++
	w.note(p.Name, "crash", 0)
	p.end()
}

func (w *World) jump(p *Process, _ time.Duration) {
	p.off = w.limits.Off * time.Duration(w.pick([]int{1, 1, 1})-1)
	w.note(p.Name, "its clock lies by", p.off)
}

// pass lets time pass for all.
func (w *World) pass(_ *Process, d time.Duration) {
	w.now = w.now.Add(d)
	w.note("time", "passes", d)
}

func (w *World) pause(_ *Process, d time.Duration) {
	w.pauses++
	w.pass(nil, d)
}

// freeze keeps one process from going on while the others do.
func (w *World) freeze(p *Process, d time.Duration) {
	w.pauses++
	p.wake = w.now.Add(d)
	w.note(p.Name, "stands still for", d)
}

// Scene adds the processes of one schedule, and returns what must hold at its end.
type Scene func(w *World) (end func() error)

// Found is what a search found.
type Found struct {
	// Schedules is how many were played.
	Schedules int
	// Wrong is the first violation, with its schedule; nil when there was none.
	Wrong error
}

func (f *Found) one(l Limits, pick func([]int) int, scene Scene, name func() string) {
	w := &World{limits: l, pick: pick, now: Start}
	end := scene(w)
	w.play()
	f.Schedules++
	if w.wrong == nil && end != nil {
		w.wrong = end()
	}
	if w.wrong != nil {
		f.Wrong = fmt.Errorf("%s: %w\n%s", name(), w.wrong, w.Trace())
	}
}
