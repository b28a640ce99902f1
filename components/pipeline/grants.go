package pipeline

import (
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// platform are the changes around the stores, in the home's region only.
func (a Args) platform(home naming.Scope) iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{inRegion("Platform", home, []string{
		"acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:RequestCertificate",
		"appconfig:Create*", "appconfig:Delete*", "appconfig:StartDeployment", "appconfig:TagResource",
		"appconfig:UntagResource", "appconfig:Update*",
		"autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags",
		"cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutDashboard",
		"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
		"config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel", "config:PutConfigurationRecorder",
		"config:PutDeliveryChannel", "config:StartConfigurationRecorder", "config:StopConfigurationRecorder",
		"ec2:AcceptVpcPeeringConnection", "ec2:AllocateAddress", "ec2:AssociateRouteTable", "ec2:AttachInternetGateway",
		"ec2:AuthorizeSecurityGroup*", "ec2:CreateFlowLogs", "ec2:CreateInternetGateway", "ec2:CreateLaunchTemplate*",
		"ec2:CreateNatGateway", "ec2:CreateRoute*", "ec2:CreateSecurityGroup", "ec2:CreateSubnet", "ec2:CreateTags",
		"ec2:CreateVpc*", "ec2:DeleteFlowLogs", "ec2:DeleteInternetGateway", "ec2:DeleteLaunchTemplate*",
		"ec2:DeleteNatGateway", "ec2:DeleteRoute*", "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags",
		"ec2:DeleteVpc*", "ec2:DetachInternetGateway", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable",
		"ec2:ModifyLaunchTemplate", "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyVpc*",
		"ec2:ReleaseAddress", "ec2:ReplaceRoute*", "ec2:RevokeSecurityGroup*", "ec2:RunInstances",
		"eks:AssociateAccessPolicy", "eks:AssociateEncryptionConfig", "eks:CreateAccessEntry", "eks:CreateAddon",
		"eks:CreateCluster", "eks:CreateNodegroup", "eks:CreatePodIdentityAssociation", "eks:DeleteAccessEntry",
		"eks:DeleteAddon", "eks:DeleteNodegroup", "eks:DeletePodIdentityAssociation", "eks:DisassociateAccessPolicy",
		"eks:TagResource", "eks:UntagResource", "eks:Update*",
		"elasticloadbalancing:AddTags", "elasticloadbalancing:Create*", "elasticloadbalancing:Delete*",
		"elasticloadbalancing:Modify*", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:Set*",
		"events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource",
		"events:UntagResource",
		"lambda:CreateFunction", "lambda:DeleteFunction", "lambda:DeleteFunctionConcurrency", "lambda:PutFunctionConcurrency",
		"lambda:TagResource", "lambda:UntagResource", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
		"logs:AssociateKmsKey", "logs:CreateLogDelivery", "logs:CreateLogGroup", "logs:DeleteRetentionPolicy",
		"logs:PutResourcePolicy", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
		"fis:CreateExperimentTemplate", "fis:DeleteExperimentTemplate", "fis:TagResource", "fis:UntagResource",
		"fis:UpdateExperimentTemplate",
		"scheduler:CreateSchedule*", "scheduler:DeleteSchedule*", "scheduler:TagResource", "scheduler:UntagResource",
		"scheduler:UpdateSchedule", "servicequotas:RequestServiceQuotaIncrease",
		"sns:CreateTopic", "sns:DeleteTopic", "sns:SetSubscriptionAttributes", "sns:SetTopicAttributes", "sns:Subscribe",
		"sns:TagResource", "sns:Unsubscribe", "sns:UntagResource",
		"ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter", "ssm:RemoveTagsFromResource",
		"states:CreateStateMachine", "states:DeleteStateMachine", "states:PublishStateMachineVersion",
		"states:TagResource", "states:UntagResource", "states:UpdateStateMachine",
	}, "*")}}
}

// stores are the changes of what holds data, in the home's region only. To
// delete a store is not among them: a person does that, as docs/bootstrap.md has it.
func (a Args) stores(home naming.Scope) iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{
		inRegion("Stores", home, []string{
			"backup:Create*", "backup:DeleteBackupPlan", "backup:DeleteBackupSelection", "backup:DeleteFramework",
			"backup:DeleteReportPlan", "backup:DeleteRestoreTesting*", "backup:PutBackupVault*", "backup:TagResource",
			"backup:UntagResource", "backup:UpdateBackupPlan", "backup:UpdateFramework", "backup:UpdateReportPlan",
			"backup:UpdateRestoreTesting*", "backup-storage:MountCapsule",
			"dynamodb:CreateTable", "dynamodb:CreateTableReplica", "dynamodb:TagResource", "dynamodb:UntagResource",
			"dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
			"ecr:CreateRepository", "ecr:CreateRepositoryCreationTemplate", "ecr:DeleteLifecyclePolicy",
			"ecr:DeleteRepositoryCreationTemplate", "ecr:DeleteRepositoryPolicy", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability",
			"ecr:PutLifecyclePolicy", "ecr:PutReplicationConfiguration", "ecr:SetRepositoryPolicy", "ecr:TagResource", "ecr:UntagResource",
			"ecr:UpdateRepositoryCreationTemplate",
			"elasticache:AddTagsToResource", "elasticache:Create*", "elasticache:DecreaseReplicaCount",
			"elasticache:DeleteCacheParameterGroup", "elasticache:DeleteCacheSubnetGroup", "elasticache:DeleteUser*",
			"elasticache:IncreaseReplicaCount", "elasticache:Modify*", "elasticache:RemoveTagsFromResource",
			"kms:CreateAlias", "kms:CreateKey", "kms:DeleteAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy",
			"kms:ReplicateKey", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
			"rds:AddTagsToResource", "rds:CreateDB*", "rds:CreateGlobalCluster", "rds:DeleteDBClusterParameterGroup",
			"rds:DeleteDBInstance", "rds:DeleteDBProxy*", "rds:DeleteDBSubnetGroup", "rds:DeregisterDBProxyTargets",
			"rds:ModifyDBCluster*", "rds:ModifyDBInstance", "rds:ModifyDBProxy*", "rds:ModifyDBSubnetGroup",
			"rds:ModifyGlobalCluster", "rds:RegisterDBProxyTargets", "rds:RemoveTagsFromResource",
			"rds:ResetDBClusterParameterGroup",
			"s3:CreateBucket", "s3:DeleteBucketPolicy", "s3:PutBucket*", "s3:PutEncryptionConfiguration",
			"s3:PutLifecycleConfiguration", "s3:PutReplicationConfiguration",
			"sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue",
		}, "*"),
		a.throughServices(home),
		inRegion("Secrets", home, []string{
			"secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue",
			"secretsmanager:PutSecretValue", "secretsmanager:TagResource", "secretsmanager:UntagResource",
			"secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage",
		}, home.ARN("secretsmanager", "secret:"+home.Path("*"))),
		inRegion("Objects", home, []string{"s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "s3:PutObjectTagging"},
			written(home)...),
	}}
}

// throughServices lets the services that keep a thing encrypted use its key on behalf of the update:
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func (a Args) throughServices(home naming.Scope) iampolicy.Statement {
	return inRegion("Encrypt", home, []string{"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"},
		home.ARN("kms", "key/*")).With(iampolicy.Condition{
		Operator: "StringLike", Key: "kms:ViaService", Values: []string{"*." + home.Region + ".amazonaws.com"},
	})
}

// inRegion allows actions in the home's region and no other:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
func inRegion(sid string, home naming.Scope, actions []string, resources ...string) iampolicy.Statement {
	return iampolicy.Statement{Sid: sid, Actions: actions, Resources: resources}.With(iampolicy.Condition{
		Operator: "StringEquals", Key: "aws:RequestedRegion", Values: []string{home.Region},
	})
}
