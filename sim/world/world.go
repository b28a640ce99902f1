// Package world is the simulated pair of AWS regions: entities in the shape
// of AWS's own API, in virtual time, with all randomness from one seed. It
// imports neither Pulumi nor net.
package world

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Document is a JSON-like document in AWS's own names (PascalCase).
type Document = map[string]any

// Request is one call of an AWS API operation, as a plan or an agent makes it.
type Request struct {
	// Region is whose endpoint is called.
	Region string
	// From is the region that the caller runs in; empty is outside AWS, which
	// no partition cuts off.
	From string
	// Service and Operation are AWS's own names, such as "cloudwatch" and "PutMetricData".
	Service, Operation string
	Input              Document
	// Token makes a repeat of a call that is not idempotent harmless.
	Token string
	// Kept says that the caller changes nothing of the answer, which spares a copy.
	Kept bool
	// Fixed says that nobody ever changes the input, so that a memory may know it by where it is.
	Fixed bool
	// Still says that the caller does not look at what moves with the clock or tells when something was made (Moves), which is
	// then left out. Nor does what is kept for the repeat of a token.
	Still bool
}

// Moves reports whether a path of an answer leads to what moves with the clock by itself, how far backups reach, or to when
// something was made.
func Moves(path string) bool {
	return strings.Contains(path, "RestorableTime") || strings.Contains(path, "RestorableDateTime") ||
		strings.Contains(path, "CreationDate") || strings.Contains(path, "LatestStream") || strings.Contains(path, lastModified) ||
		strings.Contains(path, startedAt) || strings.Contains(path, completedAt) || strings.Contains(path, submittedAt)
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
	// Generation counts what the token made, so that a replacement beside the
	// old one has ids of its own.
	Generation int `json:"generation,omitempty"`
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

// refuse builds AWS's answer to a request that it does not accept.
func refuse(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}

// missing builds AWS's answer to a request for what does not exist.
func missing(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 404}
}

// IsNotFound reports whether err says that the thing asked for does not exist.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == 404
}

// IsUnreachable reports whether err says that nothing answered.
func IsUnreachable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == 0
}

// Epoch is the virtual time at which a world begins unless told otherwise.
var Epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Config is what a new world is made of.
type Config struct {
	// Seed decides every invented id.
	Seed uint64 `json:"seed"`
	// Account is the twelve-digit account id; empty means 123456789012.
	Account string `json:"account"`
	// Start is the virtual time of the beginning; zero means Epoch.
	Start time.Time `json:"start"`
}

// World is the simulated AWS. Its methods may be called from many goroutines:
// one mutex orders them, and what they answer does not depend on the order.
type World struct {
	mu  sync.Mutex
	cfg Config
	st  *state
	// notes learns what an act depends on, while one is remembered.
	notes *notes
	// spare is a transaction that is over.
	spare *tx
	// own is what is remembered of this world alone.
	own map[Key]*way
	// watched is what checks of endpoints saw when they looked last.
	watched Held
	// record is asked before a mutation takes effect, settle after it and
	// outside the mutex, before it is acknowledged.
	record func(Record) error
	settle func(seq uint64) error
	// broken is the first error of record or settle in a place that cannot
	// return it; every later mutation is refused with it.
	broken error
}

// New returns an empty world.
func New(cfg Config) *World {
	if cfg.Account == "" {
		cfg.Account = "123456789012"
	}
	if cfg.Start.IsZero() {
		cfg.Start = Epoch
	}
	cfg.Start = cfg.Start.UTC()
	return &World{cfg: cfg, st: newState(cfg.Start)}
}

// Config returns what the world was made of.
func (w *World) Config() Config { return w.cfg }

// Now returns the virtual time.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notes.time(w.st.now)
	return w.st.now
}

// Fork returns a world of its own with the same content and no log: what
// happens in either is not seen in the other.
func (w *World) Fork() *World {
	w.mu.Lock()
	defer w.mu.Unlock()
	return &World{cfg: w.cfg, st: w.st.clone()}
}

// SetLog makes record the keeper of every mutation. It is called under the
// world's mutex before a mutation takes effect; its error refuses the mutation.
func (w *World) SetLog(record func(Record) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.record = record
}

// SetSettle makes settle wait until the record with the sequence number is
// safe. It is called outside the mutex, before a mutation is acknowledged, so
// that parallel callers can share one wait.
func (w *World) SetSettle(settle func(seq uint64) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle = settle
}
