package drive

import (
	"context"
	"fmt"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/sim/fault"
	"redoubt/system"
	"redoubt/system/waits"
)

// copesWithCalls says why an agent does not answer because calls that it makes are broken, or nothing. It goes on without a
// callee where its pods are told that it may (waits.Wait.Without). A call that is late it gives up after the time that its pods
// are told; one that is told nothing waits, and then its own callers have gone.
func (w World) copesWithCalls(ctx context.Context, home system.Home, of inventory.Home, name string) error {
	hit := w.World.CallsHit(of.Region, of.Agents[name].Deployment)
	if len(hit) == 0 {
		return nil
	}
	told, err := w.told(ctx, home, of, name)
	if err != nil {
		return err
	}
	for _, f := range hit {
		callee := agentOf(of, f.Callee)
		wait, isTold := told.Callees[callee]
		total := waits.Span(wait.Total)
		switch {
		case f.Kind == fault.CallLate && !isTold:
			if most := w.patience(ctx, home, of, name); f.For >= most {
				return fmt.Errorf("%s waits for %s for %s, and its callers wait for %s", name, callee, f.For, most)
			}
		case f.Kind == fault.CallLate && f.For < total: // it comes in time
		case !wait.Without:
			return fmt.Errorf("%s cannot do without %s, which does not answer it", name, callee)
		}
	}
	return nil
}

// agentOf is the agent of a Deployment.
func agentOf(of inventory.Home, deployment string) string {
	for name, a := range of.Agents {
		if a.Deployment == deployment {
			return name
		}
	}
	return deployment
}

// told is what the pods of an agent are told of how long it waits; empty where they are told nothing.
func (w World) told(ctx context.Context, home system.Home, of inventory.Home, name string) (waits.Document, error) {
	out, err := w.object(ctx, home, of, "apps/v1", "Deployment", of.Agents[name].Deployment)
	if err != nil {
		return waits.Document{}, err
	}
	containers, _ := plan.Path("spec.template.spec.containers").Find(out)
	all, _ := containers.([]any)
	for _, one := range all {
		env, _ := plan.Path("env").Find(one)
		variables, _ := env.([]any)
		for _, v := range variables {
			variable, _ := v.(plan.Document)
			if variable["name"] == waits.Env {
				return waits.Decode(fmt.Sprint(variable["value"]))
			}
		}
	}
	return waits.Document{}, nil
}

// patience is how long the least patient caller of an agent waits for it, by the mesh; where nobody calls it, what the load
// balancer waits.
func (w World) patience(ctx context.Context, home system.Home, of inventory.Home, name string) time.Duration {
	most := system.EntryDeadline
	out, err := w.object(ctx, home, of, "networking.istio.io/v1", "VirtualService", name)
	if err != nil {
		return most
	}
	routes, _ := plan.Path("spec.http").Find(out)
	all, _ := routes.([]any)
	for _, r := range all {
		timeout, _ := plan.Path("timeout").Find(r)
		if d, err := time.ParseDuration(fmt.Sprint(timeout)); err == nil {
			most = min(most, d)
		}
	}
	return most
}

// object reads an object of a home's cluster.
func (w World) object(ctx context.Context, home system.Home, of inventory.Home, version, kind, name string) (plan.Document, error) {
	return w.Call(ctx, plan.Call{Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: "Get", Input: plan.Document{
		"Server": of.Cluster.Endpoint, "Namespace": of.Cluster.Namespace, "ApiVersion": version, "Kind": kind, "Name": name}})
}
