package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// TestAlarm_judgesAsManyOfTheNewestPeriodsAsItAsksFor: older ones count only in the place of those that are missing.
func TestAlarm_judgesAsManyOfTheNewestPeriodsAsItAsksFor(t *testing.T) {
	for _, remembers := range []bool{false, true} {
		l := newLab(t, 1)
		l.make(ireland, "a", "AWS::CloudWatch::Alarm", doc{"Name": "a", "Namespace": "N", "MetricName": "m", "Period": 60.0,
			"Statistic": "Maximum", "EvaluationPeriods": 1.0, "Threshold": 1.0, "TreatMissingData": "missing",
			"ComparisonOperator": "GreaterThanOrEqualToThreshold"})
		w := l.World
		if remembers {
			w = w.Recall(world.NewMemory())
		}
		state := func() any {
			out, err := w.Call(world.Request{Region: ireland, Service: "cloudwatch", Operation: "DescribeAlarms", Input: doc{}})
			require.NoError(t, err)
			return out["MetricAlarms"].([]any)[0].(doc)["StateValue"]
		}
		put := func(value float64) {
			_, err := w.Call(world.Request{Region: ireland, Service: "cloudwatch", Operation: "PutMetricData",
				Input: doc{"Namespace": "N", "MetricData": []any{doc{"MetricName": "m", "Value": value}}}})
			require.NoError(t, err)
			w.Advance(w.Now().Add(time.Minute))
		}
		put(1)
		w.Advance(w.Now().Add(time.Minute))
		require.Equal(t, "ALARM", state())
		put(0)
		put(0)
		require.Equal(t, "OK", state(), "the newest period is well, the one before was not")
	}
}
