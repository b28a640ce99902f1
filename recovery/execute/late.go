package execute

import (
	"context"
	"fmt"

	"redoubt/recovery/plan"
)

// Fill asks for the late values of a call and returns it with them in their
// places. A value that is not there yet is not found, so that the step waits for it.
func Fill(ctx context.Context, port plan.Port, c plan.Call) (plan.Call, error) {
	values := map[string]string{}
	for _, l := range c.Late {
		answer, err := port.Call(ctx, l.Call)
		if err != nil {
			return c, err
		}
		found, has := l.Path.Find(answer)
		text, is := found.(string)
		if !has || !is || text == "" {
			return c, &ClassError{Class: NotFound, Err: fmt.Errorf("%s: the answer has no text at %s", l.Call, l.Path)}
		}
		values[l.Name] = text
	}
	return c.Filled(values), nil
}

// ask makes a call, after it has asked for its late values.
func ask(ctx context.Context, port plan.Port, c plan.Call) (plan.Document, error) {
	if len(c.Late) > 0 {
		var err error
		if c, err = Fill(ctx, port, c); err != nil {
			return nil, err
		}
	}
	return port.Call(ctx, c)
}
