package awsport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
)

// RoutingEndpoint is one of the five endpoints of a cluster of routing
// controls, each in a region of its own. They are known ahead: asking for them
// needs a control plane in one fixed region.
// https://docs.aws.amazon.com/r53recovery/latest/dg/route53-arc-best-practices.regional.html
type RoutingEndpoint struct{ URL, Region string }

// endpointsOf are the endpoints that either home knows, in the order of their regions.
func endpointsOf(inv inventory.Inventory) []RoutingEndpoint {
	all := map[string]string{}
	for _, home := range inv.Homes {
		maps.Copy(all, home.Entry.RoutingEndpoints)
	}
	var out []RoutingEndpoint
	for _, region := range slices.Sorted(maps.Keys(all)) {
		out = append(out, RoutingEndpoint{URL: all[region], Region: region})
	}
	return out
}

// The inputs and answers of the two operations, as the service's model names
// them. The service's own SDK module cannot be had from the module proxy, so
// its protocol (JSON 1.0, two operations) is spoken here.
type (
	listControls struct {
		ControlPanelArn, NextToken *string
		MaxResults                 *int32
	}
	controls struct {
		RoutingControls []control
		NextToken       *string
	}
	control struct {
		ControlPanelArn, ControlPanelName, Owner                   *string
		RoutingControlArn, RoutingControlName, RoutingControlState *string
	}
	setControls struct {
		UpdateRoutingControlStateEntries []controlState
		SafetyRulesToOverride            []string
	}
	controlState struct{ RoutingControlArn, RoutingControlState *string }
	nothing      struct{}
)

const (
	routingService = "route53-recovery-cluster"
	routingTarget  = "ToggleCustomerAPI."
	// routingPatience is how long one endpoint may stay silent before the next is asked.
	routingPatience = 3 * time.Second
)

// routing makes an operation of the routing controls' data plane. An endpoint
// that does not answer is no failure while another does.
func routing[In, Out any](name string) operation {
	return operation{
		input: reflect.TypeFor[In](), output: reflect.TypeFor[Out](),
		call: func(ctx context.Context, s session, in plan.Document) (plan.Document, error) {
			var input In
			if err := Codec.Decode(in, &input); err != nil {
				return nil, &badInput{err}
			}
			if len(s.routing) == 0 {
				return nil, &badInput{errors.New("the endpoints of the routing controls are unknown")}
			}
			var errs []error
			for _, at := range s.routing {
				out, err := toggle(ctx, s, at, name, in)
				if err == nil || classOf(err) != execute.Unreachable {
					return out, err
				}
				errs = append(errs, fmt.Errorf("%s: %w", at.Region, err))
			}
			return nil, errors.Join(errs...)
		},
	}
}

// toggle makes one signed request.
func toggle(ctx context.Context, s session, at RoutingEndpoint, name string, in plan.Document) (plan.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, routingPatience)
	defer cancel()
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, &badInput{err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(at.URL, "/")+"/", bytes.NewReader(raw))
	if err != nil {
		return nil, &badInput{err}
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("X-Amz-Target", routingTarget+name)
	who, err := s.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	err = v4.NewSigner().SignHTTP(ctx, who, req, hex.EncodeToString(sum[:]), routingService, at.Region, clock.Wall{}.Now())
	if err != nil {
		return nil, err
	}
	res, err := s.HTTPClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return answered(res)
}

// answered reads the answer, or the error that it holds.
func answered(res *http.Response) (plan.Document, error) {
	raw, err := io.ReadAll(io.LimitReader(res.Body, bodyLimit))
	if err != nil {
		return nil, err
	}
	out := plan.Document{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil && res.StatusCode == http.StatusOK {
			return nil, fmt.Errorf("the answer is no document: %w", err)
		}
	}
	if res.StatusCode == http.StatusOK {
		return out, nil
	}
	code, _ := out["__type"].(string)
	message, _ := out["message"].(string)
	cause := error(&smithy.GenericAPIError{Code: code[strings.LastIndex(code, "#")+1:], Message: message})
	if code == "" {
		cause = errors.New("the answer is not one of AWS")
	}
	return nil, &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: res}, Err: cause}
}
