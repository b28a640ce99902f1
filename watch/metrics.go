package watch

import (
	"maps"
	"slices"

	"redoubt/system"
)

// Namespace holds what the prober of each home publishes. A prober may put into no other.
const Namespace = "Redoubt/Watch"

// The metrics that the prober publishes. Home is the home that a value is about, From the prober that saw it.
const (
	// MarkAge is how old the newest write is that this home has of a store: what would be lost, were the other
	// home lost now. Seconds.
	MarkAge = "MarkAge"
	// Accepts is 1 where the store has acknowledged a write at the name that follows the switch, and 0 where not.
	Accepts = "Accepts"
	// Available is 1 where every store of a tier accepts and every public agent of it answers, seen from a home.
	Available = "Available"
	// Answers is 1 where a public agent answers at the load balancer of a home, and 0 where not.
	Answers = "Answers"
	// Alive is 1 as long as a home's prober runs; it puts it into both regions.
	Alive = "Alive"
	// NodesReady is how many nodes of a zone are ready, ReadyShare which part of an agent's wanted replicas is, and
	// ReadyZones in how many zones one of them is. All three go into both regions.
	NodesReady = "NodesReady"
	ReadyShare = "ReadyShare"
	ReadyZones = "ReadyZones"
	// BackupAge is how old the newest backup of a store in a home's vault is, CopyAge that of the newest copy
	// that the other home sent, RestoreAge how long ago a restore test last ended well. Hours.
	BackupAge  = "BackupAge"
	CopyAge    = "CopyAge"
	RestoreAge = "RestoreAge"
	// CertificateDays is how long the certificate is good that a home's load balancer shows.
	CertificateDays = "CertificateDays"
	// KeyUsable is 1 where a key is enabled, and 0 where it is switched off or waits for its deletion.
	KeyUsable = "KeyUsable"
	// RoundTrip is how long a connection to the other home takes to open. Milliseconds.
	RoundTrip = "RoundTrip"
	// InventoryDiffers is 1 where a home's copy of its peer's inventory is not what the peer has.
	InventoryDiffers = "InventoryDiffers"
	// TakenOver is 1 where the arbiter's judge has given a home the work and nobody has said since that the other home
	// stands by again, and 0 where not. Without an arbiter nobody puts it.
	TakenOver = "TakenOver"
	// DriftAge is how long ago a comparison found nothing, DrillAge how long ago a drill held. Days.
	DriftAge = "DriftAge"
	DrillAge = "DrillAge"
	// MeasuredAge is how long ago the drills on AWS held, in days; MeasuredRatio the worst of what they measured by what was
	// predicted of it.
	MeasuredAge   = "MeasuredAge"
	MeasuredRatio = "MeasuredRatio"
	// TestFire is put by hand, to see that a page arrives.
	TestFire = "TestFire"
)

// The dimensions of the prober's metrics.
const (
	DimSystem  = "System"
	DimHome    = "Home"
	DimFrom    = "From"
	DimStore   = "Store"
	DimTier    = "Tier"
	DimAgent   = "Agent"
	DimZone    = "Zone"
	DimPurpose = "Purpose"
)

// dimensions are those of each of the prober's metrics, besides the system's.
var dimensions = map[string][]string{
	MarkAge: {DimHome, DimStore}, Accepts: {DimFrom, DimStore}, Available: {DimFrom, DimTier},
	Answers: {DimHome, DimFrom, DimAgent}, Alive: {DimHome},
	NodesReady: {DimHome, DimZone}, ReadyShare: {DimHome, DimAgent}, ReadyZones: {DimHome, DimAgent},
	BackupAge: {DimHome, DimStore}, CopyAge: {DimHome, DimStore}, RestoreAge: {DimHome, DimStore},
	CertificateDays: {DimHome}, KeyUsable: {DimHome, DimPurpose}, RoundTrip: {DimHome, DimFrom},
	InventoryDiffers: {DimHome}, TakenOver: {DimHome}, DriftAge: {DimHome}, DrillAge: {DimHome},
	MeasuredAge: {DimHome}, MeasuredRatio: {DimHome}, TestFire: {DimHome},
}

// Published lists the prober's metrics.
func Published() []string { return slices.Sorted(maps.Keys(dimensions)) }

// Probed is a metric of the prober. Values are those of its dimensions in their order; a wrong number of them is a
// programmer's error.
func Probed(s *system.System, name string, values ...string) Metric {
	names := dimensions[name]
	if len(names) != len(values) {
		panic("watch: " + name + " has other dimensions; this is a bug")
	}
	out := Metric{Namespace, name, map[string]string{DimSystem: s.Name}}
	for n, dim := range names {
		out.Dimensions[dim] = values[n]
	}
	return out
}
