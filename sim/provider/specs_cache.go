package provider

var specsOfCache = map[string]spec{
	"aws:elasticache/replicationGroup:ReplicationGroup": {kind: "AWS::ElastiCache::ReplicationGroup",
		name:   lowerName("replicationGroupId", "", 40),
		sticky: []string{"logDeliveryConfigurations"}, names: []string{"replicationGroupId", "maintenanceWindow"},
		// AWS tells none of them (terraform-provider-aws 5.100.0, internal/service/elasticache/replication_group.go).
		unread: []string{"applyImmediately", "authTokenUpdateStrategy", "finalSnapshotIdentifier", "snapshotArns",
			"snapshotName"}},
	"aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": {kind: "AWS::ElastiCache::GlobalReplicationGroup"},
	"aws:elasticache/subnetGroup:SubnetGroup": {kind: "AWS::ElastiCache::SubnetGroup", names: []string{"name"},
		name: &naming{property: "name", max: 255, lower: true}},
	"aws:elasticache/parameterGroup:ParameterGroup": {kind: "AWS::ElastiCache::ParameterGroup", names: []string{"name"},
		name: &naming{property: "name", max: 255, lower: true}},
	"aws:elasticache/user:User":           {kind: "AWS::ElastiCache::User"},
	"aws:elasticache/userGroup:UserGroup": {kind: "AWS::ElastiCache::UserGroup"},

	"aws:scheduler/schedule:Schedule":           {kind: "AWS::Scheduler::Schedule", name: byName(64)},
	"aws:scheduler/scheduleGroup:ScheduleGroup": {kind: "AWS::Scheduler::ScheduleGroup", name: byName(64)},
	"aws:sfn/stateMachine:StateMachine":         {kind: "AWS::StepFunctions::StateMachine", name: byName(80)},
}
