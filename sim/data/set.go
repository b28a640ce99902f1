// Package data holds what the simulated stores contain: the marks that were
// written, as intervals, and when each of them reaches the other region. It is
// pure, and its size follows the number of changes of pace, not of marks.
package data

import (
	"cmp"
	"iter"
	"slices"
)

// Span is the marks First to Last, both included.
type Span struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// Set is a set of marks: spans in rising order that neither overlap nor touch.
type Set []Span

// SetOf returns the set of all marks of the spans, in any order.
func SetOf(spans ...Span) Set {
	sorted, byFirst := spans, func(a, b Span) int { return cmp.Compare(a.First, b.First) }
	if !slices.IsSortedFunc(spans, byFirst) {
		sorted = slices.Clone(spans)
		slices.SortFunc(sorted, byFirst)
	}
	var out Set
	for _, s := range sorted {
		if s.Last < s.First {
			continue
		}
		if n := len(out); n > 0 && s.First <= out[n-1].Last+1 {
			out[n-1].Last = max(out[n-1].Last, s.Last)
			continue
		}
		if out == nil {
			out = make(Set, 0, len(sorted))
		}
		out = append(out, s)
	}
	return out
}

// Within is how many marks of a span are in the set.
func (s Set) Within(span Span) (n int64) {
	for _, one := range s {
		n += max(0, min(one.Last, span.Last)-max(one.First, span.First)+1)
	}
	return n
}

// Len is the number of marks in the set.
func (s Set) Len() int64 {
	var n int64
	for _, span := range s {
		n += span.Last - span.First + 1
	}
	return n
}

// Has reports whether the mark is in the set.
func (s Set) Has(seq int64) bool {
	for _, span := range s {
		if span.First <= seq && seq <= span.Last {
			return true
		}
	}
	return false
}

// Minus returns the marks of s that are not in other.
func (s Set) Minus(other Set) Set {
	var out Set
	for _, span := range s {
		at := span.First
		for _, cut := range other {
			if cut.Last < at || cut.First > span.Last {
				continue
			}
			if cut.First > at {
				out = append(out, Span{at, cut.First - 1})
			}
			at = cut.Last + 1
		}
		if at <= span.Last {
			out = append(out, Span{at, span.Last})
		}
	}
	return out
}

// Marks yields every mark of the set, in rising order.
func (s Set) Marks() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, span := range s {
			for seq := span.First; seq <= span.Last; seq++ {
				if !yield(seq) {
					return
				}
			}
		}
	}
}
