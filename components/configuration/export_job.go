package configuration

import (
	"slices"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// schedule is once an hour, away from the full hour when everybody's jobs begin.
	schedule = "17 * * * *"
	// exportSeconds is how long an export may take before it is ended: it reads some hundred objects.
	exportSeconds = 300
	memory        = "128Mi"
	// identityAddress is where the agent of EKS Pod Identity hands out credentials on each node:
	// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
	identityAddress = "169.254.170.23/32"
)

// network lets the export out to names, to its credentials, to the API server
// and to S3, and nobody in. The API server answers at the addresses of the services and of the control plane's network
// interfaces in the private subnets; S3 answers at public addresses, which AWS changes without notice.
func (b *exporter) network() error {
	peers := func(list ...networkingv1.NetworkPolicyPeerInput) networkingv1.NetworkPolicyPeerArray { return list }
	block := func(cidr string, except ...string) networkingv1.NetworkPolicyPeerArgs {
		ip := &networkingv1.IPBlockArgs{Cidr: pulumi.String(cidr)}
		if len(except) > 0 {
			ip.Except = pulumi.ToStringArray(except)
		}
		return networkingv1.NetworkPolicyPeerArgs{IpBlock: ip}
	}
	names := networkingv1.NetworkPolicyPeerArgs{
		NamespaceSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{
			"kubernetes.io/metadata.name": pulumi.String("kube-system"),
		}},
		PodSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{"k8s-app": pulumi.String("kube-dns")}},
	}
	var services networkingv1.NetworkPolicyPeerArray
	for _, cidr := range b.args.Services {
		services = append(services, block(cidr))
	}
	outside := block("0.0.0.0/0", append(slices.Clone(b.args.Homes), "169.254.0.0/16")...)
	policy, err := networkingv1.NewNetworkPolicy(b.ctx, b.name+"-network", &networkingv1.NetworkPolicyArgs{
		Metadata: b.who.Meta(),
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: &metav1.LabelSelectorArgs{MatchLabels: pulumi.StringMap{
				"app.kubernetes.io/name": pulumi.String(Exporter),
			}},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Egress: networkingv1.NetworkPolicyEgressRuleArray{
				networkingv1.NetworkPolicyEgressRuleArgs{To: peers(names), Ports: ports("UDP", 53, "TCP", 53)},
				networkingv1.NetworkPolicyEgressRuleArgs{To: peers(block(identityAddress)), Ports: ports("TCP", 80)},
				networkingv1.NetworkPolicyEgressRuleArgs{To: services, Ports: ports("TCP", 443)},
				networkingv1.NetworkPolicyEgressRuleArgs{To: peers(outside), Ports: ports("TCP", 443)},
			},
		},
	}, b.who.Child()...)
	b.before = append(b.before, policy)
	return err
}

// ports takes protocols and numbers in turn.
func ports(list ...any) networkingv1.NetworkPolicyPortArray {
	var out networkingv1.NetworkPolicyPortArray
	for n := 0; n < len(list); n += 2 {
		out = append(out, networkingv1.NetworkPolicyPortArgs{
			Protocol: pulumi.String(list[n].(string)), Port: pulumi.Int(list[n+1].(int)),
		})
	}
	return out
}

// job declares the schedule. One export runs at a time; one that is late by more
// than half an hour is left to the next.
func (b *exporter) job() error {
	_, err := batchv1.NewCronJob(b.ctx, b.name+"-job", &batchv1.CronJobArgs{
		Metadata: b.who.Meta(),
		Spec: &batchv1.CronJobSpecArgs{
			Schedule: pulumi.String(schedule), TimeZone: pulumi.String("Etc/UTC"),
			ConcurrencyPolicy: pulumi.String("Forbid"), StartingDeadlineSeconds: pulumi.Int(1800),
			SuccessfulJobsHistoryLimit: pulumi.Int(1), FailedJobsHistoryLimit: pulumi.Int(3),
			JobTemplate: &batchv1.JobTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: b.who.Labels()},
				Spec: &batchv1.JobSpecArgs{
					BackoffLimit: pulumi.Int(3), ActiveDeadlineSeconds: pulumi.Int(exportSeconds),
					Template: &corev1.PodTemplateSpecArgs{
						Metadata: &metav1.ObjectMetaArgs{Labels: b.who.Labels()}, Spec: b.pod(),
					},
				},
			},
		},
	}, b.who.Child(pulumi.DependsOn(b.before))...)
	return err
}

// pod runs under the restricted profile that the namespace enforces, without a
// priority: an agent that needs the room takes it.
func (b *exporter) pod() *corev1.PodSpecArgs {
	return &corev1.PodSpecArgs{
		ServiceAccountName: pulumi.String(Exporter), AutomountServiceAccountToken: pulumi.Bool(true),
		EnableServiceLinks: pulumi.Bool(false), RestartPolicy: pulumi.String("Never"),
		SecurityContext: &corev1.PodSecurityContextArgs{
			RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(65532), RunAsGroup: pulumi.Int(65532),
			// The token of EKS Pod Identity is mounted for the group.
			FsGroup: pulumi.Int(65532), SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		Containers: corev1.ContainerArray{corev1.ContainerArgs{
			Name:  pulumi.String("export"),
			Image: pulumi.String(b.args.Scope.Image(ExportImage)),
			Args: pulumi.StringArray{
				pulumi.Sprintf("-namespace=%s", b.args.Namespace), pulumi.Sprintf("-region=%s", b.args.Scope.Region),
				pulumi.Sprintf("-bucket=%s", b.args.Bucket), pulumi.Sprintf("-key=%s", ObjectsKey(b.args.Scope.Home)),
			},
			Resources: &corev1.ResourceRequirementsArgs{
				Requests: pulumi.StringMap{"cpu": pulumi.String("50m"), "memory": pulumi.String(memory)},
				Limits:   pulumi.StringMap{"memory": pulumi.String(memory)},
			},
			SecurityContext: &corev1.SecurityContextArgs{
				AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
				RunAsNonRoot: pulumi.Bool(true),
				Capabilities: &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
			},
		}},
	}
}
