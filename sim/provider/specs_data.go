package provider

var specsOfData = map[string]spec{
	"aws:rds/globalCluster:GlobalCluster": {kind: "AWS::RDS::GlobalCluster"},
	"aws:rds/cluster:Cluster": {kind: "AWS::RDS::DBCluster", name: lowerName("clusterIdentifier", "clusterIdentifierPrefix", 63),
		sets: []string{"availabilityZones", "clusterMembers", "enabledCloudwatchLogsExports", "iamRoles",
			"vpcSecurityGroupIds"},
		defaults: map[string]any{"backupRetentionPeriod": 1.0, "engineMode": "provisioned", "deleteAutomatedBackups": true}},
	"aws:rds/clusterInstance:ClusterInstance": {kind: "AWS::RDS::DBInstance", name: lowerName("identifier", "identifierPrefix", 63),
		defaults: map[string]any{"autoMinorVersionUpgrade": true}},
	"aws:rds/clusterParameterGroup:ClusterParameterGroup": {kind: "AWS::RDS::DBClusterParameterGroup",
		name: lowerName("name", "namePrefix", 255), sets: []string{"parameters"},
		defaults: map[string]any{"description": "Managed by Pulumi", "parameters.applyMethod": "immediate"}},
	"aws:rds/subnetGroup:SubnetGroup": {kind: "AWS::RDS::DBSubnetGroup", name: lowerName("name", "namePrefix", 255),
		sets: []string{"subnetIds"}, defaults: map[string]any{"description": "Managed by Pulumi"}},
	"aws:rds/proxy:Proxy": {kind: "AWS::RDS::DBProxy", name: &naming{property: "name", max: 63, lower: true},
		sets: []string{"auths", "vpcSecurityGroupIds", "vpcSubnetIds"}},
	"aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {kind: "AWS::RDS::DBProxyTargetGroup", sets: []string{"connectionPoolConfig.sessionPinningFilters"},
		defaults: map[string]any{"connectionPoolConfig.connectionBorrowTimeout": 120.0,
			"connectionPoolConfig.maxConnectionsPercent": 100.0, "connectionPoolConfig.maxIdleConnectionsPercent": 50.0}},
	"aws:rds/proxyTarget:ProxyTarget": {kind: "AWS::RDS::DBProxyTarget"},
	"aws:rds/proxyEndpoint:ProxyEndpoint": {kind: "AWS::RDS::DBProxyEndpoint", sets: []string{"vpcSecurityGroupIds", "vpcSubnetIds"},
		defaults: map[string]any{"targetRole": "READ_WRITE"}},
}
