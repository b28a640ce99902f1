// Package world is the simulated pair of AWS regions: entities in the shape
// of AWS's own API, in virtual time, with all randomness from one seed. It
// imports neither Pulumi nor net.
package world

import (
	"fmt"
	"time"
)

// Document is a JSON-like document in AWS's own names (PascalCase).
type Document = map[string]any

// Request is one call of an AWS API operation, as a plan or an agent makes it.
type Request struct {
	// Region is whose endpoint is called.
	Region string
	// Service and Operation are AWS's own names, such as "cloudwatch" and "PutMetricData".
	Service, Operation string
	Input              Document
	// Token makes a repeat of a call that is not idempotent harmless.
	Token string
}

// Entity is one thing that exists in AWS.
type Entity struct {
	// Kind is the CloudFormation type name, such as AWS::EC2::Subnet.
	Kind string `json:"kind"`
	// Region is where it lives; Global for IAM and Route 53.
	Region string `json:"region"`
	// ID identifies it among its kind in its region, such as subnet-0abc.
	ID  string `json:"id"`
	ARN string `json:"arn,omitempty"`
	// Token is the token of its creation: the URN of the resource that declared it.
	Token string `json:"token,omitempty"`
	// In is what was asked for; Out is what AWS added.
	In      Document  `json:"in"`
	Out     Document  `json:"out,omitempty"`
	Created time.Time `json:"created"`
}

// Global is the region of entities that belong to no region.
const Global = "aws-global"

// Error is a refusal by AWS.
type Error struct {
	// Code is AWS's error code, such as InvalidVpcID.NotFound.
	Code    string
	Message string
	// Status is the HTTP status; 0 means that nothing answered.
	Status int
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Message) }
