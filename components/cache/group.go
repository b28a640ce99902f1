package cache

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

const engine = "valkey"

// snapshotDaysMax is how long ElastiCache keeps a snapshot that it took itself:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
const snapshotDaysMax = 35

// long is how long AWS may take to build, change or delete a member of a
// global datastore.
var long = pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "90m", Update: "90m", Delete: "90m"})

// maintenance differs in the homes, so that no maintenance meets both on one
// day, and the secondary's comes first. AWS refuses a snapshot window that meets it.
var maintenance = map[system.Home]string{
	system.Primary:   "wed:09:30-wed:10:30",
	system.Secondary: "mon:09:30-mon:10:30",
}

// snapshotWindow is when AWS takes the daily snapshot; the export follows it.
const snapshotWindow = "04:00-05:00"

// parts are what a group stands on.
type parts struct {
	access, users, subnets, parameters pulumi.StringOutput
}

// group declares the home's replication group and, in the seed of a replicated
// cache, the global datastore around it.
func (b *builder) group(p parts) error {
	a := b.args
	args := &elasticache.ReplicationGroupArgs{
		ReplicationGroupId:       pulumi.String(b.groupID()),
		Description:              pulumi.String("The cache " + a.Store.Name + " of " + a.Scope.System),
		NumCacheClusters:         pulumi.Int(len(a.Zones)),
		PreferredCacheClusterAzs: pulumi.ToStringArray(a.Zones),
		MultiAzEnabled:           pulumi.Bool(true),
		AutomaticFailoverEnabled: pulumi.Bool(true),
		KmsKeyId:                 a.KeyArn.ToStringOutput().ToStringPtrOutput(),
		Port:                     pulumi.Int(Port),
		SubnetGroupName:          p.subnets,
		SecurityGroupIds:         pulumi.StringArray{p.access},
		UserGroupIds:             pulumi.StringArray{p.users},
		MaintenanceWindow:        pulumi.String(maintenance[a.Scope.Home]),
		AutoMinorVersionUpgrade:  pulumi.Bool(false),
		// Without it a change waits for the window and every preview until then repeats it.
		ApplyImmediately: pulumi.Bool(true),
		Tags:             b.tags(),
	}
	if a.kept() {
		args.SnapshotRetentionLimit = pulumi.Int(a.Store.Retention.DailyDays)
		args.SnapshotWindow = pulumi.String(snapshotWindow)
		args.FinalSnapshotIdentifier = pulumi.String(b.groupID() + "-final")
	}
	if a.joins() {
		args.GlobalReplicationGroupId = pulumi.String(a.GlobalID)
	} else {
		args.Engine = pulumi.String(engine)
		args.EngineVersion = pulumi.String(a.EngineVersion)
		args.NodeType = pulumi.String(a.NodeType)
		args.ParameterGroupName = p.parameters
		args.AtRestEncryptionEnabled = pulumi.Bool(true)
		args.TransitEncryptionEnabled = pulumi.Bool(true)
	}
	own := []pulumi.ResourceOption{long, pulumi.DeleteBeforeReplace(true)} // the name is chosen
	switch {
	case a.joins():
		own = append(own, ignore(memberDrift))
	case a.Replicated:
		own = append(own, ignore(seedDrift))
	}
	group, err := elasticache.NewReplicationGroup(b.ctx, b.name+"-group", args, b.kept(own...)...)
	if err != nil {
		return err
	}
	c := b.component
	c.GroupID, c.Arn, c.Members = group.ReplicationGroupId, group.Arn, group.MemberClusters
	c.Endpoint, c.ReaderEndpoint = group.PrimaryEndpointAddress, group.ReaderEndpointAddress
	return b.global(group)
}

// global names the datastore that the group belongs to; the seed makes it.
func (b *builder) global(group *elasticache.ReplicationGroup) error {
	a := b.args
	if !a.Replicated {
		return nil
	}
	if !a.Seed {
		b.component.GlobalID = pulumi.String(a.GlobalID).ToStringOutput()
		return nil
	}
	g, err := elasticache.NewGlobalReplicationGroup(b.ctx, b.name+"-global", &elasticache.GlobalReplicationGroupArgs{
		GlobalReplicationGroupIdSuffix:    pulumi.String(a.Scope.CacheGlobal(a.Store.Name, a.Generation)),
		GlobalReplicationGroupDescription: pulumi.String("The cache " + a.Store.Name + " in both homes"),
		PrimaryReplicationGroupId:         group.ReplicationGroupId,
		EngineVersion:                     pulumi.String(a.EngineVersion),
		CacheNodeType:                     pulumi.String(a.NodeType),
	}, b.kept(long, ignore(globalDrift))...)
	if err != nil {
		return err
	}
	b.component.GlobalID = g.GlobalReplicationGroupId
	return nil
}

// subnetGroup leaves the name to Pulumi: a group in use cannot be deleted
// before its successor stands.
func (b *builder) subnetGroup() (pulumi.StringOutput, error) {
	s, err := elasticache.NewSubnetGroup(b.ctx, b.name+"-subnets", &elasticache.SubnetGroupArgs{
		Description: pulumi.String("The isolated subnets of the home, one a zone"),
		SubnetIds:   b.args.SubnetIDs,
		Tags:        b.tags(),
	}, b.child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return s.Name, nil
}

// parameterGroup says what happens when memory is full: a cache that is rebuilt
// drops what was used least, one that nothing else holds refuses to write.
func (b *builder) parameterGroup() (pulumi.StringOutput, error) {
	policy := "allkeys-lru"
	if b.args.kept() {
		policy = "noeviction"
	}
	g, err := elasticache.NewParameterGroup(b.ctx, b.name+"-parameters", &elasticache.ParameterGroupArgs{
		Family:      pulumi.String(b.args.family()),
		Description: pulumi.String("The settings of the cache " + b.args.Store.Name), // a change replaces the group
		Parameters: elasticache.ParameterGroupParameterArray{
			&elasticache.ParameterGroupParameterArgs{Name: pulumi.String("maxmemory-policy"), Value: pulumi.String(policy)},
		},
		Tags: b.tags(),
	}, b.child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return g.Name, nil
}
