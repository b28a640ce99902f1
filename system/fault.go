package system

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with a system file, and where.
type Fault struct {
	// File is the name that Parse was given.
	File string
	// Line and Col count from 1. A missing key is reported where the thing
	// that lacks it begins.
	Line, Col int
	// Cause says what is wrong, with the value found and the value wanted.
	Cause string
	// Hint says what to write instead. It may be empty.
	Hint string
}

// String is the fault on one line, in the form that editors can follow.
func (f Fault) String() string {
	text := fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Col, f.Cause)
	if f.Hint != "" {
		text += " (hint: " + f.Hint + ")"
	}
	return text
}

// Faults is every fault of one file, in the order of their places. It is the
// error of Parse, and of Load when the file could be read.
type Faults []Fault

// Error is one line for each fault.
func (f *Faults) Error() string {
	lines := make([]string, len(*f))
	for i, fault := range *f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// err returns the sorted faults as an error, and nil when there are none. The
// same text can be read twice through an alias, so equal faults count once.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	sorted := slices.Clone(f)
	slices.SortStableFunc(sorted, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Cause, b.Cause))
	})
	sorted = slices.Compact(sorted)
	return &sorted
}
