package world

import "sync"

// room is what a state's lists stand in: a fork takes that of a world of which nobody asks anything any more.
type room struct {
	cells   []*Entity
	lists   []*[]*Entity
	holders []int32
	born    []int64
	marks   []uint64
	touched []uint64
}

var rooms = sync.Pool{New: func() any { return &room{} }}

// Done gives back the room of a world of which nobody asks anything any more. Its forks, and what it answered, stay.
func (w *World) Done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.st
	w.st = nil
	rooms.Put(&room{s.cells, s.lists, s.holders, s.born, s.marks, s.trail.touched})
}

// furnish puts the lists of a state into the room.
func (r *room) furnish(s *state) {
	s.cells, s.lists = append(r.cells[:0], s.cells...), append(r.lists[:0], s.lists...)
	s.trail.touched = r.touched[:0]
	s.holders, s.born, s.marks = append(r.holders[:0], s.holders...), append(r.born[:0], s.born...), append(r.marks[:0], s.marks...)
}
