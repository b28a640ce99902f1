package provider

var specsOfDiscovery = map[string]spec{
	"aws:ecr/repository:Repository":                                 {kind: "AWS::ECR::Repository", name: lowerName("name", "", 256)},
	"aws:ecr/lifecyclePolicy:LifecyclePolicy":                       {kind: "AWS::ECR::LifecyclePolicy"},
	"aws:ecr/repositoryPolicy:RepositoryPolicy":                     {kind: "AWS::ECR::RepositoryPolicy"},
	"aws:ecr/replicationConfiguration:ReplicationConfiguration":     {kind: "AWS::ECR::ReplicationConfiguration"},
	"aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": {kind: "AWS::ECR::RepositoryCreationTemplate"},
	"aws:route53/zoneAssociation:ZoneAssociation":                   {kind: "AWS::Route53::HostedZoneVPCAssociation"},
}
