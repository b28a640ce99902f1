package awsport

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"redoubt/recovery/answer"
)

// Executions are the executions of Step Functions in one region. They are no calls of plans: a person answers what an
// execution asks, and no run does.
type Executions struct{ client *sfn.Client }

var _ answer.Executions = Executions{}

// NewExecutions returns those of a region. What is throttled is tried again, by the SDK.
func NewExecutions(cfg aws.Config, region string) Executions {
	cfg = cfg.Copy()
	cfg.Region = region
	return Executions{sfn.NewFromConfig(cfg)}
}

// History reads all events of an execution, of which Step Functions keeps 25,000 at most:
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
func (e Executions) History(ctx context.Context, arn string) ([]answer.Event, error) {
	pages := sfn.NewGetExecutionHistoryPaginator(e.client, &sfn.GetExecutionHistoryInput{
		ExecutionArn: &arn, IncludeExecutionData: aws.Bool(true), MaxResults: 1000})
	var out []answer.Event
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		var none *types.ExecutionDoesNotExist
		var wrong *types.InvalidArn
		switch {
		case errors.As(err, &none), errors.As(err, &wrong):
			return nil, fmt.Errorf("%w: %w", answer.ErrUnknown, err)
		case err != nil:
			return nil, err
		}
		for _, one := range page.Events {
			out = append(out, eventOf(one))
		}
	}
	return out, nil
}

// eventOf is an event as far as questions go.
func eventOf(h types.HistoryEvent) answer.Event {
	e := answer.Event{ID: h.Id, Previous: h.PreviousEventId, Type: string(h.Type), At: aws.ToTime(h.Timestamp)}
	if d := h.TaskScheduledEventDetails; d != nil {
		e.Resource, e.Parameters = aws.ToString(d.Resource), aws.ToString(d.Parameters)
	}
	if d := h.TaskSucceededEventDetails; d != nil {
		e.Output = aws.ToString(d.Output)
	}
	if d := h.TaskFailedEventDetails; d != nil {
		e.Error, e.Cause = aws.ToString(d.Error), aws.ToString(d.Cause)
	}
	if d := h.TaskTimedOutEventDetails; d != nil {
		e.Error, e.Cause = aws.ToString(d.Error), aws.ToString(d.Cause)
	}
	if d := h.TaskSubmitFailedEventDetails; d != nil {
		e.Error, e.Cause = aws.ToString(d.Error), aws.ToString(d.Cause)
	}
	return e
}

// Send ends the task that waits for the token. A refusal is a success too: the question was answered.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
func (e Executions) Send(ctx context.Context, token, output string) error {
	_, err := e.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: &output})
	var (
		wrong  *types.InvalidToken
		none   *types.TaskDoesNotExist
		closed *types.TaskTimedOut
	)
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("%w: %w", answer.ErrUnknown, err)
	case errors.As(err, &none), errors.As(err, &closed):
		return fmt.Errorf("%w: %w", answer.ErrOver, err)
	}
	return err
}

// Start starts an execution, and tells whether there was none of that name yet. Step Functions keeps names for 90 days:
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
func (e Executions) Start(ctx context.Context, machine, name, input string) (bool, error) {
	began := time.Now()
	out, err := e.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Name: &name, Input: &input})
	var there *types.ExecutionAlreadyExists
	switch {
	case errors.As(err, &there):
		return false, nil
	case err != nil:
		return false, err
	}
	// One that runs with this input already is told again, as it began.
	return !aws.ToTime(out.StartDate).Before(began.Add(-startSlack)), nil
}

// startSlack is how far AWS's clock may lie behind the caller's (assumed).
const startSlack = 10 * time.Second

// RegionOf is the region that an ARN names, empty where it names none.
func RegionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[3]
}
