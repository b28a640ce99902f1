package endtoend

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// Check has the simulator name what the program left unnamed, as pulumi-aws
// does, and upstream judge the rest.
func (i *instance) Check(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	k, err := i.kinds.of(r.GetUrn())
	if err != nil {
		return nil, err
	}
	named, err := i.simulator.Check(ctx, r)
	if err != nil {
		return nil, err
	}
	if i.ledger.isKept(r.GetUrn()) {
		r.Olds = nil // a state of the simulator's making says nothing to upstream
	}
	request := &pulumirpc.CheckRequest{
		Urn: k.urn(r.GetUrn()), Name: r.GetName(), Type: k.bridge, RandomSeed: r.GetRandomSeed(),
		Autonaming: r.GetAutonaming()}
	if err := k.both(r.GetOlds(), &request.Olds, named.GetInputs(), &request.News); err != nil {
		return nil, err
	}
	answer, err := i.bridge.Check(ctx, request)
	if err != nil {
		return nil, err
	}
	for _, f := range answer.GetFailures() {
		f.Property = k.nameOf(f.GetProperty())
	}
	faults, err := i.beside.judge(ctx, i.region, k.token, named.GetInputs())
	if err != nil {
		return nil, err
	}
	answer.Failures = append(answer.Failures, faults...)
	answer.Inputs, err = k.fromBridge(answer.GetInputs())
	return answer, err
}

// both renames two sets of properties.
func (k *kind) both(a *structpb.Struct, x **structpb.Struct, b *structpb.Struct, y **structpb.Struct) (err error) {
	if *x, err = k.toBridge(a); err != nil {
		return err
	}
	*y, err = k.toBridge(b)
	return err
}

// Diff compares as upstream does what moto holds, and as the simulator does the rest.
func (i *instance) Diff(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	if i.ledger.isKept(r.GetUrn()) {
		return i.simulator.Diff(ctx, r)
	}
	return i.diff(ctx, r)
}

func (i *instance) diff(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	k, err := i.kinds.of(r.GetUrn())
	if err != nil {
		return nil, err
	}
	request := &pulumirpc.DiffRequest{
		Id: r.GetId(), Urn: k.urn(r.GetUrn()), Name: r.GetName(), Type: k.bridge, IgnoreChanges: r.GetIgnoreChanges()}
	if err := k.both(r.GetOlds(), &request.Olds, r.GetNews(), &request.News); err != nil {
		return nil, err
	}
	if request.OldInputs, err = k.toBridge(r.GetOldInputs()); err != nil {
		return nil, err
	}
	answer, err := i.bridge.Diff(ctx, request)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]string{answer.Diffs, answer.Replaces} {
		for at, name := range list {
			list[at] = k.nameOf(name)
		}
	}
	detailed := map[string]*pulumirpc.PropertyDiff{}
	for path, d := range answer.GetDetailedDiff() {
		detailed[k.nameOf(path)] = d
	}
	answer.DetailedDiff = detailed
	return answer, nil
}

// Read reads back what is held, where it is held.
func (i *instance) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	k, err := i.kinds.of(r.GetUrn())
	if err != nil {
		return nil, err
	}
	if i.ledger.isKept(r.GetUrn()) {
		return i.simulator.Read(ctx, r)
	}
	request := &pulumirpc.ReadRequest{Id: r.GetId(), Urn: k.urn(r.GetUrn()), Name: r.GetName(), Type: k.bridge}
	if err := k.both(r.GetProperties(), &request.Properties, r.GetInputs(), &request.Inputs); err != nil {
		return nil, err
	}
	answer, err := i.bridge.Read(ctx, request)
	if err != nil {
		return nil, err
	}
	if answer.Properties, err = k.fromBridge(answer.GetProperties()); err != nil {
		return nil, err
	}
	answer.Inputs, err = k.fromBridge(answer.GetInputs())
	return answer, err
}

// Update changes what is held, where it is held. Upstream plans the rest of it too.
func (i *instance) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	k, err := i.kinds.of(r.GetUrn())
	if err != nil {
		return nil, err
	}
	if i.ledger.isKept(r.GetUrn()) { // upstream knows no state of it, so it plans the new inputs as a creation
		if _, err := i.create(ctx, k, &pulumirpc.CreateRequest{
			Urn: r.GetUrn(), Name: r.GetName(), Properties: r.GetNews()}, true); err != nil {
			return nil, err
		}
		return i.simulator.Update(ctx, r)
	}
	request := &pulumirpc.UpdateRequest{
		Id: r.GetId(), Urn: k.urn(r.GetUrn()), Name: r.GetName(), Type: k.bridge, Timeout: r.GetTimeout(),
		IgnoreChanges: r.GetIgnoreChanges(), Preview: r.GetPreview()}
	if err := k.both(r.GetOlds(), &request.Olds, r.GetNews(), &request.News); err != nil {
		return nil, err
	}
	if request.OldInputs, err = k.toBridge(r.GetOldInputs()); err != nil {
		return nil, err
	}
	answer, err := i.bridge.Update(ctx, request)
	if err != nil {
		return nil, err
	}
	if answer.Properties, err = k.fromBridge(answer.GetProperties()); err != nil || r.GetPreview() {
		return answer, err
	}
	if err := i.mirror.tell(r.GetUrn(), r.GetId(), answer.GetProperties()); err != nil {
		return nil, err
	}
	if _, err := i.simulator.Update(ctx, r); err != nil {
		return nil, fmt.Errorf("tell the simulator of a change: %w", err)
	}
	return answer, nil
}

// Delete removes what is held, where it is held.
func (i *instance) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	k, err := i.kinds.of(r.GetUrn())
	if err != nil {
		return nil, err
	}
	if !i.ledger.isKept(r.GetUrn()) {
		if err := i.delete(ctx, k, r.GetUrn(), r.GetId(), r.GetProperties(), r.GetOldInputs()); err != nil {
			return nil, err
		}
	}
	if _, err := i.simulator.Delete(ctx, r); err != nil {
		return nil, err
	}
	i.ledger.drop(r.GetUrn())
	return &emptypb.Empty{}, nil
}

func (i *instance) delete(ctx context.Context, k *kind, urn, id string, state, inputs *structpb.Struct) error {
	request := &pulumirpc.DeleteRequest{Id: id, Urn: k.urn(urn), Type: k.bridge}
	if err := k.both(state, &request.Properties, inputs, &request.OldInputs); err != nil {
		return err
	}
	_, err := i.bridge.Delete(ctx, request)
	return err
}
