package world_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// refusal is something that AWS refuses, and the code it answers with.
type refusal struct {
	name   string
	region string
	kind   string
	in     func(l *lab) doc
	code   string
}

func checkRefusals(t *testing.T, build func(*lab), rows []refusal) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1)
			build(l)
			in := r.in(l) // may build something first
			before, err := l.Snapshot()
			require.NoError(t, err)
			region := r.region
			if region == "" {
				region = ireland
			}
			_, err = l.Create(region, r.kind, "urn:new", in)
			require.Error(t, err)
			assert.Equal(t, r.code, code(err), "%v", err)
			after, err := l.Snapshot()
			require.NoError(t, err)
			assert.True(t, string(before) == string(after), "a refusal changes nothing")
		})
	}
}

func TestCreate_refusesNetworksAsAWSDoes(t *testing.T) {
	t.Parallel()
	subnet := func(l *lab) doc {
		return doc{"VpcId": l.id(ireland, "vpc"), "CidrBlock": "10.1.9.0/24", "AvailabilityZone": "eu-west-1a"}
	}
	build := func(l *lab) {
		l.network(ireland, 1)
		l.network(frankfurt, 2)
		require.NotEmpty(t, l.make(ireland, "extra", "AWS::EC2::Subnet", subnet(l)).ID)
	}
	change := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc { return with(with(subnet(l), "CidrBlock", "10.1.10.0/24"), changes...) }
	}
	route := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc {
			return with(doc{"RouteTableId": l.id(ireland, "rtb"), "DestinationCidrBlock": "10.9.0.0/16"}, changes...)
		}
	}
	endpoint := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc {
			return with(doc{"VpcId": l.id(ireland, "vpc"), "ServiceName": "com.amazonaws.eu-west-1.s3"}, changes...)
		}
	}
	checkRefusals(t, build, []refusal{
		{"VPC too large", "", "AWS::EC2::VPC", func(*lab) doc { return doc{"CidrBlock": "10.0.0.0/8"} }, "InvalidVpc.Range"},
		{"zone of another region", "", "AWS::EC2::Subnet", change("AvailabilityZone", "eu-central-1a"),
			"InvalidParameterValue"},
		{"zone that is not there", "", "AWS::EC2::Subnet", change("AvailabilityZone", "eu-west-1d"), "InvalidParameterValue"},
		{"subnet outside the VPC", "", "AWS::EC2::Subnet", change("CidrBlock", "10.2.10.0/24"), "InvalidSubnet.Range"},
		{"subnet wider than the VPC", "", "AWS::EC2::Subnet", change("CidrBlock", "10.0.0.0/15"), "InvalidSubnet.Range"},
		{"subnets overlap", "", "AWS::EC2::Subnet", change("CidrBlock", "10.1.0.128/25"), "InvalidSubnet.Conflict"},
		{"VPC of the other region", "", "AWS::EC2::Subnet", func(l *lab) doc {
			return with(subnet(l), "VpcId", l.id(frankfurt, "vpc"))
		}, "InvalidVpcID.NotFound"},
		{"NAT without allocation", "", "AWS::EC2::NatGateway", func(l *lab) doc {
			return doc{"SubnetId": l.id(ireland, "subnet1")}
		}, "MissingParameter"},
		{"NAT with a taken allocation", "", "AWS::EC2::NatGateway", func(l *lab) doc {
			return doc{"SubnetId": l.id(ireland, "subnet1"), "AllocationId": l.id(ireland, "eip")}
		}, "Resource.AlreadyAssociated"},
		{"second gateway", "", "AWS::EC2::InternetGateway", func(l *lab) doc {
			return doc{"VpcId": l.id(ireland, "vpc")}
		}, "InvalidParameterValue"},
		{"route to nothing", "", "AWS::EC2::Route", route(), "InvalidParameterCombination"},
		{"route to a gateway that is not there", "", "AWS::EC2::Route", route("GatewayId", "igw-0"),
			"InvalidGatewayID.NotFound"},
		{"route that exists", "", "AWS::EC2::Route", func(l *lab) doc {
			return doc{"RouteTableId": l.id(ireland, "rtb"), "DestinationCidrBlock": "0.0.0.0/0",
				"GatewayId": l.id(ireland, "igw")}
		}, "RouteAlreadyExists"},
		{"route with host bits", "", "AWS::EC2::Route", func(l *lab) doc {
			return route("DestinationCidrBlock", "10.9.0.1/16", "GatewayId", l.id(ireland, "igw"))(l)
		}, "InvalidParameterValue"},
		{"subnet associated twice", "", "AWS::EC2::SubnetRouteTableAssociation", func(l *lab) doc {
			return doc{"RouteTableId": l.id(ireland, "rtb"), "SubnetId": l.id(ireland, "subnet0")}
		}, "Resource.AlreadyAssociated"},
		{"endpoint of another region", "", "AWS::EC2::VPCEndpoint",
			endpoint("ServiceName", "com.amazonaws.eu-central-1.s3"), "InvalidServiceName"},
		{"gateway endpoint for kms", "", "AWS::EC2::VPCEndpoint", endpoint("ServiceName", "com.amazonaws.eu-west-1.kms"),
			"InvalidParameter"},
		{"two endpoint subnets in a zone", "", "AWS::EC2::VPCEndpoint", func(l *lab) doc {
			return endpoint("ServiceName", "com.amazonaws.eu-west-1.kms", "VpcEndpointType", "Interface",
				"SubnetIds", []any{l.id(ireland, "subnet0"), l.id(ireland, "extra")})(l)
		}, "DuplicateSubnetsInSameZone"},
		{"flow log without traffic type", "", "AWS::EC2::FlowLog", func(l *lab) doc {
			return doc{"VpcId": l.id(ireland, "vpc"), "LogDestination": "arn:aws:logs:eu-west-1:123456789012:log-group:x"}
		}, "MissingParameter"},
		{"security group named sg-", "", "AWS::EC2::SecurityGroup", func(l *lab) doc {
			return doc{"VpcId": l.id(ireland, "vpc"), "Name": "sg-mine"}
		}, "InvalidParameterValue"},
		{"security group twice", "", "AWS::EC2::SecurityGroup", func(l *lab) doc {
			return doc{"VpcId": l.id(ireland, "vpc"), "Name": "db"}
		}, "InvalidGroup.Duplicate"},
		{"rule with two sources", "", "AWS::EC2::SecurityGroupIngress", func(l *lab) doc {
			return doc{"SecurityGroupId": l.id(ireland, "sg"), "IpProtocol": "-1", "CidrIpv4": "10.0.0.0/8",
				"PrefixListId": "pl-1"}
		}, "InvalidParameterCombination"},
		{"peering of overlapping networks", frankfurt, "AWS::EC2::VPCPeeringConnection", func(l *lab) doc {
			same := l.make(ireland, "same", "AWS::EC2::VPC", doc{"CidrBlock": "10.2.0.0/16"})
			return doc{"VpcId": l.id(frankfurt, "vpc"), "PeerVpcId": same.ID, "PeerRegion": ireland}
		}, "InvalidParameterValue"},
		{"peering with nobody", frankfurt, "AWS::EC2::VPCPeeringConnection", func(l *lab) doc {
			return doc{"VpcId": l.id(frankfurt, "vpc"), "PeerVpcId": "vpc-0", "PeerRegion": ireland}
		}, "InvalidVpcID.NotFound"},
		{"peering that accepts itself across regions", frankfurt, "AWS::EC2::VPCPeeringConnection", func(l *lab) doc {
			return doc{"VpcId": l.id(frankfurt, "vpc"), "PeerVpcId": l.id(ireland, "vpc"), "PeerRegion": ireland,
				"AutoAccept": true}
		}, "InvalidParameterCombination"},
	})
}

func TestPeering_isAcceptedByTheOtherSideOnly(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.network(ireland, 1)
	l.network(frankfurt, 2)
	c := l.make(frankfurt, "peering", "AWS::EC2::VPCPeeringConnection", doc{
		"VpcId": l.id(frankfurt, "vpc"), "PeerVpcId": l.id(ireland, "vpc"), "PeerRegion": ireland})
	assert.Equal(t, "pending-acceptance", c.Out["AcceptStatus"])
	acc := doc{"VpcPeeringConnectionId": c.ID, "AutoAccept": true}
	_, err := l.Create(frankfurt, "AWS::EC2::VPCPeeringConnectionAccepter", "self", acc)
	assert.Equal(t, "OperationNotPermitted", code(err), "the requester cannot accept")
	opts := doc{"VpcPeeringConnectionId": c.ID}
	_, err = l.Create(frankfurt, "AWS::EC2::VPCPeeringConnectionOptions", "early", opts)
	assert.Equal(t, "OperationNotPermitted", code(err), "options wait for the acceptance")

	a := l.make(ireland, "accepter", "AWS::EC2::VPCPeeringConnectionAccepter", acc)
	assert.Equal(t, "active", a.Out["AcceptStatus"])
	l.make(frankfurt, "options", "AWS::EC2::VPCPeeringConnectionOptions", opts)
	back, err := l.Read(frankfurt, "AWS::EC2::VPCPeeringConnection", c.ID)
	require.NoError(t, err)
	assert.Equal(t, "active", back.Out["AcceptStatus"])
	r := l.make(ireland, "to-peer", "AWS::EC2::Route", doc{
		"RouteTableId": l.id(ireland, "rtb"), "DestinationCidrBlock": "10.2.0.0/16", "VpcPeeringConnectionId": c.ID})
	assert.Equal(t, "active", r.Out["State"])

	require.NoError(t, l.remove(frankfurt, "peering"))
	r, err = l.Read(ireland, "AWS::EC2::Route", r.ID)
	require.NoError(t, err)
	assert.Equal(t, "blackhole", r.Out["State"])
	_, err = l.Read(ireland, "AWS::EC2::VPCPeeringConnection", c.ID)
	assert.True(t, world.IsNotFound(err))
}

func TestCreate_refusesDatabasesAsAWSDoes(t *testing.T) {
	t.Parallel()
	build := func(l *lab) {
		l.network(ireland, 1)
		l.network(frankfurt, 2)
		l.keys()
		l.make(ireland, "global", "AWS::RDS::GlobalCluster",
			doc{"GlobalClusterIdentifier": "db", "Engine": "aurora-postgresql", "StorageEncrypted": true})
		for _, region := range []string{ireland, frankfurt} {
			l.make(region, "subnetgroup", "AWS::RDS::DBSubnetGroup", doc{"Name": "db", "SubnetIds": l.subnets(region)})
		}
		l.make(ireland, "cluster", "AWS::RDS::DBCluster",
			l.cluster(ireland, "MasterUsername", "root", "MasterPassword", "secret"))
	}
	second := func(changes ...any) func(*lab) doc {
		return func(l *lab) doc { l.instance(ireland, 0); return l.cluster(frankfurt, changes...) }
	}
	const cluster, instance = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
	rows := []refusal{
		{"secondary before the primary's instance", frankfurt, cluster, func(l *lab) doc { return l.cluster(frankfurt) },
			"InvalidDBClusterStateFault"},
		{"secondary with credentials", frankfurt, cluster, second("MasterUsername", "root"), "InvalidParameterCombination"},
		{"secondary with a database name", frankfurt, cluster, second("DatabaseName", "app"), "InvalidParameterCombination"},
		{"secondary without its key", frankfurt, cluster, second("KmsKeyId", nil), "KMSKeyNotAccessibleFault"},
		{"secondary without the region it follows", frankfurt, cluster, second("SourceRegion", nil),
			"InvalidParameterCombination"},
		{"key of the other region", frankfurt, cluster,
			func(l *lab) doc { return second("KmsKeyId", l.arn(ireland, "key"))(l) }, "KMSKeyNotAccessibleFault"},
		{"key by its id", frankfurt, cluster, func(l *lab) doc { return second("KmsKeyId", l.id(frankfurt, "key"))(l) },
			"KMSKeyNotAccessibleFault"},
		{"member's id taken in the other region", frankfurt, cluster, second("ClusterIdentifier", "db-"+ireland),
			"DBClusterAlreadyExistsFault"},
		{"unencrypted member", frankfurt, cluster, second("StorageEncrypted", false, "KmsKeyId", nil),
			"InvalidParameterCombination"},
		{"managed password in a global database", frankfurt, cluster, second("ManageMasterUserPassword", true),
			"InvalidParameterCombination"},
		{"key without encryption", "", cluster, func(l *lab) doc {
			return l.cluster(ireland, "ClusterIdentifier", "x", "GlobalClusterIdentifier", nil, "MasterUsername", "r",
				"StorageEncrypted", false)
		}, "InvalidParameterCombination"},
		{"no credentials at all", "", cluster, func(l *lab) doc {
			return l.cluster(ireland, "ClusterIdentifier", "x", "GlobalClusterIdentifier", nil)
		}, "InvalidParameterValue"},
		{"id taken", "", cluster, func(l *lab) doc { return l.cluster(ireland, "MasterUsername", "other") },
			"DBClusterAlreadyExistsFault"},
		{"no retention", "", cluster, func(l *lab) doc {
			return l.cluster(ireland, "ClusterIdentifier", "x",
				"BackupRetentionPeriod", 0)
		}, "InvalidParameterValue"},
		{"small instances in a global database", "", instance, func(l *lab) doc {
			return doc{"Identifier": "i", "ClusterIdentifier": "db-" + ireland, "InstanceClass": "db.t4g.medium",
				"Engine": "aurora-postgresql"}
		}, "InvalidParameterCombination"},
		{"instance in a zone that is not there", "", instance, func(l *lab) doc {
			return doc{"Identifier": "i", "ClusterIdentifier": "db-" + ireland, "InstanceClass": "db.r6g.large",
				"Engine": "aurora-postgresql", "AvailabilityZone": "eu-central-1a"}
		}, "InvalidVPCNetworkStateFault"},
		{"subnet group in one zone", "", "AWS::RDS::DBSubnetGroup", func(l *lab) doc {
			return doc{"Name": "one", "SubnetIds": []any{l.id(ireland, "subnet0")}}
		}, "DBSubnetGroupDoesNotCoverEnoughAZs"},
		{"global cluster without engine", "", "AWS::RDS::GlobalCluster",
			func(*lab) doc { return doc{"GlobalClusterIdentifier": "x"} }, "InvalidParameterCombination"},
		{"recovery point objective too short", "", "AWS::RDS::DBClusterParameterGroup", func(*lab) doc {
			return doc{"Name": "p", "Family": "aurora-postgresql16",
				"Parameters": []any{doc{"Name": "rds.global_db_rpo", "Value": "5"}}}
		}, "InvalidParameterValue"},
	}
	checkRefusals(t, build, rows)
}

func TestDelete_keepsWhatAnotherStandsOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.network(ireland, 1)
	l.network(frankfurt, 2)
	l.keys()
	l.database()
	for name, want := range map[string]string{
		"vpc": "DependencyViolation", "subnet0": "DependencyViolation", "eip": "InvalidIPAddress.InUse",
		"igw": "DependencyViolation",
		"rtb": "DependencyViolation", "sg": "DependencyViolation", "subnetgroup": "InvalidDBSubnetGroupStateFault",
		"cluster": "InvalidDBClusterStateFault", "global": "InvalidGlobalClusterStateFault",
	} {
		assert.Equal(t, want, code(l.remove(ireland, name)), name)
	}
	require.NoError(t, l.remove(ireland, "instance1"))
	err := l.remove(ireland, "instance0")
	assert.Equal(t, "InvalidDBClusterStateFault", code(err))
	assert.ErrorContains(t, err, "last instance of the master cluster")
	require.NoError(t, l.remove(frankfurt, "instance0"))
	require.NoError(t, l.remove(frankfurt, "cluster"))
	require.NoError(t, l.remove(ireland, "instance0"))

	protected := l.cluster(ireland, "MasterUsername", "root", "MasterPassword", "secret", "DatabaseName", "app",
		"DeletionProtection", true)
	_, err = l.Update(ireland, "AWS::RDS::DBCluster", "db-"+ireland, protected)
	require.NoError(t, err)
	assert.Equal(t, "InvalidParameterCombination", code(l.remove(ireland, "cluster")), "deletion protection")
	_, err = l.Update(ireland, "AWS::RDS::DBCluster", "db-"+ireland, with(protected, "DeletionProtection", false))
	require.NoError(t, err)
	require.NoError(t, l.remove(ireland, "cluster"))
	require.NoError(t, l.remove(ireland, "global"))
}

func TestUpdate_refusesWhatAWSCannotChange(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.network(ireland, 1)
	vpc := l.made[ireland+"/vpc"]
	_, err := l.Update(ireland, vpc.Kind, vpc.ID, with(vpc.In, "CidrBlock", "10.7.0.0/16"))
	assert.Equal(t, "InvalidParameterValue", code(err))
	_, err = l.Update(ireland, vpc.Kind, "vpc-none", vpc.In)
	assert.True(t, world.IsNotFound(err))
	g := l.make(ireland, "logs", "AWS::Logs::LogGroup", doc{"Name": "a"})
	_, err = l.Update(ireland, g.Kind, g.ID, doc{"Name": "b"})
	assert.ErrorContains(t, err, "cannot be renamed")
}

func TestKinds_sayWhereTheirBehaviourIsFrom(t *testing.T) {
	t.Parallel()
	require.Greater(t, len(world.Kinds()), 70)
	for _, name := range world.Kinds() {
		k, ok := world.KindNamed(name)
		require.True(t, ok)
		assert.True(t, strings.HasPrefix(k.Source, "https://docs.aws.amazon.com/") ||
			strings.Contains(k.Source, "assumed"), name)
		assert.NotEmpty(t, k.Service, name)
	}
}
