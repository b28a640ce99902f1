package endtoend

import (
	"context"
	"fmt"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/status"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Create has upstream plan the resource, which must succeed, and then make it
// on moto. What moto cannot hold, the simulator keeps.
func (i *instance) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	k, err := i.kinds.of(r.GetUrn())
	if err != nil {
		return nil, err
	}
	planned, err := i.create(ctx, k, r, true)
	if err != nil || r.GetPreview() {
		return planned, err
	}
	entry, try := i.ledger.listed(r.GetUrn())
	if !try {
		return i.keep(ctx, r, entry, "")
	}
	made, err := i.try(ctx, k, r, entry)
	if err != nil {
		return i.keep(ctx, r, entry, err.Error())
	}
	if err := i.mirror.tell(r.GetUrn(), made.GetId(), made.GetProperties()); err != nil {
		return nil, err
	}
	if _, err := i.simulator.Create(ctx, r); err != nil {
		return nil, fmt.Errorf("tell the simulator what moto holds: %w", err)
	}
	i.ledger.hold(r.GetUrn(), entry)
	return made, nil
}

// try makes the resource on moto and asks at once whether a repeat would
// change it. Then moto answers wrongly, and what it made is taken away again.
func (i *instance) try(ctx context.Context, k *kind, r *pulumirpc.CreateRequest, entry *Planned,
) (*pulumirpc.CreateResponse, error) {
	wait := i.patience
	if entry != nil && entry.Endless {
		wait = i.haste
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	made, err := i.create(ctx, k, r, false)
	if err != nil {
		i.undo(k, r, err)
		return nil, err
	}
	state, err := k.toBridge(made.GetProperties())
	if err != nil {
		return nil, err
	}
	i.ledger.remember(holding{by: i, kind: k, urn: r.GetUrn(), id: made.GetId(), state: state})
	d, err := i.diff(ctx, &pulumirpc.DiffRequest{
		Id: made.GetId(), Urn: r.GetUrn(), Name: r.GetName(), Olds: made.GetProperties(), News: r.GetProperties(),
		OldInputs: r.GetProperties()})
	if err == nil && d.GetChanges() == pulumirpc.DiffResponse_DIFF_SOME {
		err = fmt.Errorf("a repeat would change %s", strings.Join(d.GetDiffs(), ", "))
	}
	if err == nil {
		return made, nil
	}
	_ = i.delete(context.WithoutCancel(ctx), k, r.GetUrn(), made.GetId(), made.GetProperties(), r.GetProperties())
	return nil, err
}

// undo takes away what a failed creation left, as well as it can.
func (i *instance) undo(k *kind, r *pulumirpc.CreateRequest, failed error) {
	for _, detail := range status.Convert(failed).Details() {
		if left, ok := detail.(*pulumirpc.ErrorResourceInitFailed); ok {
			i.ledger.remember(holding{by: i, kind: k, urn: r.GetUrn(), id: left.GetId(), state: left.GetProperties()})
			_, _ = i.bridge.Delete(context.Background(), &pulumirpc.DeleteRequest{
				Id: left.GetId(), Urn: k.urn(r.GetUrn()), Type: k.bridge, Properties: left.GetProperties()})
		}
	}
}

func (i *instance) create(ctx context.Context, k *kind, r *pulumirpc.CreateRequest, preview bool,
) (*pulumirpc.CreateResponse, error) {
	request := &pulumirpc.CreateRequest{
		Urn: k.urn(r.GetUrn()), Name: r.GetName(), Type: k.bridge, Timeout: r.GetTimeout(), Preview: preview}
	var err error
	if request.Properties, err = k.toBridge(r.GetProperties()); err != nil {
		return nil, err
	}
	answer, err := i.bridge.Create(ctx, request)
	if err != nil {
		return nil, err
	}
	answer.Properties, err = k.fromBridge(answer.GetProperties())
	return answer, err
}

// keep has the simulator make what moto cannot hold.
func (i *instance) keep(ctx context.Context, r *pulumirpc.CreateRequest, entry *Planned, why string,
) (*pulumirpc.CreateResponse, error) {
	made, err := i.simulator.Create(ctx, r)
	if err != nil {
		if why != "" {
			err = fmt.Errorf("%w (and moto: %s)", err, oneLine(why))
		}
		return nil, err
	}
	i.ledger.keep(r.GetUrn(), entry, why)
	_, _ = fmt.Fprintf(i.bridges.log, "KEPT by the simulator: %s: %s\n", short(r.GetUrn()), oneLine(why)) // to look at
	return made, nil
}

// short is a URN's type and name, for people.
func short(urn string) string {
	if urn == "" { // the engine's own word
		return "engine"
	}
	u := resource.URN(urn)
	return string(u.Type()) + " " + u.Name()
}
