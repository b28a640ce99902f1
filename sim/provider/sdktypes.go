package provider

import (
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
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// sdkType names the SDK's own argument and state types of one resource. Their
// plain counterparts say which properties exist and what they may hold.
type sdkType struct{ args, state pulumi.Input }

// sdkTypes is every AWS resource type that the simulator knows.
var sdkTypes = map[string]sdkType{
	"aws:ec2/vpc:Vpc":                                                   {ec2.VpcArgs{}, ec2.VpcState{}},
	"aws:ec2/subnet:Subnet":                                             {ec2.SubnetArgs{}, ec2.SubnetState{}},
	"aws:ec2/internetGateway:InternetGateway":                           {ec2.InternetGatewayArgs{}, ec2.InternetGatewayState{}},
	"aws:ec2/eip:Eip":                                                   {ec2.EipArgs{}, ec2.EipState{}},
	"aws:ec2/natGateway:NatGateway":                                     {ec2.NatGatewayArgs{}, ec2.NatGatewayState{}},
	"aws:ec2/routeTable:RouteTable":                                     {ec2.RouteTableArgs{}, ec2.RouteTableState{}},
	"aws:ec2/route:Route":                                               {ec2.RouteArgs{}, ec2.RouteState{}},
	"aws:ec2/routeTableAssociation:RouteTableAssociation":               {ec2.RouteTableAssociationArgs{}, ec2.RouteTableAssociationState{}},
	"aws:ec2/vpcEndpoint:VpcEndpoint":                                   {ec2.VpcEndpointArgs{}, ec2.VpcEndpointState{}},
	"aws:ec2/securityGroup:SecurityGroup":                               {ec2.SecurityGroupArgs{}, ec2.SecurityGroupState{}},
	"aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":                 {ec2.DefaultSecurityGroupArgs{}, ec2.DefaultSecurityGroupState{}},
	"aws:ec2/flowLog:FlowLog":                                           {ec2.FlowLogArgs{}, ec2.FlowLogState{}},
	"aws:ec2/vpcPeeringConnection:VpcPeeringConnection":                 {ec2.VpcPeeringConnectionArgs{}, ec2.VpcPeeringConnectionState{}},
	"aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": {ec2.VpcPeeringConnectionAccepterArgs{}, ec2.VpcPeeringConnectionAccepterState{}},
	"aws:ec2/peeringConnectionOptions:PeeringConnectionOptions":         {ec2.PeeringConnectionOptionsArgs{}, ec2.PeeringConnectionOptionsState{}},
	"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":         {vpc.SecurityGroupIngressRuleArgs{}, vpc.SecurityGroupIngressRuleState{}},
	"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":           {vpc.SecurityGroupEgressRuleArgs{}, vpc.SecurityGroupEgressRuleState{}},
	"aws:iam/role:Role":                                                 {iam.RoleArgs{}, iam.RoleState{}},
	"aws:iam/rolePolicy:RolePolicy":                                     {iam.RolePolicyArgs{}, iam.RolePolicyState{}},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment":                 {iam.RolePolicyAttachmentArgs{}, iam.RolePolicyAttachmentState{}},
	"aws:iam/policy:Policy":                                             {iam.PolicyArgs{}, iam.PolicyState{}},
	"aws:cloudwatch/logGroup:LogGroup":                                  {cloudwatch.LogGroupArgs{}, cloudwatch.LogGroupState{}},
	"aws:cloudwatch/metricAlarm:MetricAlarm":                            {cloudwatch.MetricAlarmArgs{}, cloudwatch.MetricAlarmState{}},
	"aws:cloudwatch/eventRule:EventRule":                                {cloudwatch.EventRuleArgs{}, cloudwatch.EventRuleState{}},
	"aws:cloudwatch/compositeAlarm:CompositeAlarm":                      {cloudwatch.CompositeAlarmArgs{}, cloudwatch.CompositeAlarmState{}},
	"aws:cloudwatch/dashboard:Dashboard":                                {cloudwatch.DashboardArgs{}, cloudwatch.DashboardState{}},
	"aws:cloudwatch/eventTarget:EventTarget":                            {cloudwatch.EventTargetArgs{}, cloudwatch.EventTargetState{}},
	"aws:kms/key:Key":                                                   {kms.KeyArgs{}, kms.KeyState{}},
	"aws:kms/replicaKey:ReplicaKey":                                     {kms.ReplicaKeyArgs{}, kms.ReplicaKeyState{}},
	"aws:kms/alias:Alias":                                               {kms.AliasArgs{}, kms.AliasState{}},
	"aws:rds/globalCluster:GlobalCluster":                               {rds.GlobalClusterArgs{}, rds.GlobalClusterState{}},
	"aws:rds/cluster:Cluster":                                           {rds.ClusterArgs{}, rds.ClusterState{}},
	"aws:rds/clusterInstance:ClusterInstance":                           {rds.ClusterInstanceArgs{}, rds.ClusterInstanceState{}},
	"aws:rds/clusterParameterGroup:ClusterParameterGroup":               {rds.ClusterParameterGroupArgs{}, rds.ClusterParameterGroupState{}},
	"aws:rds/subnetGroup:SubnetGroup":                                   {rds.SubnetGroupArgs{}, rds.SubnetGroupState{}},
	"aws:rds/proxy:Proxy":                                               {rds.ProxyArgs{}, rds.ProxyState{}},
	"aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup":           {rds.ProxyDefaultTargetGroupArgs{}, rds.ProxyDefaultTargetGroupState{}},
	"aws:rds/proxyTarget:ProxyTarget":                                   {rds.ProxyTargetArgs{}, rds.ProxyTargetState{}},
	"aws:rds/proxyEndpoint:ProxyEndpoint":                               {rds.ProxyEndpointArgs{}, rds.ProxyEndpointState{}},
	"aws:secretsmanager/secret:Secret":                                  {secretsmanager.SecretArgs{}, secretsmanager.SecretState{}},
	"aws:secretsmanager/secretVersion:SecretVersion":                    {secretsmanager.SecretVersionArgs{}, secretsmanager.SecretVersionState{}},
	"aws:s3/bucketV2:BucketV2":                                          {s3.BucketV2Args{}, s3.BucketV2State{}},
	"aws:s3/bucketVersioningV2:BucketVersioningV2":                      {s3.BucketVersioningV2Args{}, s3.BucketVersioningV2State{}},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {s3.BucketServerSideEncryptionConfigurationV2Args{}, s3.BucketServerSideEncryptionConfigurationV2State{}},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     {s3.BucketPublicAccessBlockArgs{}, s3.BucketPublicAccessBlockState{}},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     {s3.BucketOwnershipControlsArgs{}, s3.BucketOwnershipControlsState{}},
	"aws:s3/bucketPolicy:BucketPolicy":                                                           {s3.BucketPolicyArgs{}, s3.BucketPolicyState{}},
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2":                     {s3.BucketObjectLockConfigurationV2Args{}, s3.BucketObjectLockConfigurationV2State{}},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       {s3.BucketLifecycleConfigurationV2Args{}, s3.BucketLifecycleConfigurationV2State{}},
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig":                                     {s3.BucketReplicationConfigArgs{}, s3.BucketReplicationConfigState{}},
	"aws:s3/bucketNotification:BucketNotification":                                               {s3.BucketNotificationArgs{}, s3.BucketNotificationState{}},
	"aws:s3/bucketObjectv2:BucketObjectv2":                                                       {s3.BucketObjectv2Args{}, s3.BucketObjectv2State{}},
	"aws:ssm/parameter:Parameter":                                                                {ssm.ParameterArgs{}, ssm.ParameterState{}},
	"aws:lb/loadBalancer:LoadBalancer":                                                           {lb.LoadBalancerArgs{}, lb.LoadBalancerState{}},
	"aws:lb/targetGroup:TargetGroup":                                                             {lb.TargetGroupArgs{}, lb.TargetGroupState{}},
	"aws:lb/listener:Listener":                                                                   {lb.ListenerArgs{}, lb.ListenerState{}},
	"aws:lb/listenerRule:ListenerRule":                                                           {lb.ListenerRuleArgs{}, lb.ListenerRuleState{}},
	"aws:acm/certificate:Certificate":                                                            {acm.CertificateArgs{}, acm.CertificateState{}},
	"aws:acm/certificateValidation:CertificateValidation":                                        {acm.CertificateValidationArgs{}, acm.CertificateValidationState{}},
	"aws:route53/zone:Zone":                                                                      {route53.ZoneArgs{}, route53.ZoneState{}},
	"aws:route53/record:Record":                                                                  {route53.RecordArgs{}, route53.RecordState{}},
	"aws:route53/healthCheck:HealthCheck":                                                        {route53.HealthCheckArgs{}, route53.HealthCheckState{}},
	"aws:route53recoverycontrol/cluster:Cluster":                                                 {route53recoverycontrol.ClusterArgs{}, route53recoverycontrol.ClusterState{}},
	"aws:route53recoverycontrol/controlPanel:ControlPanel":                                       {route53recoverycontrol.ControlPanelArgs{}, route53recoverycontrol.ControlPanelState{}},
	"aws:route53recoverycontrol/routingControl:RoutingControl":                                   {route53recoverycontrol.RoutingControlArgs{}, route53recoverycontrol.RoutingControlState{}},
	"aws:route53recoverycontrol/safetyRule:SafetyRule":                                           {route53recoverycontrol.SafetyRuleArgs{}, route53recoverycontrol.SafetyRuleState{}},
	"aws:backup/vault:Vault":                                                                     {backup.VaultArgs{}, backup.VaultState{}},
	"aws:backup/vaultLockConfiguration:VaultLockConfiguration":                                   {backup.VaultLockConfigurationArgs{}, backup.VaultLockConfigurationState{}},
	"aws:backup/vaultPolicy:VaultPolicy":                                                         {backup.VaultPolicyArgs{}, backup.VaultPolicyState{}},
	"aws:backup/vaultNotifications:VaultNotifications":                                           {backup.VaultNotificationsArgs{}, backup.VaultNotificationsState{}},
	"aws:backup/plan:Plan":                                                                       {backup.PlanArgs{}, backup.PlanState{}},
	"aws:backup/selection:Selection":                                                             {backup.SelectionArgs{}, backup.SelectionState{}},
	"aws:backup/regionSettings:RegionSettings":                                                   {backup.RegionSettingsArgs{}, backup.RegionSettingsState{}},
	"aws:sns/topic:Topic":                                                                        {sns.TopicArgs{}, sns.TopicState{}},
	"aws:sns/topicPolicy:TopicPolicy":                                                            {sns.TopicPolicyArgs{}, sns.TopicPolicyState{}},
	"aws:sns/topicSubscription:TopicSubscription":                                                {sns.TopicSubscriptionArgs{}, sns.TopicSubscriptionState{}},
}
