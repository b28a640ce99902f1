package fault_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
)

func TestFault_printsAndParsesTheSameLine(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"region-down eu-west-1", "region-up eu-west-1",
		"control-plane-down rds eu-west-1", "control-plane-up rds eu-west-1",
		"zone-down eu-west-1a", "zone-up eu-west-1a",
		"writer-down atlas-tasks-primary eu-west-1", "writer-up atlas-tasks-primary eu-west-1",
		"partition eu-west-1 eu-central-1", "heal eu-west-1 eu-central-1",
		"fail call 3 of rds.FailoverGlobalCluster in eu-west-1 with Throttling",
		"fail every call of s3.PutObject in eu-west-1 with SlowDown",
		"stop-failing s3.PutObject in eu-west-1",
	} {
		f, err := fault.Parse(line)
		require.NoError(t, err, line)
		assert.Equal(t, line, f.String())
	}
}

func TestFault_refusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"", "region-down", "region-down a b", "partition a a", "fail call 0 of rds.X in r with C",
		"fail call x of rds.X in r with C", "fail call 1 of rds in r with C", "fail call 1 of rds.X in r",
		"fail some call of rds.X in r with C", "explode eu-west-1", "stop-failing rds.X at r",
	} {
		_, err := fault.Parse(line)
		assert.ErrorContains(t, err, "is not understood", line)
	}
}

func TestFault_everyBreakHasAnInverse(t *testing.T) {
	t.Parallel()
	for broken, healed := range map[string]string{
		"region-down r":                        "region-up r",
		"control-plane-down rds r":             "control-plane-up rds r",
		"zone-down ra":                         "zone-up ra",
		"partition a b":                        "heal b a",
		"writer-down c r":                      "writer-up c r",
		"fail call 2 of rds.X in r with Slow":  "stop-failing rds.X in r",
		"fail every call of rds.X in r with S": "stop-failing rds.X in r",
	} {
		b, err := fault.Parse(broken)
		require.NoError(t, err)
		h, err := fault.Parse(healed)
		require.NoError(t, err)
		assert.True(t, b.Breaks(), broken)
		assert.False(t, h.Breaks(), healed)
		assert.True(t, h.Undoes(b), "%s undoes %s", healed, broken)
		assert.False(t, b.Undoes(h))
	}
}
