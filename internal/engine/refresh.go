package engine

import (
	"context"
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Refresh reads every resource of the stack back, as AWS has it now. It
// returns the resources that are gone, which it drops from the state.
func (s *Stack) Refresh(ctx context.Context) ([]resource.URN, error) {
	r, err := newRun(s, false)
	if err != nil {
		return nil, err
	}
	defer r.close()
	for urn, settings := range maps.Clone(s.providers) {
		if err := r.configure(ctx, urn, settings); err != nil {
			return nil, err
		}
	}
	var gone []resource.URN
	for _, res := range s.Resources() {
		now, err := r.readBack(ctx, res)
		if err != nil {
			return nil, fmt.Errorf("read %s back: %w", res.URN, err)
		}
		if now == nil {
			gone = append(gone, res.URN)
			delete(s.resources, res.URN)
			continue
		}
		s.resources[res.URN] = now
	}
	return gone, nil
}

func (r *run) readBack(ctx context.Context, res *Resource) (*Resource, error) {
	_, p, err := r.instanceOf(string(res.provider) + "::id")
	if err != nil {
		return nil, err
	}
	known, err := sent(res)
	if err != nil {
		return nil, err
	}
	got, err := p.Read(ctx, &pulumirpc.ReadRequest{
		Id: res.ID, Urn: string(res.URN), Properties: known.outputs, Inputs: known.inputs,
	})
	if err != nil || got.GetId() == "" {
		return nil, err
	}
	now := *res
	now.ID = got.GetId()
	if now.Outputs, err = read(got.GetProperties()); err != nil {
		return nil, err
	}
	now.Inputs, err = read(got.GetInputs())
	return &now, err
}
