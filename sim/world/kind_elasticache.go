package world

import (
	"regexp"
	"slices"
	"strings"
)

const (
	kindCacheGroup  = "AWS::ElastiCache::ReplicationGroup"
	kindCacheGlobal = "AWS::ElastiCache::GlobalReplicationGroup"
	kindCacheSubnet = "AWS::ElastiCache::SubnetGroup"
	kindCacheParams = "AWS::ElastiCache::ParameterGroup"
	kindCacheUser   = "AWS::ElastiCache::User"
	kindCacheUsers  = "AWS::ElastiCache::UserGroup"
	kindCacheSnap   = "AWS::ElastiCache::Snapshot"

	cacheDoc    = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/"
	cacheAPI    = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_"
	badValue    = "InvalidParameterValue"
	badCombined = "InvalidParameterCombination"
)

var cacheKinds = []Kind{
	{
		Name: kindCacheGroup, Service: "elasticache", Source: cacheAPI + "CreateReplicationGroup.html",
		NotFound: "ReplicationGroupNotFoundFault", Exists: "ReplicationGroupAlreadyExists",
		Required: []string{"ReplicationGroupId", "Description"},
		Fixed: []string{"ReplicationGroupId", "SubnetGroupName", "KmsKeyId", "Port",
			"SnapshotName", "SnapshotArns"},
		Refs: []Link{
			link("SubnetGroupName", kindCacheSubnet, "CacheSubnetGroupNotFoundFault", "CacheSubnetGroupInUse"),
			link("ParameterGroupName", kindCacheParams, "CacheParameterGroupNotFound", "InvalidCacheParameterGroupState"),
			link("SecurityGroupIds", kindSG, badValue, "DependencyViolation"),
			link("UserGroupIds", kindCacheUsers, "UserGroupNotFound", "InvalidUserGroupState"),
		},
		id: named("ReplicationGroupId"), arn: arnOf("elasticache", "replicationgroup:{id}"),
		checks: []check{cacheName("ReplicationGroupId"), cacheShape, cacheWindows, cacheEncryption, cacheParameters,
			cacheSource, cacheMember, cacheMemberChange},
		computed: cacheComputed, after: joinCacheGlobal, guard: cacheGuard, remove: removeCacheGroup, seen: cacheSeen,
	},
	{
		// Every region describes it (assumed of those without a member), and takes its changes (assumed too).
		Name: kindCacheGlobal, Service: "elasticache", Shared: true,
		Source:   cacheDoc + "Redis-Global-Datastores-Getting-Started.html",
		NotFound: "GlobalReplicationGroupNotFoundFault", Exists: "GlobalReplicationGroupAlreadyExistsFault",
		Required: []string{"GlobalReplicationGroupIdSuffix", "PrimaryReplicationGroupId"},
		Fixed:    []string{"GlobalReplicationGroupIdSuffix"},
		id:       cacheGlobalID,
		arn: func(t *tx, e *Entity) string {
			return "arn:aws:elasticache::" + t.cfg.Account + ":globalreplicationgroup:" + cacheGlobalID(t, e)
		},
		checks: []check{cacheGlobalShape}, computed: cacheGlobalComputed, guard: cacheGlobalGuard, seen: cacheGlobalSeen,
	},
	{
		Name: kindCacheSubnet, Service: "elasticache", Source: cacheAPI + "CreateCacheSubnetGroup.html",
		NotFound: "CacheSubnetGroupNotFoundFault", Exists: "CacheSubnetGroupAlreadyExists",
		Required: []string{"Name", "SubnetIds"},
		Refs:     []Link{link("SubnetIds", kindSubnet, "InvalidSubnet", "DependencyViolation")},
		id:       named("Name"), arn: arnOf("elasticache", "subnetgroup:{id}"),
		computed: func(t *tx, e *Entity) {
			def(e, "Description", "Managed by Pulumi")
			e.Out["VpcId"] = t.vpcOf(e, "SubnetIds")
		},
	},
	{
		Name: kindCacheParams, Service: "elasticache", Source: cacheAPI + "CreateCacheParameterGroup.html",
		NotFound: "CacheParameterGroupNotFound", Exists: "CacheParameterGroupAlreadyExists",
		Required: []string{"Name", "Family"}, Fixed: []string{"Name", "Family", "Description"},
		id: named("Name"), arn: arnOf("elasticache", "parametergroup:{id}"), checks: []check{cacheFamily},
		computed: func(_ *tx, e *Entity) { def(e, "Description", "Managed by Pulumi") },
	},
	{
		Name: kindCacheUser, Service: "elasticache", Source: cacheDoc + "auth-iam.html",
		NotFound: "UserNotFound", Exists: "UserAlreadyExists",
		Required: []string{"UserId", "UserName", "Engine", "AccessString"}, Fixed: []string{"UserId", "UserName"},
		id: named("UserId"), arn: arnOf("elasticache", "user:{id}"), checks: []check{cacheName("UserId"), cacheUser},
		computed: func(_ *tx, e *Entity) { def(e, "NoPasswordRequired", false) },
	},
	{
		Name: kindCacheUsers, Service: "elasticache", Source: cacheDoc + "Clusters.RBAC.html",
		NotFound: "UserGroupNotFound", Exists: "UserGroupAlreadyExists",
		Required: []string{"UserGroupId", "Engine"}, Fixed: []string{"UserGroupId"},
		Refs: []Link{link("UserIds", kindCacheUser, "UserNotFound", "")},
		id:   named("UserGroupId"), arn: arnOf("elasticache", "usergroup:{id}"),
		checks: []check{cacheName("UserGroupId"), cacheUserGroup},
	},
	{
		Name: kindCacheSnap, Service: "elasticache", Source: cacheAPI + "CreateSnapshot.html",
		NotFound: "SnapshotNotFoundFault", Exists: "SnapshotAlreadyExistsFault", Required: []string{"SnapshotName"},
		id: named("SnapshotName"), arn: arnOf("elasticache", "snapshot:{id}"),
	},
}

// cacheName is the rule of ElastiCache's ids: at most 40 lower-case letters,
// digits and single hyphens, a letter first.
func cacheName(property string) check {
	return func(t *tx, e, old *Entity) error {
		if len(str(e.In, property)) > 40 {
			return refuse(badValue, "%s %q is longer than 40 characters", property, str(e.In, property))
		}
		return rdsName(property)(t, e, old)
	}
}

var cacheVersion = regexp.MustCompile(`^\d+\.\d+$`)

// cacheShape holds what the members of a group ask of each other:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
func cacheShape(_ *tx, e, _ *Entity) error {
	nodes, version := numOr(e.In, "NumCacheClusters", 1), str(e.In, "EngineVersion")
	zones := strs(e.In, "PreferredCacheClusterAzs")
	switch {
	case yes(e.In, "MultiAzEnabled") && !yes(e.In, "AutomaticFailoverEnabled"):
		return refuse(badCombined, "%s: Multi-AZ needs automatic failover", e.ID)
	case yes(e.In, "AutomaticFailoverEnabled") && nodes < 2 && !has(e.In, "NumNodeGroups"):
		return refuse(badCombined, "%s: automatic failover needs at least 2 nodes", e.ID)
	case nodes < 1 || nodes > 6:
		return refuse(badValue, "%s: NumCacheClusters is %v, want 1 to 6", e.ID, nodes)
	case len(zones) > 0 && float64(len(zones)) != nodes:
		return refuse(badCombined, "%s: %d preferred zones for %v nodes", e.ID, len(zones), nodes)
	case str(e.In, "GlobalReplicationGroupId") == "" && str(e.In, "NodeType") == "":
		return refuse(badCombined, "%s: NodeType is required", e.ID)
	case version != "" && !cacheVersion.MatchString(version):
		return refuse(badCombined, "%s: EngineVersion is %q, want major.minor", e.ID, version)
	case numOr(e.In, "SnapshotRetentionLimit", 0) > 35:
		return refuse(badValue, "%s: SnapshotRetentionLimit is more than 35", e.ID)
	case len(strs(e.In, "UserGroupIds")) > 0 && !yes(e.In, "TransitEncryptionEnabled") &&
		str(e.In, "GlobalReplicationGroupId") == "":
		return refuse(badCombined, "%s: a user group needs encryption in transit", e.ID)
	case len(strs(e.In, "UserGroupIds")) > 1:
		return refuse(badValue, "%s: only one user group is taken", e.ID)
	}
	for _, zone := range zones {
		if !isZone(e.Region, zone) {
			return refuse(badValue, "%s: zone %q is not in %s", e.ID, zone, e.Region)
		}
	}
	return nil
}

// cacheWindows refuses a snapshot window that meets the maintenance window:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
func cacheWindows(_ *tx, e, _ *Entity) error {
	snapshot, maintenance := str(e.In, "SnapshotWindow"), str(e.In, "MaintenanceWindow")
	day, _, _ := strings.Cut(maintenance, ":")
	if snapshot == "" || day == "" {
		return nil
	}
	from, to, ok := strings.Cut(strings.ReplaceAll(maintenance, day+":", ""), "-")
	begin, end, _ := strings.Cut(snapshot, "-")
	if ok && from < end && begin < to {
		return refuse(badValue, "%s: the snapshot window %s meets the maintenance window %s", e.ID, snapshot, maintenance)
	}
	return nil
}

func cacheEncryption(t *tx, e, old *Entity) error {
	key := str(e.In, "KmsKeyId")
	joins := str(e.In, "GlobalReplicationGroupId") != ""
	switch {
	case key == "" || old != nil:
		return nil
	case !joins && !yes(e.In, "AtRestEncryptionEnabled"):
		return refuse(badCombined, "%s: KmsKeyId needs encryption at rest", e.ID)
	}
	return t.keyUsable(e.Region, key, badValue)
}

// cacheParameters refuses parameters of another engine or major version.
func cacheParameters(t *tx, e, _ *Entity) error {
	name := str(e.In, "ParameterGroupName")
	if name == "" {
		return nil
	}
	family := str(t.get(kindCacheParams, e.Region, name).In, "Family")
	if want := cacheFamilyOf(str(e.In, "Engine"), str(e.In, "EngineVersion")); want != "" && family != want {
		return refuse(badCombined, "%s: parameter group %s is of family %s, want %s", e.ID, name, family, want)
	}
	return nil
}

func cacheFamilyOf(engine, version string) string {
	major, _, ok := strings.Cut(version, ".")
	if !ok {
		return ""
	}
	return firstOf(engine, "redis") + major
}

var cacheFamilies = []string{"valkey7", "valkey8", "redis6.x", "redis7"}

func cacheFamily(_ *tx, e, _ *Entity) error {
	if f := str(e.In, "Family"); !slices.Contains(cacheFamilies, f) {
		return refuse(badValue, "%s: family %q is none of %s", e.ID, f, strings.Join(cacheFamilies, ", "))
	}
	return nil
}

// cacheSource holds what a group is filled from: a snapshot of the region, or
// objects that ElastiCache may read.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-seeding-redis.html
func cacheSource(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	if name := str(e.In, "SnapshotName"); name != "" {
		if s, err := t.usableSnapshot(e.Region, name); err != nil {
			return err
		} else if !strings.EqualFold(str(s.In, "Engine"), str(e.In, "Engine")) {
			return refuse(badCombined, "%s: snapshot %s is of engine %s", e.ID, name, str(s.In, "Engine"))
		}
	}
	for _, arn := range strs(e.In, "SnapshotArns") {
		name, key, _ := strings.Cut(strings.TrimPrefix(arn, "arn:aws:s3:::"), "/")
		bucket, err := t.snapshotBucket(e.Region, name, "s3:GetObject")
		if err != nil {
			return err
		}
		if len(t.versions(bucket, key)) == 0 {
			return refuse(badValue, "%s: %s does not exist", e.ID, arn)
		}
	}
	return nil
}

// cacheUser: who authenticates by IAM is called as its id is.
func cacheUser(_ *tx, e, _ *Entity) error {
	mode := str(e.In, "AuthenticationMode.Type")
	switch {
	case mode == "iam" && str(e.In, "UserId") != str(e.In, "UserName"):
		return refuse(badValue, "%s: an IAM user's id and name must be equal", e.ID)
	case mode == "" && !yes(e.In, "NoPasswordRequired") && !has(e.In, "Passwords"):
		return refuse(badValue, "%s: a user needs a password, IAM, or to need none", e.ID)
	case mode == "password" && !has(e.In, "AuthenticationMode.Passwords"):
		return refuse(badValue, "%s: mode password needs passwords", e.ID)
	}
	return nil
}

// cacheUserGroup: a group of Redis users needs one called default; one of
// Valkey users does not.
func cacheUserGroup(t *tx, e, _ *Entity) error {
	names := []string{}
	for _, id := range strs(e.In, "UserIds") {
		u := t.get(kindCacheUser, e.Region, id)
		if !strings.EqualFold(str(u.In, "Engine"), str(e.In, "Engine")) && strings.EqualFold(str(e.In, "Engine"), "redis") {
			return refuse(badValue, "%s: user %s is of another engine", e.ID, id)
		}
		names = append(names, str(u.In, "UserName"))
	}
	if strings.EqualFold(str(e.In, "Engine"), "redis") && !slices.Contains(names, "default") {
		return refuse("DefaultUserRequired", "%s: a group of Redis users needs the user default", e.ID)
	}
	return nil
}
