// Package prober decides what the prober of a home publishes of what it saw, and into which region. It looks at nothing
// itself: internal/probe looks at AWS, sim/alarms at the simulated regions. Tests hold both to publish the same.
package prober

import (
	"time"

	"redoubt/system"
)

// Sight is what one prober saw in one round. What it could not see is absent, and nothing is published of it: silence is
// what the alarms take for the worst, a made-up value they would take for good.
type Sight struct {
	// Active is the home that serves, as clients see it; empty while nobody knows.
	Active system.Home
	// Accepts tells of each store whether it acknowledged a write at the name that follows the switch.
	Accepts map[string]bool
	// Newest is when the newest write was made that this home has of a store.
	Newest map[string]time.Time
	// Answers tells of each home whether its public agents answer.
	Answers map[system.Home]map[string]bool
	// Nodes are the ready nodes of this home, by zone; a zone with none must be there.
	Nodes map[string]int
	// Replicas are those of each agent of this home.
	Replicas map[string]Replicas
	// Kept is what this home's vault keeps, by store.
	Kept map[string]Kept
	// CertificateEnds is when the certificate ends that this home's load balancer shows; zero is unknown.
	CertificateEnds time.Time
	// Keys tells of each purpose whether this home's key is enabled.
	Keys map[string]bool
	// RoundTrip is how long a connection to the other home takes to open; zero is none that opened.
	RoundTrip time.Duration
	// Differs tells whether this home's copy of its peer's inventory is old; nil is unknown.
	Differs *bool
	// TakenOver tells whether the arbiter's judge has given this home the work and the other one does not stand by again; nil
	// is unknown, or no arbiter.
	TakenOver *bool
	// Compared is when a comparison last found nothing, Drilled when a drill last held; zero is never.
	Compared, Drilled time.Time
	// Measured is when the drills on AWS last held, Ratio the worst of what they measured by what was predicted; zero is never.
	Measured time.Time
	Ratio    float64
}

// Replicas are how many of an agent are wanted and ready, and in how many zones a ready one stands.
type Replicas struct{ Wanted, Ready, Zones int }

// Kept is when the newest backup of a store was made, when the newest copy came from the other home, and when a restore
// test last ended well. Zero is never.
type Kept struct{ Backup, Copied, Restored time.Time }
