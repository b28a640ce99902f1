// Package inventory is the versioned document of every identifier that
// recovery needs of the two homes.
package inventory

import "redoubt/system"

// Version is the version of the document's format that this code writes. A
// new field raises it: a program that does not know a field refuses the document
// rather than recover with half of it.
const Version = 6

// Inventory describes both homes.
type Inventory struct {
	Version int    `json:"version"`
	System  string `json:"system"`
	// Home is whose document this is: the one home that it speaks for first hand.
	Home system.Home `json:"home"`
	// Homes holds this home as it is and its peer as last seen.
	Homes map[system.Home]Home `json:"homes"`
}

// New returns the document of one home that has not seen its peer.
func New(name string, home system.Home, of Home) Inventory {
	return Inventory{Version: Version, System: name, Home: home, Homes: map[system.Home]Home{home: of}}
}

// Own returns the home whose document this is.
func (i Inventory) Own() Home { return i.Homes[i.Home] }

// Home is what recovery must know of one home.
type Home struct {
	Region  string   `json:"region"`
	Account string   `json:"account"`
	Zones   []string `json:"zones"`
	// ZoneIDs maps each zone to the id that means it in every account, such as
	// euw1-az1. A zonal shift takes no other. It came with version 3.
	ZoneIDs map[string]string `json:"zoneIds,omitempty"`
	CIDR    string            `json:"cidr"`
	Network Network           `json:"network"`
	Keys    map[string]string `json:"keys"` // purpose -> key ARN
	Stores  map[string]Store  `json:"stores"`
	Agents  map[string]Agent  `json:"agents"`
	Entry   Entry             `json:"entry"`
	Vault   Vault             `json:"vault"`
	Control Control           `json:"control"`
	// Configuration is the bucket that holds what the homes are made from.
	Configuration string `json:"configuration,omitempty"`
	// Cluster runs the agents; it and what follows came with version 2.
	Cluster   Cluster   `json:"cluster"`
	Registry  Registry  `json:"registry"`
	Discovery Discovery `json:"discovery"`
	// Secrets maps each secret of the agents to its ARN in this home.
	Secrets map[string]string `json:"secrets,omitempty"`
}

// Cluster is the home's Kubernetes cluster.
type Cluster struct {
	Name string `json:"name,omitempty"`
	Arn  string `json:"arn,omitempty"`
	// Endpoint is the API server, CertificateAuthority what it is verified by (base64).
	Endpoint             string `json:"endpoint,omitempty"`
	CertificateAuthority string `json:"certificateAuthority,omitempty"`
	// Namespace is where the agents run.
	Namespace string `json:"namespace,omitempty"`
	// NodeGroups maps each zone to its node group's name.
	NodeGroups map[string]string `json:"nodeGroups,omitempty"`
	// ActiveNodes is how many nodes each zone needs where the home serves,
	// RunningNodes how many it keeps where it does not.
	ActiveNodes  int `json:"activeNodes,omitempty"`
	RunningNodes int `json:"runningNodes,omitempty"`
}

// Registry is where the home pulls its images from.
type Registry struct {
	// Host is such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com.
	Host string `json:"host,omitempty"`
}

// Discovery is how agents find their stores.
type Discovery struct {
	// ZoneID and Domain are the private zone of both homes.
	ZoneID string `json:"zoneId,omitempty"`
	Domain string `json:"domain,omitempty"`
	// Parameter is the SSM parameter with the home's configuration, one version a change.
	Parameter string `json:"parameter,omitempty"`
}

// Network is the home's network.
type Network struct {
	VpcID            string   `json:"vpcId"`
	PublicSubnetIDs  []string `json:"publicSubnetIds"`
	PrivateSubnetIDs []string `json:"privateSubnetIds"`
	// IsolatedSubnetIDs have no way out; stores live there.
	IsolatedSubnetIDs []string `json:"isolatedSubnetIds"`
	// PeeringID is the connection between the homes, empty until it exists.
	PeeringID string `json:"peeringId,omitempty"`
}

// Store is one store's place in a home.
type Store struct {
	Kind       system.StoreKind `json:"kind"`
	Tier       string           `json:"tier"`
	Generation int              `json:"generation"`
	// Name is the physical name: bucket, table, queue, cluster.
	Name string `json:"name"`
	Arn  string `json:"arn"`
	// GlobalID is the global database or datastore it belongs to, if any.
	GlobalID string `json:"globalId,omitempty"`
	// Endpoint is where clients connect, ReaderEndpoint where they may read.
	Endpoint       string `json:"endpoint,omitempty"`
	ReaderEndpoint string `json:"readerEndpoint,omitempty"`
	// Members are the instances of a cluster.
	Members []string `json:"members,omitempty"`
	KeyArn  string   `json:"keyArn,omitempty"`
	// SecretArn names the secret with the credentials, never their value.
	SecretArn string `json:"secretArn,omitempty"`
	// URL is where a queue is called, DeadLetterURL its dead-letter queue.
	URL           string `json:"url,omitempty"`
	DeadLetterURL string `json:"deadLetterUrl,omitempty"`
	// LedgerTable holds the accepted work of a queue.
	LedgerTable string `json:"ledgerTable,omitempty"`
	// BackupPlanID and BackupSelectionID say which plan of AWS Backup backs it up,
	// and by which selection; of a queue, its ledger. They came with version 3.
	BackupPlanID      string `json:"backupPlanId,omitempty"`
	BackupSelectionID string `json:"backupSelectionId,omitempty"`
	// SnapshotBucket takes the exported snapshots of a cache.
	SnapshotBucket string `json:"snapshotBucket,omitempty"`
}

// Agent is one agent's place in a home.
type Agent struct {
	Tier           string `json:"tier"`
	Public         bool   `json:"public,omitempty"`
	TargetGroupArn string `json:"targetGroupArn,omitempty"`
	// Deployment and Scaler name its Kubernetes objects: a HorizontalPodAutoscaler
	// or, for a consumer, a ScaledObject.
	Deployment string `json:"deployment,omitempty"`
	Scaler     string `json:"scaler,omitempty"`
	ScalerKind string `json:"scalerKind,omitempty"`
	// Active is how many replicas it needs where it serves, Standby how many it
	// keeps where it does not.
	Active  int `json:"active,omitempty"`
	Standby int `json:"standby,omitempty"`
	// Image is what the home pulls for it, from its own region.
	Image string `json:"image,omitempty"`
	// Levels tell it how much to give; nil when it declares no levels. They came with version 5.
	Levels *Levels `json:"levels,omitempty"`
}

// Levels are where a plan tells an agent at which level to work: in AppConfig.
type Levels struct {
	ApplicationID string `json:"applicationId"`
	ProfileID     string `json:"profileId"`
	// EnvironmentID is the environment that plans deploy to, StrategyID how.
	EnvironmentID string `json:"environmentId"`
	StrategyID    string `json:"strategyId"`
	// Versions are the versions to deploy, by level, all made ahead.
	Versions map[system.Level]string `json:"versions"`
}

// The kinds of switch: one moves traffic by putting a metric, one by setting
// routing controls of Application Recovery Controller.
const (
	MetricSwitch = "metric"
	ARCSwitch    = "arc"
)

// Entry is how traffic reaches the home.
type Entry struct {
	Domain          string `json:"domain"`
	ZoneID          string `json:"zoneId"`
	LoadBalancerArn string `json:"loadBalancerArn"`
	Address         string `json:"address"`
	// Switch is how traffic is moved: MetricSwitch or ARCSwitch.
	Switch string `json:"switch"`
	// SwitchNamespace and SwitchMetric name the metric that this home puts to act.
	SwitchNamespace string `json:"switchNamespace"`
	SwitchMetric    string `json:"switchMetric"`
	// SwitchDimensions are the dimensions of that metric.
	SwitchDimensions map[string]string `json:"switchDimensions,omitempty"`
	// SwitchAlarm is the alarm over that metric, in this home's region: it is in
	// ALARM when this home has acted.
	SwitchAlarm string `json:"switchAlarm,omitempty"`
	// HealthCheckID and PeerHealthCheckID are the checks of the two homes' records
	// where the switch is arc.
	HealthCheckID     string `json:"healthCheckId,omitempty"`
	PeerHealthCheckID string `json:"peerHealthCheckId,omitempty"`
	// RoutingControlArns are the routing controls of both homes where the switch is
	// arc, RoutingPanelArn the control panel that they are in, RoutingEndpoints the
	// cluster's endpoints by region. They came with version 4.
	RoutingControlArns map[system.Home]string `json:"routingControlArns,omitempty"`
	RoutingPanelArn    string                 `json:"routingPanelArn,omitempty"`
	RoutingEndpoints   map[string]string      `json:"routingEndpoints,omitempty"`
}

// Vault is the home's backup vault.
type Vault struct {
	Name string `json:"name"`
	Arn  string `json:"arn"`
	// RestoreRoleArn is the role to restore with. It came with version 3.
	RestoreRoleArn string `json:"restoreRoleArn,omitempty"`
}

// Control is where the home keeps the inventories.
type Control struct {
	Bucket    string `json:"bucket"`
	Key       string `json:"key"`
	Parameter string `json:"parameter"`
	// LockTable holds the home's locks and leases. It is never replicated.
	LockTable string `json:"lockTable,omitempty"`
	// IdempotencyTable holds the answers to calls that must not be made twice. It
	// is replicated, and what it says counts in the active home only.
	IdempotencyTable string `json:"idempotencyTable,omitempty"`
	// Machine is the ARN of the state machine that runs plans inside AWS, empty where there is none. It came with version 6.
	Machine string `json:"machine,omitempty"`
	// Arbiter is where the word stands that says which home is to serve; nil where the home's agents do not ask for its
	// leases. It came with version 6.
	Arbiter *Arbiter `json:"arbiter,omitempty"`
}

// Arbiter is the third region's lock table, as a home was told of it.
type Arbiter struct {
	Region string `json:"region"`
	Table  string `json:"table"`
}

// Third is the arbiter whose leases the agents of both homes ask for, nil as long as those of one do not: they write on.
func (i Inventory) Third() *Arbiter {
	for _, home := range system.Homes {
		if i.Homes[home].Control.Arbiter == nil {
			return nil
		}
	}
	return i.Homes[system.Primary].Control.Arbiter
}

// Regions says where each home lives that the document knows, and under the given name where the arbiter is.
func (i Inventory) Regions(arbiter system.Home) map[system.Home]string {
	out := map[system.Home]string{}
	for name, home := range i.Homes {
		out[name] = home.Region
	}
	if a := i.Third(); a != nil {
		out[arbiter] = a.Region
	}
	return out
}
