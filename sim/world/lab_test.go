package world_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

const (
	ireland   = "eu-west-1"
	frankfurt = "eu-central-1"
	account   = "123456789012"
)

type doc = world.Document

// lab is a world with two homes, built by hand as the program builds them.
type lab struct {
	t *testing.T
	*world.World
	// made names what was created: region/name.
	made map[string]*world.Entity
	// order is the order of creation.
	order []string
}

func newLab(t *testing.T, seed uint64) *lab {
	t.Helper()
	t.Logf("seed %d", seed)
	return &lab{t: t, World: world.New(world.Config{Seed: seed}), made: map[string]*world.Entity{}}
}

// make creates something that must be accepted.
func (l *lab) make(region, name, kind string, in doc) *world.Entity {
	l.t.Helper()
	e, err := l.Create(region, kind, region+"/"+name, in)
	require.NoError(l.t, err, "%s %s", kind, name)
	l.made[region+"/"+name] = e
	l.order = append(l.order, region+"/"+name)
	return e
}

func (l *lab) id(region, name string) string {
	l.t.Helper()
	require.Contains(l.t, l.made, region+"/"+name)
	return l.made[region+"/"+name].ID
}

func (l *lab) arn(region, name string) string { return l.made[region+"/"+name].ARN }

// remove deletes what make made; delete uses the region of the creating call.
func (l *lab) remove(region, name string) error {
	l.t.Helper()
	require.Contains(l.t, l.made, region+"/"+name)
	e := l.made[region+"/"+name]
	return l.Delete(region, e.Kind, e.ID)
}

func (l *lab) inject(line string) {
	l.t.Helper()
	f, err := fault.Parse(line)
	require.NoError(l.t, err)
	require.NoError(l.t, l.Inject(f))
}

func (l *lab) call(region, service, op string, in doc) doc {
	l.t.Helper()
	out, err := l.Call(world.Request{Region: region, Service: service, Operation: op, Input: in})
	require.NoError(l.t, err, "%s.%s", service, op)
	return out
}

func code(err error) string {
	var e *world.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return fmt.Sprint(err)
}

// with returns a copy of a document with some properties changed; nil removes.
func with(d doc, changes ...any) doc {
	out := maps.Clone(d)
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == nil {
			delete(out, changes[i].(string))
			continue
		}
		out[changes[i].(string)] = changes[i+1]
	}
	return out
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// network builds a home's VPC: three zones, a gateway, a NAT gateway.
func (l *lab) network(region string, second int) {
	l.make(region, "vpc", "AWS::EC2::VPC", doc{"CidrBlock": fmt.Sprintf("10.%d.0.0/16", second),
		"EnableDnsSupport": true, "EnableDnsHostnames": true})
	l.make(region, "igw", "AWS::EC2::InternetGateway", doc{"VpcId": l.id(region, "vpc")})
	var subnets []any
	for i, zone := range world.Zones(region)[:3] {
		s := l.make(region, fmt.Sprint("subnet", i), "AWS::EC2::Subnet", doc{
			"VpcId": l.id(region, "vpc"), "CidrBlock": fmt.Sprintf("10.%d.%d.0/24", second, i), "AvailabilityZone": zone})
		subnets = append(subnets, s.ID)
	}
	l.make(region, "eip", "AWS::EC2::EIP", doc{"Domain": "vpc"})
	l.make(region, "nat", "AWS::EC2::NatGateway", doc{"SubnetId": subnets[0], "AllocationId": l.id(region, "eip")})
	l.make(region, "rtb", "AWS::EC2::RouteTable", doc{"VpcId": l.id(region, "vpc")})
	l.make(region, "route", "AWS::EC2::Route",
		doc{"RouteTableId": l.id(region, "rtb"), "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": l.id(region, "nat")})
	l.make(region, "rta", "AWS::EC2::SubnetRouteTableAssociation",
		doc{"RouteTableId": l.id(region, "rtb"), "SubnetId": subnets[0]})
	l.make(region, "sg", "AWS::EC2::SecurityGroup",
		doc{"VpcId": l.id(region, "vpc"), "Name": "db", "Description": "the database"})
}

func (l *lab) subnets(region string) []any {
	return []any{l.id(region, "subnet0"), l.id(region, "subnet1"), l.id(region, "subnet2")}
}

// keys builds a multi-region key in Ireland and its replica in Frankfurt.
func (l *lab) keys() {
	l.make(ireland, "key", "AWS::KMS::Key", doc{"MultiRegion": true, "EnableKeyRotation": true,
		"DeletionWindowInDays": 30})
	l.make(frankfurt, "key", "AWS::KMS::ReplicaKey",
		doc{"PrimaryKeyArn": l.arn(ireland, "key"), "DeletionWindowInDays": 7})
}

// cluster builds a member of the global database; the one in Frankfurt follows Ireland's.
func (l *lab) cluster(region string, extra ...any) doc {
	if region == frankfurt {
		extra = append([]any{"SourceRegion", ireland}, extra...)
	}
	return with(doc{
		"ClusterIdentifier": "db-" + region, "Engine": "aurora-postgresql", "GlobalClusterIdentifier": "db",
		"StorageEncrypted": true, "KmsKeyId": l.arn(region, "key"), "DbSubnetGroupName": "db",
		"VpcSecurityGroupIds": []any{l.id(region, "sg")}, "SkipFinalSnapshot": true, "BackupRetentionPeriod": 7,
	}, extra...)
}

func (l *lab) instance(region string, n int) {
	l.make(region, fmt.Sprint("instance", n), "AWS::RDS::DBInstance", doc{
		"Identifier": fmt.Sprintf("db-%s-%d", region, n), "ClusterIdentifier": "db-" + region,
		"InstanceClass": "db.r6g.large",
		"Engine":        "aurora-postgresql", "AvailabilityZone": world.Zones(region)[n]})
}

func (l *lab) database() {
	l.make(ireland, "global", "AWS::RDS::GlobalCluster",
		doc{"GlobalClusterIdentifier": "db", "Engine": "aurora-postgresql",
			"EngineVersion": "16.6", "StorageEncrypted": true})
	for _, region := range []string{ireland, frankfurt} {
		l.make(region, "subnetgroup", "AWS::RDS::DBSubnetGroup", doc{"Name": "db", "SubnetIds": l.subnets(region)})
	}
	l.make(ireland, "cluster", "AWS::RDS::DBCluster",
		l.cluster(ireland, "MasterUsername", "root", "MasterPassword", "secret", "DatabaseName", "app"))
	l.instance(ireland, 0)
	l.instance(ireland, 1)
	l.make(frankfurt, "cluster", "AWS::RDS::DBCluster", l.cluster(frankfurt))
	l.instance(frankfurt, 0)
}

func (l *lab) bucket(region string) string { return "data-" + account + "-" + region }

// buckets builds a locked, versioned, encrypted bucket in each home.
func (l *lab) buckets() {
	l.make(ireland, "replicator", "AWS::IAM::Role", doc{"Name": "replicator", "AssumeRolePolicy": trust})
	for _, region := range []string{ireland, frankfurt} {
		b := l.bucket(region)
		l.make(region, "bucket", "AWS::S3::Bucket", doc{"Bucket": b, "ObjectLockEnabled": true})
		l.make(region, "versioning", "AWS::S3::BucketVersioning",
			doc{"Bucket": b, "VersioningConfiguration": doc{"Status": "Enabled"}})
		l.make(region, "lock", "AWS::S3::BucketObjectLock",
			doc{"Bucket": b, "Rule": doc{"DefaultRetention": doc{"Mode": "COMPLIANCE", "Days": 7}}})
	}
}

// replication is a complete rule set from a region's bucket to the other's.
func (l *lab) replication(region, to string, changes ...any) doc {
	rule := with(doc{
		"Id": "all", "Status": "Enabled", "Priority": 1, "Filter": doc{"Prefix": ""},
		"DeleteMarkerReplication": doc{"Status": "Enabled"},
		"SourceSelectionCriteria": doc{"SseKmsEncryptedObjects": doc{"Status": "Enabled"},
			"ReplicaModifications": doc{"Status": "Enabled"}},
		"Destination": l.destination(to),
	}, changes...)
	return doc{"Bucket": l.bucket(region), "Role": l.arn(ireland, "replicator"), "Rules": []any{rule}}
}

func (l *lab) destination(to string, changes ...any) doc {
	return with(doc{
		"Bucket": "arn:aws:s3:::" + l.bucket(to), "EncryptionConfiguration": doc{"ReplicaKmsKeyId": l.arn(to, "key")},
		"ReplicationTime": doc{"Status": "Enabled", "Time": doc{"Minutes": 15}},
		"Metrics":         doc{"Status": "Enabled", "EventThreshold": doc{"Minutes": 15}},
	}, changes...)
}
