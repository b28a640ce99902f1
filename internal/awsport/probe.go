package awsport

import (
	"context"

	"redoubt/recovery/plan"
)

// Prober makes the probe task pass through a home, from its gateway to a tool
// runner and back through its stores, and tells how it went. What it answers is
// a document that the condition of the step judges; an error means that nobody
// knows.
type Prober interface {
	Probe(ctx context.Context, c plan.Call) (plan.Document, error)
}
