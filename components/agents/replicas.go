package agents

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// The annotations that say what is declared, so that a change of a tier shows in
// a preview although it changes no running number.
const (
	ActiveAnnotation  = "redoubt.dev/active-replicas"
	StandbyAnnotation = "redoubt.dev/standby-replicas"
)

// PausedAnnotation is "true" on the scaler of a consumer that waits with no
// replica: KEDA then leaves it alone
// (https://keda.sh/docs/latest/concepts/scaling-deployments/#pausing-autoscaling). A plan that starts the consumer sets it to "false".
const PausedAnnotation = "autoscaling.keda.sh/paused"

// The two kinds of scaler.
const (
	PodScaler   = "HorizontalPodAutoscaler"
	QueueScaler = "ScaledObject"
)

// ScalerKind is what scales an agent: its queue, or what its pods use.
func ScalerKind(a system.Agent) string {
	if a.Consumes != "" {
		return QueueScaler
	}
	return PodScaler
}

// counts is how many replicas of one agent this home runs.
type counts struct {
	// active and standby are what the agent needs where it serves and where it waits.
	active, standby int
	// first is what this home begins with: active in the primary, standby in the secondary.
	first int
}

func (b *builder) counts(agent system.Agent) counts {
	active, standby := b.args.System.Replicas(agent)
	c := counts{active: active, standby: standby, first: active}
	if b.args.Scope.Home == system.Secondary {
		c.first = standby
	}
	return c
}

// least is the lowest number to which the scaler may go. An agent that waits
// with none gets its full number, which holds once a plan has started it: the pod scaler
// leaves a Deployment of zero alone
// (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation),
// and KEDA is paused.
func (c counts) least() int {
	if c.first == 0 {
		return c.active
	}
	return c.first
}

// most is how far a scaler may go beyond what is declared. It is no part of
// the capacity that the loss of a zone needs: that is there before.
func (c counts) most() int { return 2 * c.active }

// waits reports whether this home begins with none.
func (c counts) waits() bool { return c.first == 0 }

// perZone is how many replicas every zone has at least, whether the home serves or waits.
func (c counts) perZone() int { return min(c.active, c.standby) / zones }

func (c counts) annotations() pulumi.StringMap {
	return pulumi.StringMap{
		ActiveAnnotation:  pulumi.String(strconv.Itoa(c.active)),
		StandbyAnnotation: pulumi.String(strconv.Itoa(c.standby)),
		// What a scaler or a plan has taken over is ignored; of the rest this program is the owner,
		// whoever wrote it: https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
		"pulumi.com/patchForce": pulumi.String("true"),
	}
}

// kept are the options of an object in which plans and scalers keep a number:
// an update leaves it as it is, unless it is told to settle.
func (b *builder) kept(paths ...string) pulumi.ResourceOption {
	if b.args.SettleReplicas {
		paths = nil
	}
	return pulumi.IgnoreChanges(paths)
}

// annotationPath is how the engine names one annotation.
func annotationPath(name string) string { return fmt.Sprintf("metadata.annotations[%q]", name) }
