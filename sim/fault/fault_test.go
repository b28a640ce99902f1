package fault_test

import (
	"strings"
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
		"throttle rds eu-west-1 every 3", "unthrottle rds eu-west-1",
		"service-down dynamodb eu-west-1", "service-up dynamodb eu-west-1",
		"lag dynamodb eu-west-1 eu-central-1 45m", "caught-up dynamodb eu-west-1 eu-central-1",
		"lag s3 eu-west-1 eu-central-1 1h30m", "lag rds eu-west-1 eu-central-1 1m30s", "lag rds eu-west-1 eu-central-1 2h",
		"dependency-down claude", "dependency-up claude",
		"zone-fading eu-west-1a over 30m", "region-fading eu-west-1 over 1h",
		"targets-flap eu-west-1", "targets-steady eu-west-1",
		"corrupt atlas-tasks-primary eu-west-1", "clean atlas-tasks-primary eu-west-1",
		"capacity-short eu-west-1a", "capacity-back eu-west-1a",
		"writer-lost atlas-tasks-primary eu-west-1", "writer-back atlas-tasks-primary eu-west-1",
		"pod-down planner eu-west-1", "pod-up planner eu-west-1", "pod-failing planner eu-west-1", "pod-well planner eu-west-1",
		"nodes-down eu-west-1a", "nodes-up eu-west-1a",
		"call-failing planner memory eu-west-1", "call-late planner memory eu-west-1 by 1m", "call-well planner memory eu-west-1",
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
		"throttle rds r every 1", "throttle rds r every x", "throttle rds r", "lag rds a a 5m", "lag rds a b soon", "lag rds a b -5m",
		"zone-fading z", "zone-fading z over 0s", "zone-fading z in 5m", "dependency-down", "corrupt s", "service-down rds",
		"call-failing a r", "call-late a b r", "call-late a b r by 0s", "call-late a b r over 1m",
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
		"throttle rds r every 4":               "unthrottle rds r",
		"service-down s3 r":                    "service-up s3 r",
		"lag rds a b 5m":                       "caught-up rds b a",
		"dependency-down d":                    "dependency-up d",
		"writer-lost c r":                      "writer-back c r",
		"pod-down a r":                         "pod-up a r",
		"pod-failing a r":                      "pod-well a r",
		"nodes-down ra":                        "nodes-up ra",
		"call-failing a b r":                   "call-well a b r",
		"call-late a b r by 1m":                "call-well a b r",
		"zone-fading ra over 5m":               "zone-up ra",
		"region-fading r over 5m":              "region-up r",
		"targets-flap r":                       "targets-steady r",
		"corrupt s r":                          "clean s r",
		"capacity-short ra":                    "capacity-back ra",
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

func TestFault_inversesUndoNothingElse(t *testing.T) {
	t.Parallel()
	for healed, others := range map[string][]string{
		"unthrottle rds r":  {"throttle s3 r every 2", "throttle rds q every 2", "control-plane-down rds r"},
		"service-up s3 r":   {"service-down s3 q", "service-down rds r", "region-down r"},
		"caught-up rds a b": {"lag rds a c 5m", "lag s3 a b 5m", "partition a b"},
		"zone-up ra":        {"zone-down rb", "capacity-short ra", "region-down r"},
		"clean s r":         {"corrupt s q", "corrupt x r", "writer-down s r"},
		"pod-up a r":        {"pod-down b r", "pod-down a q", "pod-failing a r"},
		"call-well a b r":   {"call-failing a c r", "call-failing b a r", "call-late a b q by 1m", "pod-failing a r"},
		"nodes-up ra":       {"nodes-down rb", "zone-down ra"},
		"writer-back c r":   {"writer-down c r", "writer-lost d r"},
		"dependency-up d":   {"dependency-down e"},
	} {
		h, err := fault.Parse(healed)
		require.NoError(t, err)
		for _, line := range others {
			b, err := fault.Parse(line)
			require.NoError(t, err)
			assert.False(t, h.Undoes(b), "%s does not undo %s", healed, line)
		}
	}
}

func TestForms_everyLineIsReadWhenItIsFilledIn(t *testing.T) {
	t.Parallel()
	fill := strings.NewReplacer("SERVICE.OPERATION", "rds.X", "SERVICE", "rds", "REGION REGION", "a b", "REGION", "a", "ZONE", "az",
		"CLUSTER", "c", "STORE", "s", "NAME", "n", "CALLER", "x", "CALLEE", "y", "CODE", "Slow", "DURATION", "5m", " N", " 2")
	for _, form := range fault.Forms() {
		f, err := fault.Parse(fill.Replace(form))
		require.NoError(t, err, form)
		assert.Equal(t, fill.Replace(form), f.String())
	}
}
