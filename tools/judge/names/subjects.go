package names

import (
	"reflect"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53recoverycontrol"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
)

// Subject is one resource type that is judged: its Pulumi token, the upstream
// name, and the SDK's own types of its arguments and of its state.
type Subject struct {
	Token, Upstream string
	Args, State     reflect.Type
}

// Subjects lists every resource type that Redoubt declares, by package.
func Subjects() []Subject {
	return []Subject{
		subject("aws:ec2/vpc:Vpc", "aws_vpc",
			ec2.VpcArgs{}, ec2.VpcState{}),
		subject("aws:ec2/subnet:Subnet", "aws_subnet",
			ec2.SubnetArgs{}, ec2.SubnetState{}),
		subject("aws:ec2/internetGateway:InternetGateway", "aws_internet_gateway",
			ec2.InternetGatewayArgs{}, ec2.InternetGatewayState{}),
		subject("aws:ec2/eip:Eip", "aws_eip",
			ec2.EipArgs{}, ec2.EipState{}),
		subject("aws:ec2/natGateway:NatGateway", "aws_nat_gateway",
			ec2.NatGatewayArgs{}, ec2.NatGatewayState{}),
		subject("aws:ec2/routeTable:RouteTable", "aws_route_table",
			ec2.RouteTableArgs{}, ec2.RouteTableState{}),
		subject("aws:ec2/route:Route", "aws_route",
			ec2.RouteArgs{}, ec2.RouteState{}),
		subject("aws:ec2/routeTableAssociation:RouteTableAssociation", "aws_route_table_association",
			ec2.RouteTableAssociationArgs{}, ec2.RouteTableAssociationState{}),
		subject("aws:ec2/vpcEndpoint:VpcEndpoint", "aws_vpc_endpoint",
			ec2.VpcEndpointArgs{}, ec2.VpcEndpointState{}),
		subject("aws:ec2/securityGroup:SecurityGroup", "aws_security_group",
			ec2.SecurityGroupArgs{}, ec2.SecurityGroupState{}),
		subject("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws_default_security_group",
			ec2.DefaultSecurityGroupArgs{}, ec2.DefaultSecurityGroupState{}),
		subject("aws:ec2/flowLog:FlowLog", "aws_flow_log",
			ec2.FlowLogArgs{}, ec2.FlowLogState{}),
		subject("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "aws_vpc_peering_connection",
			ec2.VpcPeeringConnectionArgs{}, ec2.VpcPeeringConnectionState{}),
		subject("aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter", "aws_vpc_peering_connection_accepter",
			ec2.VpcPeeringConnectionAccepterArgs{}, ec2.VpcPeeringConnectionAccepterState{}),
		subject("aws:ec2/peeringConnectionOptions:PeeringConnectionOptions", "aws_vpc_peering_connection_options",
			ec2.PeeringConnectionOptionsArgs{}, ec2.PeeringConnectionOptionsState{}),
		subject("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws_vpc_security_group_ingress_rule",
			vpc.SecurityGroupIngressRuleArgs{}, vpc.SecurityGroupIngressRuleState{}),
		subject("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "aws_vpc_security_group_egress_rule",
			vpc.SecurityGroupEgressRuleArgs{}, vpc.SecurityGroupEgressRuleState{}),
		subject("aws:iam/role:Role", "aws_iam_role",
			iam.RoleArgs{}, iam.RoleState{}),
		subject("aws:iam/rolePolicy:RolePolicy", "aws_iam_role_policy",
			iam.RolePolicyArgs{}, iam.RolePolicyState{}),
		subject("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws_iam_role_policy_attachment",
			iam.RolePolicyAttachmentArgs{}, iam.RolePolicyAttachmentState{}),
		subject("aws:iam/policy:Policy", "aws_iam_policy",
			iam.PolicyArgs{}, iam.PolicyState{}),
		subject("aws:cloudwatch/logGroup:LogGroup", "aws_cloudwatch_log_group",
			cloudwatch.LogGroupArgs{}, cloudwatch.LogGroupState{}),
		subject("aws:cloudwatch/metricAlarm:MetricAlarm", "aws_cloudwatch_metric_alarm",
			cloudwatch.MetricAlarmArgs{}, cloudwatch.MetricAlarmState{}),
		subject("aws:cloudwatch/compositeAlarm:CompositeAlarm", "aws_cloudwatch_composite_alarm",
			cloudwatch.CompositeAlarmArgs{}, cloudwatch.CompositeAlarmState{}),
		subject("aws:cloudwatch/eventRule:EventRule", "aws_cloudwatch_event_rule",
			cloudwatch.EventRuleArgs{}, cloudwatch.EventRuleState{}),
		subject("aws:cloudwatch/eventTarget:EventTarget", "aws_cloudwatch_event_target",
			cloudwatch.EventTargetArgs{}, cloudwatch.EventTargetState{}),
		subject("aws:cloudwatch/dashboard:Dashboard", "aws_cloudwatch_dashboard",
			cloudwatch.DashboardArgs{}, cloudwatch.DashboardState{}),
		subject("aws:kms/key:Key", "aws_kms_key",
			kms.KeyArgs{}, kms.KeyState{}),
		subject("aws:kms/replicaKey:ReplicaKey", "aws_kms_replica_key",
			kms.ReplicaKeyArgs{}, kms.ReplicaKeyState{}),
		subject("aws:kms/alias:Alias", "aws_kms_alias",
			kms.AliasArgs{}, kms.AliasState{}),
		subject("aws:rds/globalCluster:GlobalCluster", "aws_rds_global_cluster",
			rds.GlobalClusterArgs{}, rds.GlobalClusterState{}),
		subject("aws:rds/cluster:Cluster", "aws_rds_cluster",
			rds.ClusterArgs{}, rds.ClusterState{}),
		subject("aws:rds/clusterInstance:ClusterInstance", "aws_rds_cluster_instance",
			rds.ClusterInstanceArgs{}, rds.ClusterInstanceState{}),
		subject("aws:rds/clusterParameterGroup:ClusterParameterGroup", "aws_rds_cluster_parameter_group",
			rds.ClusterParameterGroupArgs{}, rds.ClusterParameterGroupState{}),
		subject("aws:rds/subnetGroup:SubnetGroup", "aws_db_subnet_group",
			rds.SubnetGroupArgs{}, rds.SubnetGroupState{}),
		subject("aws:rds/proxy:Proxy", "aws_db_proxy",
			rds.ProxyArgs{}, rds.ProxyState{}),
		subject("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", "aws_db_proxy_default_target_group",
			rds.ProxyDefaultTargetGroupArgs{}, rds.ProxyDefaultTargetGroupState{}),
		subject("aws:rds/proxyTarget:ProxyTarget", "aws_db_proxy_target",
			rds.ProxyTargetArgs{}, rds.ProxyTargetState{}),
		subject("aws:rds/proxyEndpoint:ProxyEndpoint", "aws_db_proxy_endpoint",
			rds.ProxyEndpointArgs{}, rds.ProxyEndpointState{}),
		subject("aws:secretsmanager/secret:Secret", "aws_secretsmanager_secret",
			secretsmanager.SecretArgs{}, secretsmanager.SecretState{}),
		subject("aws:secretsmanager/secretVersion:SecretVersion", "aws_secretsmanager_secret_version",
			secretsmanager.SecretVersionArgs{}, secretsmanager.SecretVersionState{}),
		subject("aws:s3/bucketV2:BucketV2", "aws_s3_bucket",
			s3.BucketV2Args{}, s3.BucketV2State{}),
		subject("aws:s3/bucketVersioningV2:BucketVersioningV2", "aws_s3_bucket_versioning",
			s3.BucketVersioningV2Args{}, s3.BucketVersioningV2State{}),
		subject("aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "aws_s3_bucket_server_side_encryption_configuration",
			s3.BucketServerSideEncryptionConfigurationV2Args{}, s3.BucketServerSideEncryptionConfigurationV2State{}),
		subject("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "aws_s3_bucket_public_access_block",
			s3.BucketPublicAccessBlockArgs{}, s3.BucketPublicAccessBlockState{}),
		subject("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "aws_s3_bucket_ownership_controls",
			s3.BucketOwnershipControlsArgs{}, s3.BucketOwnershipControlsState{}),
		subject("aws:s3/bucketPolicy:BucketPolicy", "aws_s3_bucket_policy",
			s3.BucketPolicyArgs{}, s3.BucketPolicyState{}),
		subject("aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2", "aws_s3_bucket_object_lock_configuration",
			s3.BucketObjectLockConfigurationV2Args{}, s3.BucketObjectLockConfigurationV2State{}),
		subject("aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "aws_s3_bucket_lifecycle_configuration",
			s3.BucketLifecycleConfigurationV2Args{}, s3.BucketLifecycleConfigurationV2State{}),
		subject("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "aws_s3_bucket_replication_configuration",
			s3.BucketReplicationConfigArgs{}, s3.BucketReplicationConfigState{}),
		subject("aws:s3/bucketNotification:BucketNotification", "aws_s3_bucket_notification",
			s3.BucketNotificationArgs{}, s3.BucketNotificationState{}),
		subject("aws:s3/bucketObjectv2:BucketObjectv2", "aws_s3_object",
			s3.BucketObjectv2Args{}, s3.BucketObjectv2State{}),
		subject("aws:ssm/parameter:Parameter", "aws_ssm_parameter",
			ssm.ParameterArgs{}, ssm.ParameterState{}),
		subject("aws:lb/loadBalancer:LoadBalancer", "aws_lb",
			lb.LoadBalancerArgs{}, lb.LoadBalancerState{}),
		subject("aws:lb/targetGroup:TargetGroup", "aws_lb_target_group",
			lb.TargetGroupArgs{}, lb.TargetGroupState{}),
		subject("aws:lb/listener:Listener", "aws_lb_listener",
			lb.ListenerArgs{}, lb.ListenerState{}),
		subject("aws:lb/listenerRule:ListenerRule", "aws_lb_listener_rule",
			lb.ListenerRuleArgs{}, lb.ListenerRuleState{}),
		subject("aws:acm/certificate:Certificate", "aws_acm_certificate",
			acm.CertificateArgs{}, acm.CertificateState{}),
		subject("aws:acm/certificateValidation:CertificateValidation", "aws_acm_certificate_validation",
			acm.CertificateValidationArgs{}, acm.CertificateValidationState{}),
		subject("aws:route53/zone:Zone", "aws_route53_zone",
			route53.ZoneArgs{}, route53.ZoneState{}),
		subject("aws:route53/record:Record", "aws_route53_record",
			route53.RecordArgs{}, route53.RecordState{}),
		subject("aws:route53/healthCheck:HealthCheck", "aws_route53_health_check",
			route53.HealthCheckArgs{}, route53.HealthCheckState{}),
		subject("aws:route53recoverycontrol/cluster:Cluster", "aws_route53recoverycontrolconfig_cluster",
			route53recoverycontrol.ClusterArgs{}, route53recoverycontrol.ClusterState{}),
		subject("aws:route53recoverycontrol/controlPanel:ControlPanel", "aws_route53recoverycontrolconfig_control_panel",
			route53recoverycontrol.ControlPanelArgs{}, route53recoverycontrol.ControlPanelState{}),
		subject("aws:route53recoverycontrol/routingControl:RoutingControl", "aws_route53recoverycontrolconfig_routing_control",
			route53recoverycontrol.RoutingControlArgs{}, route53recoverycontrol.RoutingControlState{}),
		subject("aws:route53recoverycontrol/safetyRule:SafetyRule", "aws_route53recoverycontrolconfig_safety_rule",
			route53recoverycontrol.SafetyRuleArgs{}, route53recoverycontrol.SafetyRuleState{}),
		subject("aws:backup/vault:Vault", "aws_backup_vault",
			backup.VaultArgs{}, backup.VaultState{}),
		subject("aws:backup/vaultLockConfiguration:VaultLockConfiguration", "aws_backup_vault_lock_configuration",
			backup.VaultLockConfigurationArgs{}, backup.VaultLockConfigurationState{}),
		subject("aws:backup/vaultPolicy:VaultPolicy", "aws_backup_vault_policy",
			backup.VaultPolicyArgs{}, backup.VaultPolicyState{}),
		subject("aws:backup/vaultNotifications:VaultNotifications", "aws_backup_vault_notifications",
			backup.VaultNotificationsArgs{}, backup.VaultNotificationsState{}),
		subject("aws:backup/plan:Plan", "aws_backup_plan",
			backup.PlanArgs{}, backup.PlanState{}),
		subject("aws:backup/selection:Selection", "aws_backup_selection",
			backup.SelectionArgs{}, backup.SelectionState{}),
		subject("aws:backup/regionSettings:RegionSettings", "aws_backup_region_settings",
			backup.RegionSettingsArgs{}, backup.RegionSettingsState{}),
		subject("aws:sns/topic:Topic", "aws_sns_topic",
			sns.TopicArgs{}, sns.TopicState{}),
		subject("aws:sns/topicPolicy:TopicPolicy", "aws_sns_topic_policy",
			sns.TopicPolicyArgs{}, sns.TopicPolicyState{}),
		subject("aws:sns/topicSubscription:TopicSubscription", "aws_sns_topic_subscription",
			sns.TopicSubscriptionArgs{}, sns.TopicSubscriptionState{}),
	}
}

// input is what every Args and State struct of the SDK implements: it tells
// the plain struct, which carries the property names as tags.
type input interface{ ElementType() reflect.Type }

func subject(token, upstream string, args, state input) Subject {
	return Subject{Token: token, Upstream: upstream, Args: args.ElementType(), State: state.ElementType()}
}
