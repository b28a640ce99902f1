// Package coverage holds that nothing of the system is without a place: every
// store has a place in the other home, a backup, a copy of it there and a test
// that restores it; every agent has its place in both homes.
//
// It walks the resources that both homes declare and relates them by type and
// name, never by what AWS answers, so it judges a preview as well as a stack.
package coverage

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/system"
)

// Resource is one resource that a home declares.
type Resource struct {
	Home system.Home
	// Type is the Pulumi token, Name the logical name.
	Type, Name string
	// Inputs are what the program gave, unknown values left out.
	Inputs map[string]any
}

// Fault is one thing that is missing.
type Fault struct {
	// Subject is such as: store "tasks".
	Subject string
	// Missing says what is missing, and where, as the rest of a sentence.
	Missing string
	// Hint says what brings it back.
	Hint string
}

// String is the whole sentence.
func (f Fault) String() string { return fmt.Sprintf("%s has %s: %s", f.Subject, f.Missing, f.Hint) }

// Faults returns everything that is missing, in the order of the system's file.
func Faults(s *system.System, graph []Resource) []Fault {
	g := &judge{system: s, graph: map[key]Resource{}}
	for _, r := range graph {
		g.graph[key{r.Home, r.Type, r.Name}] = r
	}
	for _, st := range s.Stores {
		g.store(st)
	}
	for _, a := range s.Agents {
		g.agent(a)
	}
	g.configuration()
	return g.faults
}

type key struct {
	home      system.Home
	typ, name string
}

type judge struct {
	system *system.System
	graph  map[key]Resource
	faults []Fault
}

func (j *judge) missing(subject, hint, format string, args ...any) {
	j.faults = append(j.faults, Fault{subject, fmt.Sprintf(format, args...), hint})
}

// has reports whether a home declares the resource.
func (j *judge) has(h system.Home, typ, name string) bool {
	_, ok := j.graph[key{h, typ, name}]
	return ok
}

// need is one resource that something needs.
type need struct {
	// what is missing without it, as in "has no ... in the secondary home".
	what string
	// homes are where it stands.
	homes []system.Home
	// types are the tokens that will do; name has %s for the store.
	types []string
	name  string
}

var (
	both      = system.Homes
	first     = []system.Home{system.Primary}
	second    = []system.Home{system.Secondary}
	one       = func(typ string) []string { return []string{typ} }
	tableType = "aws:dynamodb/table:Table"
)

// places are what makes a store of each kind one that the other home has too.
var places = map[system.StoreKind][]need{
	system.Postgres: {
		{"database cluster", both, one("aws:rds/cluster:Cluster"), "postgres-%s-cluster"},
		{"instance that could be promoted", both, one("aws:rds/clusterInstance:ClusterInstance"), "postgres-%s-instance-1"},
		{"global database that joins the homes", first, one("aws:rds/globalCluster:GlobalCluster"), "postgres-%s-global"},
	},
	system.Table: {
		{"table", first, one(tableType), "table-%s-table"},
		{"replica", second, one("aws:dynamodb/tableReplica:TableReplica"), "table-%s-replica"},
	},
	system.Bucket: {
		{"bucket", both, one("aws:s3/bucketV2:BucketV2"), "bucket-%s-bucket"},
		{"replication to the other home", both, one("aws:s3/bucketReplicationConfig:BucketReplicationConfig"),
			"bucket-%s-replication"},
	},
	system.Queue: {
		{"queue", both, one("aws:sqs/queue:Queue"), "queue-%s-queue"},
		{"dead-letter queue", both, one("aws:sqs/queue:Queue"), "queue-%s-dead"},
		{"work ledger", first, one(tableType), "queue-%s-ledger-table"},
		{"replica of its work ledger", second, one("aws:dynamodb/tableReplica:TableReplica"), "queue-%s-ledger-replica"},
	},
	system.Cache: {
		{"replication group", both, one("aws:elasticache/replicationGroup:ReplicationGroup"), "cache-%s-group"},
		{"global datastore that joins the homes", first,
			one("aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"), "cache-%s-global"},
	},
}

// store judges one store. A tier that is restored from backups has no place
// for its stores in the other home, and needs the copies all the more.
func (j *judge) store(st system.Store) {
	subject := fmt.Sprintf("store %q", st.Name)
	tier, _ := j.system.Tier(st.Tier)
	for _, n := range places[st.Kind] {
		if tier.Strategy == system.BackupRestore {
			n.homes = slices.DeleteFunc(slices.Clone(n.homes), func(h system.Home) bool { return h == system.Secondary })
		}
		j.need(subject, st.Name, n)
	}
	switch st.Kind {
	case system.Cache:
		j.cache(subject, st)
	case system.Queue:
		j.backups(subject, Ledger(st.Name))
	default:
		j.backups(subject, st.Name)
	}
}

// Ledger is the name under which a queue's work ledger is backed up.
func Ledger(queue string) string { return queue + "-ledger" }

func (j *judge) need(subject, name string, n need) {
	for _, h := range n.homes {
		found := slices.ContainsFunc(n.types, func(typ string) bool { return j.has(h, typ, fmt.Sprintf(n.name, name)) })
		if !found {
			j.missing(subject, fmt.Sprintf("declare %s %s there", n.types[0], fmt.Sprintf(n.name, name)),
				"no %s in the %s home", n.what, h)
		}
	}
}

// backups judges the backups that AWS Backup makes, in both homes: after a
// failover the other home's are the only ones that go on.
func (j *judge) backups(subject, name string) {
	for _, h := range system.Homes {
		plan, planned := j.graph[key{h, "aws:backup/plan:Plan", "vault-plan-" + name}]
		selected := j.has(h, "aws:backup/selection:Selection", "vault-selection-"+name)
		switch {
		case !planned || !selected:
			j.missing(subject, "pass it to components/vault in stacks/", "no backup in the %s home", h)
		case !copies(plan, h.Peer()):
			j.missing(subject, "give the vault its peer", "no copy of the %s home's backups in the %s home", h, h.Peer())
		}
		tested := j.has(h, "aws:backup/restoreTestingPlan:RestoreTestingPlan", "vault-test-"+name) &&
			j.has(h, "aws:backup/restoreTestingSelection:RestoreTestingSelection", "vault-test-selection-"+name)
		if !tested {
			j.missing(subject, "pass it to components/vault in stacks/", "no restore test in the %s home", h)
		}
	}
}

// copies reports whether some rule of the plan copies what it makes into the
// vault of the home, whose name ends in the home's. A copy in another account is a second one.
func copies(plan Resource, to system.Home) bool {
	rules, _ := plan.Inputs["rules"].([]any)
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		actions, _ := rule["copyActions"].([]any)
		for _, a := range actions {
			action, _ := a.(map[string]any)
			if arn, _ := action["destinationVaultArn"].(string); strings.HasSuffix(arn, "-"+string(to)) {
				return true
			}
		}
	}
	return false
}

// cache judges the snapshots of a cache that cannot be rebuilt.
func (j *judge) cache(subject string, st system.Store) {
	if st.RebuildFrom != "" {
		return
	}
	for _, n := range []need{
		{"export of its snapshots", both, one("aws:scheduler/schedule:Schedule"), "cache-%s-daily"},
		{"bucket for its snapshots", both, one("aws:s3/bucketV2:BucketV2"), "cache-%s-snapshots-bucket"},
		{"copy of its snapshots in the other home", both,
			one("aws:s3/bucketReplicationConfig:BucketReplicationConfig"), "cache-%s-snapshots-replication"},
		{"restore test", both, one("aws:sfn/stateMachine:StateMachine"), "cache-%s-machine"},
	} {
		j.need(subject, st.Name, n)
	}
}

// agent judges that an agent can run in both homes, as itself and from its
// home's own images.
func (j *judge) agent(a system.Agent) {
	subject := fmt.Sprintf("agent %q", a.Name)
	for _, n := range []need{
		{"deployment", both, one("kubernetes:apps/v1:Deployment"), "agents-%s-deployment"},
		{"identity", both, one("aws:eks/podIdentityAssociation:PodIdentityAssociation"), "agents-%s-identity"},
		{"disruption budget", both, one("kubernetes:policy/v1:PodDisruptionBudget"), "agents-%s-budget"},
		{"scaler", both, []string{
			"kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject",
		}, "agents-%s-scaler"},
	} {
		j.need(subject, a.Name, n)
	}
	for _, h := range system.Homes {
		if !j.image(h, a) {
			j.missing(subject, "pass its image to components/registry in stacks/", "no image in the %s home", h)
		}
	}
}

// configuration judges that a home can be made again: its settings, the text of
// the file and its Kubernetes objects are kept, copied to the other home, backed up and restored in a test.
func (j *judge) configuration() {
	const subject = "the configuration"
	object := one("aws:s3/bucketObjectv2:BucketObjectv2")
	for _, n := range []need{
		{"bucket", both, one("aws:s3/bucketV2:BucketV2"), "bucket-%s-bucket"},
		{"versions", both, one("aws:s3/bucketVersioningV2:BucketVersioningV2"), "bucket-%s-versioning"},
		{"replication to the other home", both, one("aws:s3/bucketReplicationConfig:BucketReplicationConfig"),
			"bucket-%s-replication"},
		{"settings of the stack", both, object, "%s-settings"},
		{"text of system.yaml", both, object, "%s-system"},
	} {
		j.need(subject, "configuration", n)
	}
	j.backups(subject, "configuration")
	j.need(subject, "export", need{"export of its Kubernetes objects", both, one("kubernetes:batch/v1:CronJob"), "%s-job"})
}

// image reports whether the home has a repository for the agent's image.
func (j *judge) image(h system.Home, a system.Agent) bool {
	path := a.Image[strings.Index(a.Image, "/")+1:]
	path, _, _ = strings.Cut(path, "@")
	path, _, _ = strings.Cut(path, ":")
	return j.has(h, "aws:ecr/repository:Repository", "registry-"+path)
}
