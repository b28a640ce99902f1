package agents

import (
	"strconv"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

const (
	// cpuTarget leaves the replicas of two zones at 90 % when they carry all.
	cpuTarget = 60
	// calmSeconds is how long the need must stay low before a scaler takes replicas
	// away: when traffic dips because a zone is lost, the zones that are left must not shrink.
	calmSeconds = 600
	// messagesPerReplica is how many waiting messages are one replica's share.
	messagesPerReplica = 5
	kedaAPI            = "keda.sh/v1alpha1"
)

// scalerCredentials declares how scalers of queues ask AWS: as KEDA itself,
// which has a role of its own.
func (b *builder) scalerCredentials() error {
	for _, agent := range b.args.agents() {
		if agent.Consumes == "" {
			continue
		}
		var err error
		b.credentials, err = apiextensions.NewCustomResource(b.ctx, b.name+"-scalers", &apiextensions.CustomResourceArgs{
			ApiVersion: pulumi.String(kedaAPI), Kind: pulumi.String("TriggerAuthentication"),
			Metadata: &metav1.ObjectMetaArgs{
				Name: pulumi.String(b.args.System.Name), Namespace: pulumi.String(Namespace(b.args.System)),
			},
			OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
				"podIdentity": pulumi.Map{"provider": pulumi.String("aws")},
			}},
		}, b.inside()...)
		return err
	}
	return nil
}

// scaler declares what scales the agent.
func (b *builder) scaler(agent system.Agent, deployment pulumi.Resource) error {
	if agent.Consumes != "" {
		return b.queueScaler(agent, deployment)
	}
	return b.podScaler(agent, deployment)
}

// podScaler scales by what the agent's own container uses. A plan that scales
// the home changes minReplicas, or the Deployment's scale where it is zero.
func (b *builder) podScaler(agent system.Agent, deployment pulumi.Resource) error {
	n := b.counts(agent)
	rule := func(kind string, value, seconds int) autoscalingv2.HPAScalingPolicyArgs {
		return autoscalingv2.HPAScalingPolicyArgs{
			Type: pulumi.String(kind), Value: pulumi.Int(value), PeriodSeconds: pulumi.Int(seconds),
		}
	}
	_, err := autoscalingv2.NewHorizontalPodAutoscaler(b.ctx, b.part(agent.Name, "scaler"),
		&autoscalingv2.HorizontalPodAutoscalerArgs{
			Metadata: b.meta(agent, n.annotations()),
			Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
				ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
					ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: pulumi.String(agent.Name),
				},
				MinReplicas: pulumi.Int(n.least()), MaxReplicas: pulumi.Int(n.most()),
				Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
					Type: pulumi.String("ContainerResource"),
					ContainerResource: &autoscalingv2.ContainerResourceMetricSourceArgs{
						Name: pulumi.String("cpu"), Container: pulumi.String(agent.Name),
						Target: &autoscalingv2.MetricTargetArgs{
							Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(cpuTarget),
						},
					},
				}},
				Behavior: &autoscalingv2.HorizontalPodAutoscalerBehaviorArgs{
					ScaleUp: &autoscalingv2.HPAScalingRulesArgs{
						StabilizationWindowSeconds: pulumi.Int(0), SelectPolicy: pulumi.String("Max"),
						Policies: autoscalingv2.HPAScalingPolicyArray{rule("Percent", 100, 15), rule("Pods", zones, 15)},
					},
					ScaleDown: &autoscalingv2.HPAScalingRulesArgs{
						StabilizationWindowSeconds: pulumi.Int(calmSeconds), SelectPolicy: pulumi.String("Min"),
						Policies: autoscalingv2.HPAScalingPolicyArray{rule("Percent", 10, 60)},
					},
				},
			},
		}, b.inside(b.kept("spec.minReplicas"), pulumi.DependsOn([]pulumi.Resource{deployment}))...)
	return err
}

// queueScaler scales by what waits in the agent's queue and what is being
// worked on. When the queue cannot be asked it never takes replicas away. A plan that scales the home
// changes minReplicaCount, or PausedAnnotation where the agent waits with none.
func (b *builder) queueScaler(agent system.Agent, deployment pulumi.Resource) error {
	n := b.counts(agent)
	annotations := n.annotations()
	annotations[PausedAnnotation] = pulumi.String(strconv.FormatBool(n.waits()))
	_, err := apiextensions.NewCustomResource(b.ctx, b.part(agent.Name, "scaler"), &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(kedaAPI), Kind: pulumi.String(QueueScaler),
		Metadata: b.meta(agent, annotations),
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"scaleTargetRef": pulumi.Map{
				"apiVersion": pulumi.String("apps/v1"), "kind": pulumi.String("Deployment"), "name": pulumi.String(agent.Name),
			},
			"pollingInterval": pulumi.Int(15), "cooldownPeriod": pulumi.Int(calmSeconds),
			"minReplicaCount": pulumi.Int(n.least()), "maxReplicaCount": pulumi.Int(n.most()),
			"fallback": pulumi.Map{
				"failureThreshold": pulumi.Int(3), "replicas": pulumi.Int(n.least()),
				"behavior": pulumi.String("currentReplicasIfHigher"),
			},
			"advanced": pulumi.Map{
				"restoreToOriginalReplicaCount": pulumi.Bool(false),
				"horizontalPodAutoscalerConfig": pulumi.Map{"behavior": pulumi.Map{"scaleDown": pulumi.Map{
					"stabilizationWindowSeconds": pulumi.Int(calmSeconds),
					"policies": pulumi.Array{pulumi.Map{
						"type": pulumi.String("Percent"), "value": pulumi.Int(10), "periodSeconds": pulumi.Int(60),
					}},
				}}},
			},
			"triggers": pulumi.Array{pulumi.Map{
				"type": pulumi.String("aws-sqs-queue"), "metricType": pulumi.String("AverageValue"),
				"metadata": pulumi.Map{
					"queueURL": b.args.Stores[agent.Consumes].URL, "awsRegion": pulumi.String(b.args.Scope.Region),
					"queueLength": pulumi.String(strconv.Itoa(messagesPerReplica)), "scaleOnInFlight": pulumi.String("true"),
				},
				"authenticationRef": pulumi.Map{"name": pulumi.String(b.args.System.Name)},
			}},
		}},
	}, b.inside(b.kept("spec.minReplicaCount", annotationPath(PausedAnnotation)),
		pulumi.DependsOn([]pulumi.Resource{deployment, b.credentials}))...)
	return err
}
