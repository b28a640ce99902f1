package planner

import "fmt"

// UnfitError says that a scenario does not fit what was found or where the
// system serves: the request is right, and nothing may be planned for it now.
type UnfitError struct{ Why string }

// Error says why.
func (e *UnfitError) Error() string { return e.Why }

func unfit(format string, args ...any) error { return &UnfitError{fmt.Sprintf(format, args...)} }
