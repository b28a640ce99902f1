package provider

var specsOfData = map[string]spec{
	"aws:rds/globalCluster:GlobalCluster": {kind: "AWS::RDS::GlobalCluster",
		unread: []string{"forceDestroy", "sourceDbClusterIdentifier"}},
	"aws:rds/cluster:Cluster": {kind: "AWS::RDS::DBCluster",
		name:   lowerName("clusterIdentifier", "clusterIdentifierPrefix", 63),
		sticky: []string{"scalingConfiguration", "serverlessv2ScalingConfiguration"},
		// An update without it calls PromoteReadReplicaDBCluster.
		acts: []string{"replicationSourceIdentifier"},
		unread: []string{"allowMajorVersionUpgrade", "applyImmediately", "deleteAutomatedBackups",
			"finalSnapshotIdentifier", "masterPassword", "restoreToPointInTime",
			"skipFinalSnapshot", "snapshotIdentifier", "sourceRegion"}},
	"aws:rds/clusterInstance:ClusterInstance": {kind: "AWS::RDS::DBInstance",
		name:   lowerName("identifier", "identifierPrefix", 63),
		unread: []string{"applyImmediately", "forceDestroy"}},
	"aws:rds/clusterParameterGroup:ClusterParameterGroup": {kind: "AWS::RDS::DBClusterParameterGroup",
		name:     lowerName("name", "namePrefix", 255),
		names:    []string{"parameters.name", "parameters.applyMethod"},
		defaults: map[string]any{"parameters.applyMethod": "immediate"}},
	"aws:rds/subnetGroup:SubnetGroup": {kind: "AWS::RDS::DBSubnetGroup", name: lowerName("name", "namePrefix", 255)},
	"aws:rds/proxy:Proxy":             {kind: "AWS::RDS::DBProxy", name: &naming{property: "name", max: 63, lower: true}},
	"aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {kind: "AWS::RDS::DBProxyTargetGroup", sticky: []string{"connectionPoolConfig"},
		defaults: map[string]any{
			"connectionPoolConfig.connectionBorrowTimeout":   120.0,
			"connectionPoolConfig.maxConnectionsPercent":     100.0,
			"connectionPoolConfig.maxIdleConnectionsPercent": 50.0,
		}},
	"aws:rds/proxyTarget:ProxyTarget":     {kind: "AWS::RDS::DBProxyTarget"},
	"aws:rds/proxyEndpoint:ProxyEndpoint": {kind: "AWS::RDS::DBProxyEndpoint"},
}
