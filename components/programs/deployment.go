package programs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/alive"
)

const (
	// nobody is the user that the image runs as (cmd/Dockerfile).
	nobody = 65532
	// graceOfNodes is how long a pod stays on a node that does not answer, as that of an agent.
	graceOfNodes = 30
	// graceSeconds is what a program has to end what it does.
	graceSeconds = 30
	// stateMiB is how much it may write.
	stateMiB = 1024
	// filesAnnotation is the hash of the files, so that a change of them starts new pods.
	filesAnnotation = "redoubt.dev/files"
	zoneLabel       = "topology.kubernetes.io/zone"
)

func (b *builder) files() error {
	if len(b.args.Files) == 0 {
		return nil
	}
	files, err := corev1.NewConfigMap(b.ctx, b.name+"-files", &corev1.ConfigMapArgs{
		Metadata: b.who.Meta(), Data: pulumi.StringMap(b.args.Files),
	}, b.who.Child()...)
	b.before = append(b.before, files)
	return err
}

// hash is that of all files.
func (b *builder) hash() pulumi.StringOutput {
	return pulumi.StringMap(b.args.Files).ToStringMapOutput().ApplyT(func(files map[string]string) (string, error) {
		text, err := json.Marshal(files) // sorted by name
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:8]), err
	}).(pulumi.StringOutput)
}

// deployment declares the pods. The update does not wait until they run, as with agents: with a zone lost or an
// image on its way it would hang, and a recovery with it.
func (b *builder) deployment() error {
	meta := b.who.Meta()
	meta.Annotations = pulumi.StringMap{"pulumi.com/skipAwait": pulumi.String("true")}
	template := &metav1.ObjectMetaArgs{Labels: b.who.Labels()}
	if len(b.args.Files) > 0 {
		template.Annotations = pulumi.StringMap{filesAnnotation: b.hash()}
	}
	_, err := appsv1.NewDeployment(b.ctx, b.name+"-deployment", &appsv1.DeploymentArgs{
		Metadata: meta,
		Spec: &appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(b.args.Replicas), RevisionHistoryLimit: pulumi.Int(3),
			Selector: &metav1.LabelSelectorArgs{MatchLabels: b.own()},
			Strategy: &appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				RollingUpdate: &appsv1.RollingUpdateDeploymentArgs{
					MaxSurge: pulumi.Int(1), MaxUnavailable: pulumi.Int(0),
				},
			},
			Template: &corev1.PodTemplateSpecArgs{Metadata: template, Spec: b.pod()},
		},
	}, b.who.Child(pulumi.DependsOn(b.before))...)
	return err
}

// pod runs under the restricted profile that the namespace enforces, without a priority: an agent that needs the room
// takes it.
func (b *builder) pod() *corev1.PodSpecArgs {
	volumes := corev1.VolumeArray{corev1.VolumeArgs{Name: pulumi.String("state"),
		EmptyDir: &corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String(strconv.Itoa(stateMiB) + "Mi")}}}
	if len(b.args.Files) > 0 {
		volumes = append(volumes, corev1.VolumeArgs{Name: pulumi.String("files"),
			ConfigMap: &corev1.ConfigMapVolumeSourceArgs{Name: pulumi.String(b.who.Called)}})
	}
	return &corev1.PodSpecArgs{
		ServiceAccountName: pulumi.String(b.who.Called), AutomountServiceAccountToken: pulumi.Bool(b.reads()),
		EnableServiceLinks: pulumi.Bool(false), TerminationGracePeriodSeconds: pulumi.Int(graceSeconds),
		SecurityContext: &corev1.PodSecurityContextArgs{
			RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(nobody), RunAsGroup: pulumi.Int(nobody),
			// The token of EKS Pod Identity is mounted for the group.
			FsGroup: pulumi.Int(nobody), SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{corev1.TopologySpreadConstraintArgs{
			MaxSkew: pulumi.Int(1), TopologyKey: pulumi.String(zoneLabel), WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
			LabelSelector: &metav1.LabelSelectorArgs{MatchLabels: b.own()},
		}},
		Tolerations: tolerations(), Containers: corev1.ContainerArray{b.container()}, Volumes: volumes,
	}
}

func tolerations() corev1.TolerationArray {
	var out corev1.TolerationArray
	for _, taint := range []string{"not-ready", "unreachable"} {
		out = append(out, corev1.TolerationArgs{
			Key: pulumi.String("node.kubernetes.io/" + taint), Operator: pulumi.String("Exists"),
			Effect: pulumi.String("NoExecute"), TolerationSeconds: pulumi.Int(graceOfNodes),
		})
	}
	return out
}

func (b *builder) container() corev1.ContainerArgs {
	mounts := corev1.VolumeMountArray{
		corev1.VolumeMountArgs{Name: pulumi.String("state"), MountPath: pulumi.String(StatePath)},
	}
	if len(b.args.Files) > 0 {
		mounts = append(mounts, corev1.VolumeMountArgs{Name: pulumi.String("files"), MountPath: pulumi.String(FilesPath),
			ReadOnly: pulumi.Bool(true)})
	}
	memory := pulumi.Sprintf("%dMi", b.args.MemoryMiB)
	return corev1.ContainerArgs{
		Name: pulumi.String(b.args.Part), Image: pulumi.String(b.args.Scope.Image(b.args.Image)),
		Args: pulumi.ToStringArray(b.args.Arguments), Env: b.env(), VolumeMounts: mounts,
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": pulumi.Sprintf("%dm", b.args.CPUMillis), "memory": memory},
			Limits:   pulumi.StringMap{"memory": memory},
		},
		SecurityContext: &corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
			RunAsNonRoot: pulumi.Bool(true),
			Capabilities: &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
		},
		LivenessProbe: &corev1.ProbeArgs{
			HttpGet:       &corev1.HTTPGetActionArgs{Path: pulumi.String(alive.Path), Port: pulumi.Int(b.args.AlivePort)},
			PeriodSeconds: pulumi.Int(10), FailureThreshold: pulumi.Int(6), TimeoutSeconds: pulumi.Int(2),
		},
	}
}

// env is what the program is told, with the name of its pod.
func (b *builder) env() corev1.EnvVarArray {
	out := corev1.EnvVarArray{corev1.EnvVarArgs{Name: pulumi.String("REDOUBT_POD"), ValueFrom: &corev1.EnvVarSourceArgs{
		FieldRef: &corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String("metadata.name")},
	}}}
	for _, name := range slices.Sorted(maps.Keys(b.args.Environment)) {
		out = append(out, corev1.EnvVarArgs{Name: pulumi.String(name), Value: b.args.Environment[name]})
	}
	return out
}
