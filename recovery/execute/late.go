package execute

import (
	"context"
	"fmt"

	"redoubt/recovery/plan"
)

// Fill asks for the late values of a call and returns it with them in their
// places. A value that is not there yet is not found, so that the step waits for it.
func Fill(ctx context.Context, port plan.Port, c plan.Call) (plan.Call, error) {
	values, err := late(ctx, port, c.Late)
	if err != nil {
		return c, err
	}
	return c.Filled(values), nil
}

// late asks for late values, by their names.
func late(ctx context.Context, port plan.Port, all []plan.Late) (map[string]string, error) {
	values := map[string]string{}
	for _, l := range all {
		answer, err := port.Call(ctx, l.Call)
		if err != nil {
			return nil, err
		}
		found, has := l.Path.Find(answer)
		text, is := found.(string)
		if !has || !is || text == "" {
			return nil, &ClassError{Class: NotFound, Err: fmt.Errorf("%s: the answer has no text at %s", l.Call, l.Path)}
		}
		values[l.Name] = text
	}
	return values, nil
}

// Make makes a call, after it has asked for its late values.
func Make(ctx context.Context, port plan.Port, c plan.Call) (plan.Document, error) {
	if len(c.Late) > 0 {
		var err error
		if c, err = Fill(ctx, port, c); err != nil {
			return nil, err
		}
	}
	return port.Call(ctx, c)
}

// Judge asks what a condition asks and judges the answer. An error is that of a question.
func Judge(ctx context.Context, port plan.Port, c plan.Condition) (plan.Answer, string, error) {
	if len(c.Call.Late) > 0 {
		values, err := late(ctx, port, c.Call.Late)
		if err != nil {
			return plan.CannotTell, "", err
		}
		c = c.Filled(values)
	}
	answer, err := port.Call(ctx, c.Call)
	if err != nil {
		return plan.CannotTell, "", err
	}
	verdict, why := c.Judge(answer)
	return verdict, why, nil
}
