package queue

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

// Args configures a Queue.
type Args struct {
	// Scope says whose queue it is and where. Required.
	Scope naming.Scope
	// Store is the declared queue. Required.
	Store system.Store
	// Generation is that of the work ledger, which a restore brings back under
	// the next one. Zero means 1.
	Generation int
	// KeyArn is the key of this region that encrypts messages and ledger. Required.
	KeyArn pulumi.StringInput
	// Ledger is this home's half of the work ledger; nil where it has none.
	Ledger *Ledger
	// VisibilitySeconds is how long a message is hidden from others while a
	// consumer works on it; a consumer that takes longer extends it. Zero means
	// DefaultVisibilitySeconds.
	VisibilitySeconds int
	// Protect guards queues and ledger against deletion and replacement.
	Protect bool
}

// Ledger configures this home's half of the work ledger.
type Ledger struct {
	// ReplicaOf is the region whose ledger this one is a replica of; empty in
	// the home that seeds.
	ReplicaOf string
	// PITRDays is how far back a point-in-time restore reaches: 1 to 35.
	PITRDays int
}

// DefaultVisibilitySeconds leaves a consumer time for a call of a model or two.
const DefaultVisibilitySeconds = 300

// The limits of SQS:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
const (
	mostVisibility = 43200
	mostReceives   = 1000
)

// LedgerName is the name of a queue's work ledger.
func LedgerName(store system.Store) string { return store.Name + system.LedgerSuffix }

// resolve returns a checked copy with the defaults filled in. It reads plain
// Go values only, because outputs are unknown during preview.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	if a.Generation == 0 {
		a.Generation = 1
	}
	if a.VisibilitySeconds == 0 {
		a.VisibilitySeconds = DefaultVisibilitySeconds
	}
	if a.Store.MaxReceives == 0 {
		a.Store.MaxReceives = system.DefaultMaxReceives
	}
	var errs []error
	bad := func(wrong bool, format string, values ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, values...))
		}
	}
	s := a.Scope
	bad(s.System == "" || s.Region == "" || s.Account == "" || !s.Home.Valid(),
		"scope is %+v, want system, home, region and account", s)
	bad(a.Store.Name == "", "store.name is empty")
	bad(a.Store.Kind != system.Queue, "store.kind is %q, want %q", a.Store.Kind, system.Queue)
	bad(a.Generation < 1, "generation is %d, want 1 or more", a.Generation)
	bad(a.KeyArn == nil, "keyArn is required")
	bad(a.Store.MaxReceives < 1 || a.Store.MaxReceives > mostReceives,
		"store.maxReceives is %d, want 1 to %d", a.Store.MaxReceives, mostReceives)
	bad(a.VisibilitySeconds < 1 || a.VisibilitySeconds > mostVisibility,
		"visibilitySeconds is %d, want 1 to %d", a.VisibilitySeconds, mostVisibility)
	if l := a.Ledger; l != nil {
		bad(l.PITRDays < 1 || l.PITRDays > 35, "ledger.pitrDays is %d, want 1 to 35", l.PITRDays)
		bad(l.ReplicaOf == s.Region && s.Region != "", "ledger.replicaOf is %q, want another region", l.ReplicaOf)
	}
	return a, errors.Join(errs...)
}

// physical is the queue's own name, dead that of its dead-letter queue.
func (a *Args) physical() string { return a.Scope.Queue(a.Store.Name, a.Store.FIFO) }

func (a *Args) dead() string { return a.Scope.Queue(a.Store.Name+"-dlq", a.Store.FIFO) }

func (a *Args) arn(physical string) string { return a.Scope.ARN("sqs", physical) }
