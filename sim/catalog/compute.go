package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fis"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/scheduler"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/servicequotas"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
)

var computeRows = []row{
	{"aws:eks/cluster:Cluster", "aws_eks_cluster", eks.ClusterArgs{}, eks.ClusterState{}},
	{"aws:eks/nodeGroup:NodeGroup", "aws_eks_node_group", eks.NodeGroupArgs{}, eks.NodeGroupState{}},
	{"aws:eks/addon:Addon", "aws_eks_addon", eks.AddonArgs{}, eks.AddonState{}},
	{"aws:eks/accessEntry:AccessEntry", "aws_eks_access_entry", eks.AccessEntryArgs{}, eks.AccessEntryState{}},
	{"aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "aws_eks_access_policy_association", eks.AccessPolicyAssociationArgs{}, eks.AccessPolicyAssociationState{}},
	{"aws:eks/podIdentityAssociation:PodIdentityAssociation", "aws_eks_pod_identity_association", eks.PodIdentityAssociationArgs{}, eks.PodIdentityAssociationState{}},
	{"aws:lambda/function:Function", "aws_lambda_function", lambda.FunctionArgs{}, lambda.FunctionState{}},
	{"aws:servicequotas/serviceQuota:ServiceQuota", "aws_servicequotas_service_quota", servicequotas.ServiceQuotaArgs{}, servicequotas.ServiceQuotaState{}},
	{"aws:fis/experimentTemplate:ExperimentTemplate", "aws_fis_experiment_template", fis.ExperimentTemplateArgs{}, fis.ExperimentTemplateState{}},
	{"aws:scheduler/schedule:Schedule", "aws_scheduler_schedule", scheduler.ScheduleArgs{}, scheduler.ScheduleState{}},
	{"aws:scheduler/scheduleGroup:ScheduleGroup", "aws_scheduler_schedule_group", scheduler.ScheduleGroupArgs{}, scheduler.ScheduleGroupState{}},
	{"aws:sfn/stateMachine:StateMachine", "aws_sfn_state_machine", sfn.StateMachineArgs{}, sfn.StateMachineState{}},
}
