package plan

import (
	"errors"
	"fmt"
)

// Condition asks one thing and says what the answer must hold.
type Condition struct {
	Call Call `json:"call"`
	// All must hold; at least one.
	All []Expect `json:"all"`
}

// Expect is one thing that an answer must hold.
type Expect struct {
	Path Path `json:"path"`
	Op   Op   `json:"op"`
	// Value is a string, a number or a truth.
	Value any `json:"value"`
	// Missing is what an answer without the path counts as: AWS and Kubernetes
	// leave a count of none out. Nil means that nobody can tell.
	Missing any `json:"missing,omitempty"`
}

// JMESPath is the path for the AWS command line's --query, with what a missing
// value counts as.
func (e Expect) JMESPath() string {
	if e.Missing == nil {
		return e.Path.JMESPath()
	}
	return fmt.Sprintf("not_null(%s, %s)", e.Path.JMESPath(), jmesLiteral(e.Missing))
}

// Op compares what was found with what is wanted.
type Op string

// The comparisons. The last two are of numbers alone.
const (
	Is      Op = "=="
	IsNot   Op = "!="
	AtMost  Op = "<="
	AtLeast Op = ">="
)

// Answer is what a condition tells.
type Answer string

// The three answers.
const (
	Done       Answer = "done"
	NotDone    Answer = "not done"
	CannotTell Answer = "cannot tell"
)

// Judge tells whether the condition holds in the document, and why not, in words (words.go). One
// expectation that cannot be told makes the whole one so, even beside one that
// fails: nobody acts on half an answer.
func (c Condition) Judge(answer Document) (Answer, string) {
	in, err := normal(answer)
	if err != nil {
		return CannotTell, "the answer is no document: " + err.Error()
	}
	verdict, why := Done, ""
	for _, e := range c.All {
		switch got, reason := e.judge(c.Call, in); got {
		case CannotTell:
			return CannotTell, reason
		case NotDone:
			if verdict == Done {
				verdict, why = NotDone, reason
			}
		}
	}
	if verdict == NotDone && c.Call.Kind == Probe {
		if own, is := Path("Why").Find(in); is && own != "" {
			return NotDone, fmt.Sprint(own) // a probe says why it did not pass
		}
	}
	return verdict, why
}

// judge judges one thing in the answer to a call, and says in words what is not as it should be.
func (e Expect) judge(call Call, in any) (Answer, string) {
	got, found := e.Path.Find(in)
	if !found {
		if e.Missing == nil {
			return CannotTell, call.called(e.Path).missing
		}
		var err error
		if got, err = normal(e.Missing); err != nil {
			return CannotTell, err.Error()
		}
	}
	want, err := normal(e.Value)
	if err != nil {
		return CannotTell, err.Error()
	}
	holds, ok := compare(got, e.Op, want)
	if ok && holds {
		return Done, ""
	}
	w := call.called(e.Path)
	if !ok {
		return CannotTell, fmt.Sprintf("%s is %s, which cannot be compared: %s", w.subject, w.value(got), w.want(e.Op, want))
	}
	return NotDone, fmt.Sprintf("%s is %s, %s", w.subject, w.value(got), w.want(e.Op, want))
}

func compare(got any, op Op, want any) (holds, ok bool) {
	a, num := got.(float64)
	b, wantNum := want.(float64)
	switch {
	case num && wantNum && op == AtMost:
		return a <= b, true
	case num && wantNum && op == AtLeast:
		return a >= b, true
	}
	if op != Is && op != IsNot || !sameScalar(got, want) {
		return false, false
	}
	return (got == want) == (op == Is), true
}

func sameScalar(a, b any) bool {
	switch a.(type) {
	case string:
		_, ok := b.(string)
		return ok
	case float64:
		_, ok := b.(float64)
		return ok
	case bool:
		_, ok := b.(bool)
		return ok
	default:
		return false
	}
}

func (c Condition) check() []error {
	var errs []error
	if len(c.All) == 0 {
		errs = append(errs, errors.New("condition expects nothing, so it could never be open"))
	}
	for _, e := range c.All {
		if _, err := e.Path.parse(); err != nil {
			errs = append(errs, fmt.Errorf("condition: %w", err))
		}
		value, err := normal(e.Value)
		if _, ok := compare(value, e.Op, value); err != nil || !ok {
			errs = append(errs, fmt.Errorf("condition: %s %s %v cannot be judged", e.Path, e.Op, e.Value))
		}
		if e.Missing == nil {
			continue
		}
		missing, err := normal(e.Missing)
		if _, ok := compare(missing, e.Op, value); err != nil || !ok {
			errs = append(errs, fmt.Errorf("condition: %s: missing is %v, which %s %v cannot judge",
				e.Path, e.Missing, e.Op, e.Value))
		}
	}
	return errs
}
