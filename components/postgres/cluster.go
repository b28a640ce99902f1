package postgres

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/system"
)

const engine = "aurora-postgresql"

// long is how long AWS may take to build, change or delete a member of a
// global database.
var long = pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "120m", Update: "120m", Delete: "120m"})

// maintenance differs in the homes, so that no maintenance meets both on one
// day, and the secondary's comes first. It stays clear of the backup plans.
var maintenance = map[system.Home]string{
	system.Primary:   "wed:08:00-wed:09:00",
	system.Secondary: "mon:08:00-mon:09:00",
}

const backupWindow = "06:00-06:30"

// database declares the global database where this home is the seed, and the
// home's cluster.
func (b *builder) database(g groups) error {
	if b.args.Adopt != nil {
		return b.adopt()
	}
	global, err := b.global()
	if err != nil {
		return err
	}
	cluster, err := b.cluster(global, g)
	if err != nil {
		return err
	}
	members, err := b.instances(cluster)
	if err != nil {
		return err
	}
	c := b.component
	c.ClusterID, c.ClusterArn, c.GlobalID = cluster.ClusterIdentifier, cluster.Arn, global
	c.Endpoint, c.ReaderEndpoint = cluster.Endpoint, cluster.ReaderEndpoint
	c.Members = members
	return nil
}

// global returns the name of the global database, which the seed creates
// empty; its cluster joins it, as the other home's does later.
func (b *builder) global() (pulumi.StringOutput, error) {
	if !b.args.Seed {
		return pulumi.String(b.globalID()).ToStringOutput(), nil
	}
	g, err := rds.NewGlobalCluster(b.ctx, b.name+"-global", &rds.GlobalClusterArgs{
		GlobalClusterIdentifier: pulumi.String(b.globalID()),
		Engine:                  pulumi.String(engine),
		EngineVersion:           pulumi.String(b.args.EngineVersion),
		StorageEncrypted:        pulumi.Bool(true),
		DeletionProtection:      pulumi.Bool(b.args.Protect),
		Tags:                    b.tags(),
	}, b.kept(long)...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return g.GlobalClusterIdentifier, nil
}

// adopt reads an existing cluster and makes it the seed of the global database.
func (b *builder) adopt() error {
	cluster, err := rds.GetCluster(b.ctx, b.name+"-cluster", pulumi.ID(b.args.Adopt.ClusterID), nil, b.child()...)
	if err != nil {
		return err
	}
	global, err := rds.NewGlobalCluster(b.ctx, b.name+"-global", &rds.GlobalClusterArgs{
		GlobalClusterIdentifier:   pulumi.String(b.globalID()),
		SourceDbClusterIdentifier: pulumi.String(b.args.Scope.ARN("rds", "cluster:"+b.args.Adopt.ClusterID)),
		// A destroy takes the adopted cluster out of the global database and leaves it standing.
		ForceDestroy:       pulumi.Bool(true),
		DeletionProtection: pulumi.Bool(b.args.Protect),
		Tags:               b.tags(),
	}, b.kept(long)...)
	if err != nil {
		return err
	}
	c := b.component
	c.ClusterID, c.ClusterArn, c.GlobalID = cluster.ClusterIdentifier, cluster.Arn, global.GlobalClusterIdentifier
	c.Endpoint, c.ReaderEndpoint = cluster.Endpoint, cluster.ReaderEndpoint
	c.Members = cluster.ClusterMembers
	return nil
}

// cluster declares the home's cluster. Both homes state the same, but for the
// credentials and the database, which AWS refuses on a cluster that follows.
func (b *builder) cluster(global pulumi.StringOutput, g groups) (*rds.Cluster, error) {
	a := b.args
	parameters, err := b.parameterGroup()
	if err != nil {
		return nil, err
	}
	subnets, err := b.subnetGroup()
	if err != nil {
		return nil, err
	}
	logs, err := b.logGroup("log", "/aws/rds/cluster/"+b.clusterID()+"/postgresql")
	if err != nil {
		return nil, err
	}
	args := &rds.ClusterArgs{
		ClusterIdentifier:                pulumi.String(b.clusterID()),
		GlobalClusterIdentifier:          global,
		Engine:                           pulumi.String(engine),
		EngineVersion:                    pulumi.String(a.EngineVersion),
		DbClusterParameterGroupName:      parameters,
		DbSubnetGroupName:                subnets,
		VpcSecurityGroupIds:              pulumi.StringArray{g.database},
		Port:                             pulumi.Int(Port),
		StorageEncrypted:                 pulumi.Bool(true),
		KmsKeyId:                         a.KeyArn,
		BackupRetentionPeriod:            pulumi.Int(a.Store.Retention.PITRDays),
		PreferredBackupWindow:            pulumi.String(backupWindow),
		PreferredMaintenanceWindow:       pulumi.String(maintenance[a.Scope.Home]),
		CopyTagsToSnapshot:               pulumi.Bool(true),
		DeleteAutomatedBackups:           pulumi.Bool(false),
		SkipFinalSnapshot:                pulumi.Bool(false),
		FinalSnapshotIdentifier:          pulumi.String(b.finalSnapshot()),
		EnabledCloudwatchLogsExports:     pulumi.ToStringArray([]string{"postgresql"}),
		EnableGlobalWriteForwarding:      pulumi.Bool(a.Store.WriteForwarding),
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),
		DeletionProtection:               pulumi.Bool(a.Protect),
		// Without it a change waits for the window and every preview until then repeats it.
		ApplyImmediately: pulumi.Bool(true),
		Tags:             b.tags(),
	}
	if a.Seed {
		args.MasterUsername = pulumi.String(a.username())
		args.MasterPassword = a.Password.ToStringOutput().ToStringPtrOutput()
		args.DatabaseName = pulumi.String(DatabaseName(a.Store))
	} else {
		// An encrypted cluster joins only with a URL signed for the region it follows, which the
		// provider makes when it knows that region
		// (github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/719). Nothing reads it later.
		args.SourceRegion = pulumi.String(a.PeerRegion)
	}
	return rds.NewCluster(b.ctx, b.name+"-cluster", args,
		b.kept(long, ignore(clusterDrift), pulumi.DependsOn([]pulumi.Resource{logs}))...)
}

func (b *builder) finalSnapshot() string {
	if b.args.FinalSnapshot != "" {
		return b.args.FinalSnapshot
	}
	return b.physical("final")
}

// instances pins one instance to each zone. The first is made before the
// others, so that a new database writes in the first zone; later the writer is
// wherever a failover within the home has put it.
func (b *builder) instances(cluster *rds.Cluster) (pulumi.StringArrayOutput, error) {
	role, ready, err := b.monitoringRole()
	if err != nil {
		return pulumi.StringArrayOutput{}, err
	}
	var members pulumi.StringArray
	after := []pulumi.Resource{ready}
	for i, zone := range b.args.Zones {
		m, err := b.instance(i, zone, cluster, role, after)
		if err != nil {
			return pulumi.StringArrayOutput{}, err
		}
		members = append(members, m.Identifier)
		b.members = append(b.members, m)
		if i == 0 {
			after = append(after, m)
		}
	}
	return members.ToStringArrayOutput(), nil
}

func (b *builder) instance(i int, zone string, cluster *rds.Cluster, role *iam.Role,
	after []pulumi.Resource,
) (*rds.ClusterInstance, error) {
	number := fmt.Sprint(i + 1)
	return rds.NewClusterInstance(b.ctx, b.name+"-instance-"+number, &rds.ClusterInstanceArgs{
		Identifier:                         pulumi.String(b.physical(number)),
		ClusterIdentifier:                  cluster.ClusterIdentifier,
		Engine:                             pulumi.String(engine),
		InstanceClass:                      pulumi.String(b.args.InstanceClass),
		AvailabilityZone:                   pulumi.String(zone),
		PromotionTier:                      pulumi.Int(i),
		DbSubnetGroupName:                  cluster.DbSubnetGroupName,
		PubliclyAccessible:                 pulumi.Bool(false),
		PerformanceInsightsEnabled:         pulumi.Bool(true),
		PerformanceInsightsKmsKeyId:        b.args.KeyArn,
		PerformanceInsightsRetentionPeriod: pulumi.Int(7),
		MonitoringInterval:                 pulumi.Int(15),
		MonitoringRoleArn:                  role.Arn,
		AutoMinorVersionUpgrade:            pulumi.Bool(false),
		PreferredMaintenanceWindow:         pulumi.String(maintenance[b.args.Scope.Home]),
		CopyTagsToSnapshot:                 pulumi.Bool(true),
		ApplyImmediately:                   pulumi.Bool(true),
		Tags:                               b.tags(),
	}, b.child(long, ignore(instanceDrift), pulumi.DependsOn(after),
		pulumi.DeleteBeforeReplace(true))...) // the identifier is chosen
}

// monitoringRole returns the role of enhanced monitoring, and what must stand
// before it is used.
func (b *builder) monitoringRole() (*iam.Role, pulumi.Resource, error) {
	trust := iampolicy.Trust("monitoring.rds.amazonaws.com", iampolicy.SourceAccount(b.args.Scope.Account))
	role, err := iam.NewRole(b.ctx, b.name+"-monitoring", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role(b.args.Store.Name + "-monitoring")),
		Description:      pulumi.String("Lets the database's instances publish operating-system metrics"),
		AssumeRolePolicy: pulumi.String(trust.JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	attached, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-monitoring-metrics", &iam.RolePolicyAttachmentArgs{
		Role:      role.Name,
		PolicyArn: pulumi.String("arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"),
	}, b.child()...)
	return role, attached, err
}

// logGroup declares a log group before the service that writes to it would
// create one without an end or a key.
func (b *builder) logGroup(part, name string) (*cloudwatch.LogGroup, error) {
	return cloudwatch.NewLogGroup(b.ctx, b.name+"-"+part, &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(name),
		RetentionInDays: pulumi.Int(b.args.LogDays),
		KmsKeyId:        b.args.LogKeyArn,
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
}

func (b *builder) subnetGroup() (pulumi.StringOutput, error) {
	s, err := rds.NewSubnetGroup(b.ctx, b.name+"-subnets", &rds.SubnetGroupArgs{
		Description: pulumi.String("The isolated subnets of the home, one a zone"),
		SubnetIds:   b.args.SubnetIDs,
		Tags:        b.tags(),
	}, b.child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return s.Name, nil
}
