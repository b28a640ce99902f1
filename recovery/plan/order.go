package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// order returns the steps so that each follows what it needs, and otherwise as
// they were given.
func order(steps []Step) ([]Step, error) {
	byID := make(map[string]Step, len(steps))
	for _, s := range steps {
		byID[s.ID] = s
	}
	var errs []error
	for _, s := range steps {
		for _, need := range s.Needs {
			if _, ok := byID[need]; !ok {
				errs = append(errs, fmt.Errorf("step %s needs %s, which is no step", s.ID, need))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	w := walk{byID: byID, state: map[string]int{}}
	for _, s := range steps {
		if err := w.visit(s.ID, nil); err != nil {
			return nil, err
		}
	}
	return w.out, nil
}

type walk struct {
	byID  map[string]Step
	state map[string]int // 1: on the way, 2: placed
	out   []Step
}

func (w *walk) visit(id string, way []string) error {
	way = append(way, id)
	switch w.state[id] {
	case 2:
		return nil
	case 1:
		return fmt.Errorf("steps need each other: step %s", strings.Join(way[slices.Index(way, id):], " -> "))
	}
	w.state[id] = 1
	for _, need := range w.byID[id].Needs {
		if err := w.visit(need, way); err != nil {
			return err
		}
	}
	w.state[id] = 2
	w.out = append(w.out, w.byID[id])
	return nil
}
