package agents

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/inventory"
	"redoubt/system"
)

const (
	// levelVolume and levelFolder are where a replica finds the level that it works at.
	levelVolume = "level"
	levelFolder = "/etc/redoubt/level"
	levelFile   = "level"
)

// levels declares how much each agent gives. It begins with everything; what it
// says from then on is the plans', so an update never lifts a degradation. A new agent is
// not in it until a plan degrades it, which means the same as full.
func (b *builder) levels() error {
	data := pulumi.StringMap{}
	for _, agent := range b.args.System.Agents {
		if len(agent.Degradation) > 0 {
			data[agent.Name] = pulumi.String(system.Full)
		}
	}
	_, err := corev1.NewConfigMap(b.ctx, b.name+"-degradation", &corev1.ConfigMapArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Name: pulumi.String(inventory.Degradation), Namespace: pulumi.String(Namespace(b.args.System)),
			Labels: pulumi.StringMap{systemLabel: pulumi.String(b.args.System.Name)},
		},
		Data: data,
	}, b.inside(pulumi.IgnoreChanges([]string{"data"}))...)
	return err
}

// levelOf is the volume with the agent's own level, if it declares any. The
// kubelet brings a change into the file within a minute or two, without a restart:
// https://kubernetes.io/docs/tutorials/configuration/updating-configuration-via-a-configmap/
func levelOf(agent system.Agent) (corev1.VolumeArray, corev1.VolumeMountArray) {
	if len(agent.Degradation) == 0 {
		return nil, nil
	}
	return corev1.VolumeArray{corev1.VolumeArgs{
			Name: pulumi.String(levelVolume),
			ConfigMap: &corev1.ConfigMapVolumeSourceArgs{
				Name: pulumi.String(inventory.Degradation), Optional: pulumi.Bool(true),
				Items: corev1.KeyToPathArray{corev1.KeyToPathArgs{
					Key: pulumi.String(agent.Name), Path: pulumi.String(levelFile)}},
			},
		}}, corev1.VolumeMountArray{corev1.VolumeMountArgs{
			Name: pulumi.String(levelVolume), MountPath: pulumi.String(levelFolder), ReadOnly: pulumi.Bool(true),
		}}
}
