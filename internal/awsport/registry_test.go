package awsport_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/plan"
	"redoubt/sim/world"
)

// elsewhere are the operations of the simulated regions that are no operation
// of AWS, and who makes them.
var elsewhere = map[string]string{
	"kubernetes.Delete": "a request to an API server, kubernetes.go",
	"kubernetes.Get":    "a request to an API server, kubernetes.go",
	"kubernetes.Patch":  "a request to an API server, kubernetes.go",
}

// TestOperations_areThoseOfTheSimulator keeps both in step: a plan that runs in
// the simulated regions must find its calls on AWS, and nothing is here that no
// simulated run has ever made.
func TestOperations_areThoseOfTheSimulator(t *testing.T) {
	t.Parallel()
	simulated := world.Operations()
	for _, name := range simulated {
		if _, ok := elsewhere[name]; !ok {
			assert.Contains(t, awsport.Operations(), name, "the simulated regions serve it")
		}
	}
	for _, name := range awsport.Operations() {
		assert.Contains(t, simulated, name, "the port can make it")
	}
	for name, why := range elsewhere {
		assert.Contains(t, simulated, name, why)
	}
	require.Greater(t, len(simulated), 60)
}

// TestShapeOf_tokensAreMembers looks that the member for the token is one of the input.
func TestShapeOf_tokensAreMembers(t *testing.T) {
	t.Parallel()
	tokens := 0
	for _, name := range awsport.Operations() {
		service, operation, _ := strings.Cut(name, ".")
		shape, ok := awsport.ShapeOf(service, operation)
		require.True(t, ok, name)
		if shape.Token == "" {
			continue
		}
		tokens++
		call := plan.Call{Kind: plan.AWS, Service: service, Operation: operation, Input: plan.Document{shape.Token: "t"}}
		require.NoError(t, awsport.Check(call), name)
		call.Input[shape.Token] = 1
		require.ErrorContains(t, awsport.Check(call), fmt.Sprintf("%s: it is a number, want text", shape.Token))
	}
	assert.Equal(t, 7, tokens)
}

func TestCheck_placesTheToken(t *testing.T) {
	t.Parallel()
	call := plan.Call{Kind: plan.AWS, Service: "eks", Operation: "UpdateNodegroupConfig", Token: "run-1/step-2"}
	require.NoError(t, awsport.Check(call), "the token goes into clientRequestToken")
	call.Input = plan.Document{"clientRequestToken": "own"}
	require.NoError(t, awsport.Check(call))
	call = plan.Call{Kind: plan.AWS, Service: "eks", Operation: "Reboot"}
	require.ErrorContains(t, awsport.Check(call), "the port does not have this operation")
	call = plan.Call{Kind: plan.AWS, Service: "eks", Operation: "DescribeCluster", Input: plan.Document{"Name": "c"}}
	require.ErrorContains(t, awsport.Check(call), "Name: eks.DescribeClusterInput has no such field")
	assert.True(t, slices.IsSorted(awsport.Operations()))
}
