package experiment

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/system/experiments"
)

// Cluster is where a home's agents run: the address of its API server, and their namespace.
type Cluster struct{ Server, Namespace string }

const (
	// holds is how long the cluster leaves the objects without a word of the drill, and looked how long one request may take.
	holds, looked = 3 * time.Minute, 30 * time.Second
	// goneFor is how long objects may take to go.
	goneFor = 2 * time.Minute
	// experimentLabel says which experiment a switch belongs to.
	experimentLabel = "redoubt-experiment"
)

// object makes one request about an object of an experiment.
func (c Control) object(ctx context.Context, home system.Home, operation, version, kind string, more plan.Document) (plan.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, looked)
	defer cancel()
	at := c.Clusters[home]
	in := plan.Document{"Server": at.Server, "Namespace": at.Namespace, "ApiVersion": version, "Kind": kind}
	if operation != "List" {
		in["Name"] = experiments.ObjectName
	}
	maps.Copy(in, more)
	return c.Port.Call(ctx, plan.Call{Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: operation, Input: in})
}

// Pod is one of an agent's pods, the first by name.
func (c Control) Pod(ctx context.Context, home system.Home, agent string) (string, error) {
	out, err := c.object(ctx, home, "List", "v1", "Pod", plan.Document{"Selector": "app.kubernetes.io/name=" + agent})
	if err != nil {
		return "", fmt.Errorf("the pods of %s: %w", agent, err)
	}
	var names []string
	items, _ := out["items"].([]any)
	for _, item := range items {
		one, _ := item.(plan.Document)
		meta, _ := one["metadata"].(plan.Document)
		names = append(names, text(meta, "name"))
	}
	if len(names) == 0 {
		return "", fmt.Errorf("the %s home has no pod of %s", home, agent)
	}
	return slices.Min(names), nil
}

// Set sets the objects of an experiment, below a switch: a Job that runs nothing, and that the cluster itself ends and takes
// away with all that it owns when nobody holds it any more. What cannot be set as a whole is taken away.
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
// https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
func (c Control) Set(ctx context.Context, home system.Home, name string, objects []experiments.Object) error {
	made, err := c.object(ctx, home, "Apply", experiments.SwitchAPI, experiments.SwitchKind, plan.Document{"Object": theSwitch(name)})
	if err != nil {
		return fmt.Errorf("set the switch: %w", err)
	}
	meta, _ := made["metadata"].(plan.Document)
	owner := plan.Document{"apiVersion": experiments.SwitchAPI, "kind": experiments.SwitchKind, "name": experiments.ObjectName,
		"uid": text(meta, "uid"), "controller": true} // so that no export of the namespace keeps what it owns
	for _, o := range objects {
		_, err := c.object(ctx, home, "Apply", o.APIVersion, o.Kind, plan.Document{"Object": plan.Document{
			"metadata": plan.Document{"ownerReferences": []any{owner}}, "spec": plan.Document(o.Spec)}})
		if err != nil {
			return errors.Join(fmt.Errorf("set the %s: %w", o.Kind, err), c.Unset(context.WithoutCancel(ctx), home))
		}
	}
	return nil
}

// theSwitch is the Job. It wants no pod, so the cluster runs none; its time runs all the same.
func theSwitch(name string) plan.Document {
	closed := plan.Document{"allowPrivilegeEscalation": false, "runAsNonRoot": true,
		"capabilities": plan.Document{"drop": []any{"ALL"}}, "seccompProfile": plan.Document{"type": "RuntimeDefault"}}
	return plan.Document{
		"metadata": plan.Document{"labels": plan.Document{experimentLabel: name}},
		"spec": plan.Document{
			"parallelism": 0, "backoffLimit": 0, "activeDeadlineSeconds": int(holds / time.Second), "ttlSecondsAfterFinished": 0,
			"template": plan.Document{"spec": plan.Document{"restartPolicy": "Never", "automountServiceAccountToken": false,
				"containers": []any{plan.Document{"name": "none", "image": "nothing.invalid/none", "securityContext": closed}}}},
		},
	}
}

// Hold lets the objects stand for some minutes more. The switch has stood for a time already, to which that is added.
func (c Control) Hold(ctx context.Context, home system.Home, stood time.Duration) error {
	_, err := c.object(ctx, home, "Patch", experiments.SwitchAPI, experiments.SwitchKind, plan.Document{"Patch": plan.Document{
		"spec": plan.Document{"activeDeadlineSeconds": int((stood + holds) / time.Second)}}})
	return err
}

// Unset takes away all that an experiment may have set in a home's cluster, and waits until it has gone. That nothing
// stands there is no error.
func (c Control) Unset(ctx context.Context, home system.Home) error {
	var errs []error
	for _, k := range kinds() {
		if _, err := c.object(ctx, home, "Delete", k.APIVersion, k.Kind, nil); err != nil && execute.ClassOf(err) != execute.NotFound {
			errs = append(errs, fmt.Errorf("take the %s away: %w", k.Kind, err))
		}
	}
	for until := c.Clock.Now().Add(goneFor); len(errs) == 0; {
		left, err := c.Standing(ctx, home)
		if err == nil && len(left) == 0 {
			return nil
		}
		if !c.Clock.Now().Before(until) {
			return errors.Join(err, fmt.Errorf("the %s home's cluster still has %s after %s", home, strings.Join(left, ", "), goneFor))
		}
		if err := c.Clock.Sleep(ctx, every); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

// Standing are the kinds of what experiments have set in a home's cluster.
func (c Control) Standing(ctx context.Context, home system.Home) (left []string, err error) {
	for _, k := range kinds() {
		_, one := c.object(ctx, home, "Get", k.APIVersion, k.Kind, nil)
		switch {
		case one == nil:
			left = append(left, k.Kind)
		case execute.ClassOf(one) != execute.NotFound:
			err = errors.Join(err, fmt.Errorf("whether the cluster of the %s home has a %s: %w", home, k.Kind, one))
		}
	}
	return left, err
}

// kinds are all that there may be, the switch last.
func kinds() []experiments.Kind {
	return append(slices.Clone(experiments.Kinds), experiments.Kind{APIVersion: experiments.SwitchAPI, Kind: experiments.SwitchKind})
}
