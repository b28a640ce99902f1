package execute_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/recovery/execute"
)

func TestClassOfCode_saysWhatPasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code   string
		status int
		want   execute.Class
	}{
		{"ThrottlingException", 400, execute.Throttled},
		{"SlowDown", 503, execute.Throttled},
		{"InvalidGlobalClusterStateFault", 400, execute.Conflict},
		{"DBClusterNotFoundFault", 404, execute.NotFound},
		{"InvalidVpcID.NotFound", 400, execute.NotFound},
		{"NoSuchKey", 404, execute.NotFound},
		{"AccessDenied", 403, execute.Denied},
		{"SomethingNew", 403, execute.Denied},
		{"SomethingNew", 409, execute.Conflict},
		{"SomethingNew", 429, execute.Throttled},
		{"SomethingNew", 503, execute.Unreachable},
		{"SomethingNew", 0, execute.Unreachable},
		{"InvalidParameterValue", 400, execute.Invalid},
		{"ValidationException", 400, execute.Invalid},
	} {
		assert.Equal(t, c.want, execute.ClassOfCode(c.code, c.status), "%s %d", c.code, c.status)
	}
}

func TestClassOf_readsThroughWrappedErrors(t *testing.T) {
	t.Parallel()
	assert.Equal(t, execute.OK, execute.ClassOf(nil))
	assert.Equal(t, execute.Unreachable, execute.ClassOf(errors.New("reset")), "nobody knows what it did")
	wrapped := fmt.Errorf("call: %w", &execute.ClassError{Class: execute.Denied, Err: errors.New("no")})
	assert.Equal(t, execute.Denied, execute.ClassOf(wrapped))
}
