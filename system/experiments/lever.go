package experiments

// The lever that stops all experiments of a system: a metric in each home's region. At 1 the home's alarm goes off, which
// is a stop condition of every template: what runs is stopped, and nothing starts until the metric is 0 again.
// https://docs.aws.amazon.com/fis/latest/userguide/stop-conditions.html
const (
	LeverNamespace = "Redoubt/Experiments"
	LeverMetric    = "Stop"
	LeverDimension = "System"
	// LeverPart is the alarm's part of the home's names.
	LeverPart = "experiments-lever"
)
