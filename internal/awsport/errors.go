package awsport

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// badInput means that the call was never sent, because it cannot be right.
type badInput struct{ err error }

// Error returns the cause.
func (b *badInput) Error() string { return b.err.Error() }

// Unwrap returns the cause.
func (b *badInput) Unwrap() error { return b.err }

// classed is the error of a call with its class.
func classed(c plan.Call, err error) error {
	return &execute.ClassError{Class: classOf(err), Err: fmt.Errorf("%s: %w", c, err)}
}

// classOf returns the class of an error of the SDK or of the Kubernetes client.
// What never became an answer of AWS is Unreachable, because nobody knows what
// the call did: also the page of somebody on the way, whatever its status says.
// What was never sent is Invalid.
func classOf(err error) execute.Class {
	var (
		bad      *badInput
		params   smithy.InvalidParamsError
		written  *smithy.SerializationError
		api      smithy.APIError
		response *smithyhttp.ResponseError
		refused  apierrors.APIStatus
		known    *execute.ClassError
	)
	switch {
	case errors.As(err, &known):
		return known.Class
	case errors.As(err, &bad), errors.As(err, &params), errors.As(err, &written):
		return execute.Invalid
	case errors.As(err, &refused):
		status := refused.Status()
		return execute.ClassOfCode(string(status.Reason), int(status.Code))
	}
	if !errors.As(err, &api) {
		return execute.Unreachable
	}
	status := 0
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		status = response.HTTPStatusCode()
	}
	return execute.ClassOfCode(api.ErrorCode(), status)
}
