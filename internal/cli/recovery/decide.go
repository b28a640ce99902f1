package recovery

import (
	"bufio"
	"context"
	"slices"
	"strings"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// decide answers a gate that asks: by --approve, else by the person at the
// terminal. An interrupt is no answer.
func (o *runOptions) decide(ctx context.Context, g plan.Gate) execute.Decided {
	if slices.Contains(o.Approve, g.ID) {
		return execute.Decided{Gate: g.ID, Allowed: true, By: o.By, Why: "approved on the command line"}
	}
	o.Streams.Above("gate %s: %s. %s\ntype yes to approve, anything else refuses: ", g.ID, g.Title, g.Why)
	text, answered := o.typed(ctx)
	switch {
	case !answered:
		return execute.Decided{}
	case text == "yes":
		return execute.Decided{Gate: g.ID, Allowed: true, By: o.By, Why: "approved when asked"}
	case text == "":
		return execute.Decided{Gate: g.ID, By: o.By, Why: "nobody approved; --approve " + g.ID + " does"}
	}
	return execute.Decided{Gate: g.ID, By: o.By, Why: "answered " + text}
}

// typed is the next line that a person types; false when interrupted before.
func (o *runOptions) typed(ctx context.Context) (string, bool) {
	answer := make(chan string, 1)
	go func() { answer <- o.line() }()
	select {
	case <-ctx.Done():
		return "", false
	case text := <-answer:
		return text, true
	}
}

// line reads one line of the terminal.
func (o *runOptions) line() string {
	if o.input == nil {
		o.input = bufio.NewReader(o.Streams.In)
	}
	text, err := o.input.ReadString('\n')
	if err != nil {
		o.Streams.Above("\n")
	}
	return strings.TrimSpace(text)
}
