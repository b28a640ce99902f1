// Package system describes what must survive: the agents and stores of a
// multi-agent system, the tiers that give them objectives, and the outside
// services they depend on. It knows nothing of any cloud.
package system

import "time"

// System is everything that must survive, as declared in system.yaml.
type System struct {
	// Name starts every physical name. 1 to 20 lower-case letters, digits and hyphens.
	Name string
	// Domain is the public DNS name that users call, such as agents.example.com.
	Domain       string
	Tiers        []Tier
	Stores       []Store
	Dependencies []Dependency
	Agents       []Agent
}

// Disruption is a class of loss that an objective speaks about.
type Disruption string

// The four disruptions.
const (
	ZoneLoss       Disruption = "zone"
	RegionLoss     Disruption = "region"
	DataLoss       Disruption = "data"
	DependencyLoss Disruption = "dependency"
)

// Disruptions lists every disruption, in the order reports use.
var Disruptions = []Disruption{ZoneLoss, RegionLoss, DataLoss, DependencyLoss}

// Strategy is what the other home holds ready for a tier.
type Strategy string

// The four strategies, from the readiest to the cheapest.
const (
	ActiveActive  Strategy = "active-active"
	WarmStandby   Strategy = "warm-standby"
	PilotLight    Strategy = "pilot-light"
	BackupRestore Strategy = "backup-restore"
)

// Strategies lists every strategy, the readiest first.
var Strategies = []Strategy{ActiveActive, WarmStandby, PilotLight, BackupRestore}

// Objective is what a tier promises for one disruption.
type Objective struct {
	// RTO is the longest time until the tier is recovered.
	RTO time.Duration
	// RPO is the longest span of acknowledged writes that may be lost.
	RPO time.Duration
	// Availability is the promised share of good time, 0 to 1; zero means no promise.
	Availability float64
}

// Tier is a class of agents and stores with common objectives.
type Tier struct {
	Name     string
	Critical bool
	Strategy Strategy
	// Capacity is what the other home holds of the tier's machines; a file that
	// does not say leaves it to the strategy.
	Capacity   Capacity
	Objectives map[Disruption]Objective
	// Resilience is how requests to the tier's agents are held.
	Resilience Resilience
}

// StoreKind is one of the five kinds of store.
type StoreKind string

// The five kinds of store.
const (
	Postgres StoreKind = "postgres"
	Table    StoreKind = "table"
	Bucket   StoreKind = "bucket"
	Queue    StoreKind = "queue"
	Cache    StoreKind = "cache"
)

// StoreKinds lists every kind of store.
var StoreKinds = []StoreKind{Postgres, Table, Bucket, Queue, Cache}

// Retention says how long a store's backups are kept, in days. A zero
// field means that no backup of that frequency is taken, except PITRDays.
type Retention struct {
	// PITRDays is how far back a point-in-time restore reaches: 1 to 35.
	PITRDays int
	// HourlyDays, DailyDays, WeeklyDays and MonthlyDays are how long the
	// backups of each frequency are kept.
	HourlyDays, DailyDays, WeeklyDays, MonthlyDays int
	// ColdAfterDays moves the monthly backups of a table to cold storage after
	// so many days; zero never does.
	ColdAfterDays int
	// LockDays is how long an object or backup cannot be deleted by anyone.
	LockDays int
}

// Store is anything that holds data which a loss could destroy.
type Store struct {
	Name      string
	Kind      StoreKind
	Tier      string
	SizeGiB   int
	Retention Retention
	// WriteForwarding lets the other home write to a postgres store through
	// the active one; without it only the active home writes.
	WriteForwarding bool
	// RebuildFrom names the store from which a cache can be rebuilt. A cache
	// without it must have snapshots.
	RebuildFrom string
	// FIFO makes a queue keep the order within each group of messages. A queue
	// that lives in both homes cannot: what its ledger gives back after a move comes behind newer work.
	FIFO bool
	// MaxReceives is how often a message of a queue is handed out before it goes
	// to the dead-letter queue, which every queue has. Zero means DefaultMaxReceives.
	MaxReceives int
}

// DefaultMaxReceives is how often a message is tried when the file does not say.
const DefaultMaxReceives = 5

// DependencyKind is what sort of outside service a dependency is.
type DependencyKind = string

// The two kinds of dependency.
const (
	ModelDependency DependencyKind = "model"
	HTTPDependency  DependencyKind = "http"
)

// DependencyKinds lists every kind of dependency.
var DependencyKinds = []DependencyKind{ModelDependency, HTTPDependency}

// Dependency is an outside service that agents call, such as a model endpoint.
type Dependency struct {
	Name string
	// Host is the DNS name that is called.
	Host string
	// Kind is "model" for a model endpoint and "http" for anything else.
	Kind DependencyKind
	// Fallbacks are the names of dependencies that can answer instead, best first.
	Fallbacks []string
	// Timeout is how long a call of it may take; zero means that of its kind: see Patience.
	Timeout time.Duration
}

// Level is how much of an agent still works.
type Level string

// The three degradation levels.
const (
	Full      Level = "full"
	Reduced   Level = "reduced"
	Essential Level = "essential"
)

// Levels lists every degradation level, the one that gives most first.
var Levels = []Level{Full, Reduced, Essential}

// Degradation says what an agent gives up at one level.
type Degradation struct {
	Level Level
	// Off lists features that are switched off.
	Off []string
	// Fallback says what answers instead, such as "smaller-model".
	Fallback string
}

// Resources is what one replica of an agent asks for.
type Resources struct {
	// CPUMillis is in thousandths of a core.
	CPUMillis int
	MemoryMiB int
}

// Ephemeral is the one kind of volume an agent may have: it starts empty with
// each replica and is gone with it.
const Ephemeral = "ephemeral"

// Volume is room on a node's disk that a replica writes to besides its stores.
type Volume struct {
	Name string
	// Kind is Ephemeral.
	Kind string
	// Path is where the replica finds it, such as /scratch.
	Path    string
	SizeMiB int
}

// ScratchMiB is the room at /tmp that every replica has.
const ScratchMiB = 64

// DiskMiB is what a replica asks of its node's disk.
func (a Agent) DiskMiB() int {
	disk := ScratchMiB
	for _, v := range a.Volumes {
		disk += v.SizeMiB
	}
	return disk
}

// Use is one agent's use of one store.
type Use struct {
	Store string
	// Write is true when the agent changes the store.
	Write bool
}

// Agent is one deployable service of the system.
type Agent struct {
	Name     string
	Tier     string
	Image    string
	Replicas int
	// Load is the declared load in requests per second that the agent must
	// carry after the loss of a zone; PerReplica is what one replica carries.
	Load, PerReplica int
	Resources        Resources
	// Volumes are what a replica may write to on its node.
	Volumes []Volume
	Port    int
	// Public agents are reached through the entry.
	Public bool
	Stores []Use
	// Calls names the agents this one calls.
	Calls []string
	// Needs names the outside dependencies this agent calls.
	Needs []string
	// Consumes names the queue this agent takes work from, if any.
	Consumes    string
	Degradation []Degradation
	// Resilience is how requests to the agent are held, where it differs from the tier.
	Resilience Resilience
}

// Home is one of the two regions that hold the system. It is fixed by the
// stack files and never changed by a failover.
type Home string

// The two homes.
const (
	Primary   Home = "primary"
	Secondary Home = "secondary"
)

// Homes lists both homes, primary first.
var Homes = []Home{Primary, Secondary}

// Peer returns the other home.
func (h Home) Peer() Home {
	if h == Primary {
		return Secondary
	}
	return Primary
}

// Valid reports whether h is one of the two homes.
func (h Home) Valid() bool { return h == Primary || h == Secondary }

// Tier returns the tier called name.
func (s *System) Tier(name string) (Tier, bool) {
	return find(s.Tiers, func(t Tier) bool { return t.Name == name })
}

// Store returns the store called name.
func (s *System) Store(name string) (Store, bool) {
	return find(s.Stores, func(st Store) bool { return st.Name == name })
}

// Dependency returns the outside dependency called name.
func (s *System) Dependency(name string) (Dependency, bool) {
	return find(s.Dependencies, func(d Dependency) bool { return d.Name == name })
}

// Agent returns the agent called name.
func (s *System) Agent(name string) (Agent, bool) {
	return find(s.Agents, func(a Agent) bool { return a.Name == name })
}

// StoresOf returns the stores of one kind in the order of declaration.
func (s *System) StoresOf(kind StoreKind) []Store {
	var out []Store
	for _, st := range s.Stores {
		if st.Kind == kind {
			out = append(out, st)
		}
	}
	return out
}

// Public returns the agents that are reached through the entry.
func (s *System) Public() []Agent {
	var out []Agent
	for _, a := range s.Agents {
		if a.Public {
			out = append(out, a)
		}
	}
	return out
}

// Degrading returns the agents that declare degradation levels.
func (s *System) Degrading() []Agent {
	var out []Agent
	for _, a := range s.Agents {
		if len(a.Degradation) > 0 {
			out = append(out, a)
		}
	}
	return out
}

func find[T any](all []T, is func(T) bool) (T, bool) {
	for _, v := range all {
		if is(v) {
			return v, true
		}
	}
	var none T
	return none, false
}
