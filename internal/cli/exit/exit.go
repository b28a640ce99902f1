// Package exit holds the exit codes that scripts may rely on, and the error
// that carries one. The help topic and the documents are made from its table.
package exit

//go:generate go test . -run TestMarkdown_isThePageInTheDocs -update

import (
	"errors"
	"fmt"
	"strings"
)

// Code is an exit code of the redoubt command.
type Code int

// The exit codes.
const (
	OK          Code = 0
	Unexpected  Code = 1
	Usage       Code = 2
	Refused     Code = 3
	Stopped     Code = 4
	NotProven   Code = 5
	Held        Code = 6
	Interrupted Code = 130
)

// Meaning is what one code tells.
type Meaning struct {
	Code Code
	Text string
	// Next is what to do about it, for errors that know no better command.
	Next string
}

// Table lists every code with its meaning, in order.
var Table = []Meaning{
	{OK, "done", ""},
	{Unexpected, "something unexpected went wrong; the message says what", "mend the cause and run the same command again"},
	{Usage, "the command line, the settings or system.yaml are wrong; nothing was touched", "redoubt help"},
	{Refused, "a gate refused the act, such as changes found where none were expected", "look at what the command printed above"},
	{Stopped, "stopped before the end; the same command, or the one that it names, goes on from there", "run the same command again"},
	{NotProven, "finished, and what should hold does not: not proven recovered, not ready to fail over, a drill failed, an objective predicted to be missed",
		"look at what the command printed above"},
	{Held, "another redoubt holds the lease or the lock", "wait for it to end, then run the same command again"},
	{Interrupted, "interrupted at once, in the middle of what was under way", "run the same command again; it goes on from there"},
}

// next is what to do about a code.
func next(c Code) string {
	for _, m := range Table {
		if m.Code == c {
			return m.Next
		}
	}
	return ""
}

// Error is an error that a person can act on.
type Error struct {
	Code Code
	Err  error
	// Hint is the next command or the thing to look at; it may be empty.
	Hint string
	// Plain prints the error's own lines and nothing else, because each of them
	// begins with its place and ends with its hint.
	Plain bool
	// Told prints nothing: the command's last line has said it, with what to type next.
	Told bool
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// With gives err a code and a hint.
func With(code Code, err error, hint string) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Err: err, Hint: hint}
}

// Errorf makes an error with a code and a hint.
func Errorf(code Code, hint, format string, args ...any) error {
	return With(code, fmt.Errorf(format, args...), hint)
}

// Faults gives the faults of a file, which say place, cause and hint
// themselves, the code of a wrong usage.
func Faults(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: Usage, Err: err, Plain: true}
}

// Told gives an end that the command has told of itself its code.
func Told(code Code, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Code: code, Err: err, Told: true}
}

// Of returns the code of err: OK for nil, Unexpected when it carries none.
func Of(err error) Code {
	var coded *Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &coded):
		return coded.Code
	}
	return Unexpected
}

// Format writes err as the command prints it: the cause, then the hint.
func Format(err error) string {
	var coded *Error
	switch is := errors.As(err, &coded); {
	case is && coded.Told:
		return ""
	case is && coded.Plain:
		return strings.TrimRight(err.Error(), "\n") + "\n"
	}
	out := ""
	for _, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		out += "redoubt: error: " + line + "\n"
	}
	hint := next(Of(err))
	if coded != nil && coded.Hint != "" {
		hint = coded.Hint
	}
	return out + "redoubt: hint: " + hint + "\n"
}

// Help is the table as text for the help topic.
func Help() string {
	out := "The exit codes are stable; scripts may rely on them.\n\n"
	for _, m := range Table {
		out += fmt.Sprintf("  %3d  %s\n", m.Code, m.Text)
	}
	return strings.TrimRight(out, "\n")
}

// Markdown is the table as the page docs/exit-codes.md.
func Markdown() string {
	out := "# Exit codes\n\nWritten by `go generate ./internal/cli/exit` from the table that the command uses; `redoubt exit-codes`\n" +
		"prints the same. The codes are stable; scripts may rely on them.\n\n| Code | Meaning | What next |\n| --- | --- | --- |\n"
	for _, m := range Table {
		out += fmt.Sprintf("| %d | %s | %s |\n", m.Code, m.Text, m.Next)
	}
	return out
}
