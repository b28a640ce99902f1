// Package naming computes every physical name in one place, so that each home
// knows the other's names without asking, and no name exceeds what AWS allows.
package naming

import (
	"fmt"
	"hash/fnv"
	"strings"

	"redoubt/system"
)

// Scope is what every chosen name of one home is made of.
type Scope struct {
	// System is the system's name.
	System string
	Home   system.Home
	Region string
	// Account is the twelve-digit account id; it makes bucket names unique.
	Account string
}

// The longest names that AWS takes, in characters.
const (
	// BucketMax is S3's limit: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	BucketMax = 63
	// RoleMax is IAM's limit: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	RoleMax = 64
	// PolicyMax is IAM's limit of managed policies, on the same page.
	PolicyMax = 128
	// LoadBalancerMax is the limit of load balancers and target groups:
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
	LoadBalancerMax = 32
	// FunctionMax is Lambda's limit: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
	FunctionMax = 64
	// VaultMax is AWS Backup's limit:
	// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
	VaultMax = 50
	// ClusterMax is the limit of RDS identifiers:
	// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
	ClusterMax = 63
	// CacheMax is the limit of ElastiCache's replication groups, users and user groups:
	// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
	CacheMax = 40
	// StateMachineMax is Step Functions' limit:
	// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html
	StateMachineMax = 80
	// ScheduleMax is EventBridge Scheduler's limit, for schedules and their groups:
	// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
	ScheduleMax = 64
	// AlarmMax is CloudWatch's limit:
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
	AlarmMax = 255
	// FlagsMax is AppConfig's limit of applications and deployment strategies:
	// https://docs.aws.amazon.com/appconfig/2019-10-09/APIReference/API_CreateApplication.html
	FlagsMax = 64
	// KubernetesMax is EKS's limit: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
	KubernetesMax = 100
)

// Bucket names a bucket: global, so it carries account and region. A store
// generation above 1 is part of the name, so that a restore can stand beside
// the damaged bucket.
func (s Scope) Bucket(part string, generation int) string {
	return Join(BucketMax, append([]string{s.System, part}, append(gen(generation), s.Account, s.Region)...)...)
}

// Role names an IAM role: global in an account, so it carries the region. Only
// the part is cut when the name is too long: the pipeline's policies know the roles of a home by how they begin
// and end, so Role("*") is the pattern of them all.
func (s Scope) Role(part string) string {
	room := RoleMax - len(s.System) - len(s.Region) - len("--")
	return Join(RoleMax, s.System, Join(room, part), s.Region)
}

// Boundary is the ARN of the permissions boundary of the home's roles. The
// pipeline's stack makes it: docs/decisions/0021-a-boundary-for-the-roles-that-a-home-makes.md.
func (s Scope) Boundary() string {
	return fmt.Sprintf("arn:aws:iam::%s:policy/%s", s.Account, Join(PolicyMax, s.System, "pipeline", "boundary", string(s.Home)))
}

// RecoveryBoundary is the ARN of the permissions boundary of the roles that recover the home, whose names are
// Role("recover*"): they may do what plans do, and no other role may (docs/decisions/0034-the-machine-that-recovers-a-home.md).
func (s Scope) RecoveryBoundary() string { return s.Boundary() + "-recovery" }

// LoadBalancer names a load balancer.
func (s Scope) LoadBalancer(part string) string {
	return Join(LoadBalancerMax, s.System, part, string(s.Home))
}

// Function names a function, and what stands around it: its state machine, its topic. Their limits are longer.
func (s Scope) Function(part string) string { return Join(FunctionMax, s.System, part, string(s.Home)) }

// Vault names a backup vault.
func (s Scope) Vault(part string) string { return Join(VaultMax, s.System, part, string(s.Home)) }

// Cluster names a database cluster. The members of a global database need
// different names, so it carries the home.
func (s Scope) Cluster(store string, generation int) string {
	return Join(ClusterMax, append([]string{s.System, store}, append(gen(generation), string(s.Home))...)...)
}

// Global names what both homes share, such as a global database.
func (s Scope) Global(store string, generation int) string {
	return Join(ClusterMax, append([]string{s.System, store}, gen(generation)...)...)
}

// Kubernetes names the home's Kubernetes cluster.
func (s Scope) Kubernetes() string { return Join(KubernetesMax, s.System, string(s.Home)) }

// Cache names a cache's replication group. The members of a global datastore
// need different names, so it carries the home.
func (s Scope) Cache(store string, generation int) string {
	return Join(CacheMax, append([]string{s.System, store}, append(gen(generation), string(s.Home))...)...)
}

// CacheGlobal is the chosen part of a global datastore's name; AWS puts five
// letters and a hyphen before it. ElastiCache documents no limit of its own.
func (s Scope) CacheGlobal(store string, generation int) string {
	return Join(CacheMax-len("abcde-"), append([]string{s.System, store}, gen(generation)...)...)
}

// CacheTest names the group that a restore test of a cache makes and deletes.
func (s Scope) CacheTest(store string, generation int) string {
	return Join(CacheMax, append([]string{s.System, store}, append(gen(generation), string(s.Home), "test")...)...)
}

// Snapshots is the part of the names of what keeps a cache's exported snapshots: their bucket, machine and schedule.
func Snapshots(store string) string { return store + "-snapshots" }

// StateMachine names a state machine.
func (s Scope) StateMachine(part string) string {
	return Join(StateMachineMax, s.System, part, string(s.Home))
}

// Schedule names a schedule and its group.
func (s Scope) Schedule(part string) string { return Join(ScheduleMax, s.System, part, string(s.Home)) }

// CacheUser names the user of a cache and its user group, alike in both homes
// and in every generation.
func (s Scope) CacheUser(store string) string { return Join(CacheMax, s.System, store) }

// Alarm names a CloudWatch alarm.
func (s Scope) Alarm(part string) string { return Join(AlarmMax, s.System, string(s.Home), part) }

// Flags names an application of AppConfig, which holds what one agent is told, and a deployment strategy.
func (s Scope) Flags(part string) string { return Join(FlagsMax, s.System, string(s.Home), part) }

// Path is a slash-separated name for log groups, parameters and secrets.
func (s Scope) Path(parts ...string) string {
	return "/" + strings.Join(append([]string{s.System, string(s.Home)}, parts...), "/")
}

// Alias names a KMS alias.
func (s Scope) Alias(part string) string {
	return "alias/" + Join(128, s.System, string(s.Home), part)
}

// StateAlias names the KMS alias of a key of the state, alike in both of the
// state's regions. Part is what the key opens, empty for the state itself.
func (s Scope) StateAlias(part string) string { return "alias/" + Join(128, s.System, "state", part) }

// ARN builds the ARN of something whose name is chosen. Resource is all that
// follows the account, such as "backup-vault:name".
func (s Scope) ARN(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, s.Region, s.Account, resource)
}

// Peer returns the scope of the other home, which lives in region.
func (s Scope) Peer(region string) Scope {
	s.Home, s.Region = s.Home.Peer(), region
	return s
}

// Last is the last part of an ARN's resource, such as the name of a role.
func Last(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

func gen(generation int) []string {
	if generation <= 1 {
		return nil
	}
	return []string{fmt.Sprintf("g%d", generation)}
}

// Join joins parts with hyphens. When the result exceeds limit, the parts are
// cut in proportion to their length and a hash of the whole is added, so that two
// long names which share a prefix stay different. No part begins or ends with a
// hyphen, so neither does the name; empty parts are left out. A limit that leaves
// less than a letter for each part is a programmer's error.
func Join(limit int, parts ...string) string {
	kept := make([]string, 0, len(parts)+1)
	for _, p := range parts {
		if p = strings.Trim(p, "-"); p != "" {
			kept = append(kept, p)
		}
	}
	whole := strings.Join(kept, "-")
	if len(whole) <= limit {
		return whole
	}
	sum := hash(whole)
	for n, size := range shares(limit-len(sum)-len(kept), kept) { // a hyphen after each part
		kept[n] = strings.TrimRight(kept[n][:size], "-")
	}
	return strings.Join(append(kept, sum), "-")
}

// hash is eight letters that tell two long names apart.
func hash(whole string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(whole))
	return fmt.Sprintf("%08x", h.Sum32())
}

// shares divides room among parts in proportion to their length, at least one each.
func shares(room int, parts []string) []int {
	if room < len(parts) {
		panic(fmt.Sprintf("naming: %d letters for the %d parts of %q", room, len(parts), parts))
	}
	letters := 0
	for _, p := range parts {
		letters += len(p)
	}
	out, sum := make([]int, len(parts)), 0
	for n, p := range parts {
		out[n] = max(1, len(p)*room/letters)
		sum += out[n]
	}
	for ; sum > room; sum-- { // only when a short part was rounded up to one
		longest := 0
		for n, size := range out {
			if size > out[longest] {
				longest = n
			}
		}
		out[longest]--
	}
	return out
}
