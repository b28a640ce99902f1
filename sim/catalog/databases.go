package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
)

var databasesRows = []row{
	{"aws:rds/globalCluster:GlobalCluster", "aws_rds_global_cluster", rds.GlobalClusterArgs{}, rds.GlobalClusterState{}},
	{"aws:rds/cluster:Cluster", "aws_rds_cluster", rds.ClusterArgs{}, rds.ClusterState{}},
	{"aws:rds/clusterInstance:ClusterInstance", "aws_rds_cluster_instance", rds.ClusterInstanceArgs{}, rds.ClusterInstanceState{}},
	{"aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws_rds_cluster_parameter_group", rds.ClusterParameterGroupArgs{}, rds.ClusterParameterGroupState{}},
	{"aws:rds/subnetGroup:SubnetGroup", "aws_db_subnet_group", rds.SubnetGroupArgs{}, rds.SubnetGroupState{}},
	{"aws:rds/proxy:Proxy", "aws_db_proxy", rds.ProxyArgs{}, rds.ProxyState{}},
	{"aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", "aws_db_proxy_default_target_group", rds.ProxyDefaultTargetGroupArgs{}, rds.ProxyDefaultTargetGroupState{}},
	{"aws:rds/proxyTarget:ProxyTarget", "aws_db_proxy_target", rds.ProxyTargetArgs{}, rds.ProxyTargetState{}},
	{"aws:rds/proxyEndpoint:ProxyEndpoint", "aws_db_proxy_endpoint", rds.ProxyEndpointArgs{}, rds.ProxyEndpointState{}},
	{"aws:dynamodb/table:Table", "aws_dynamodb_table", dynamodb.TableArgs{}, dynamodb.TableState{}},
	{"aws:dynamodb/tableReplica:TableReplica", "aws_dynamodb_table_replica", dynamodb.TableReplicaArgs{}, dynamodb.TableReplicaState{}},
	{"aws:elasticache/replicationGroup:ReplicationGroup", "aws_elasticache_replication_group", elasticache.ReplicationGroupArgs{}, elasticache.ReplicationGroupState{}},
	{"aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", "aws_elasticache_global_replication_group", elasticache.GlobalReplicationGroupArgs{}, elasticache.GlobalReplicationGroupState{}},
	{"aws:elasticache/subnetGroup:SubnetGroup", "aws_elasticache_subnet_group", elasticache.SubnetGroupArgs{}, elasticache.SubnetGroupState{}},
	{"aws:elasticache/parameterGroup:ParameterGroup", "aws_elasticache_parameter_group", elasticache.ParameterGroupArgs{}, elasticache.ParameterGroupState{}},
	{"aws:elasticache/user:User", "aws_elasticache_user", elasticache.UserArgs{}, elasticache.UserState{}},
	{"aws:elasticache/userGroup:UserGroup", "aws_elasticache_user_group", elasticache.UserGroupArgs{}, elasticache.UserGroupState{}},
}
