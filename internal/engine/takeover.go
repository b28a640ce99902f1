package engine

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// takeOver reads a resource that the program imports by its id. What the
// program says must be what is there, as the engine has it
// (https://www.pulumi.com/docs/iac/concepts/options/import/).
func (r *run) takeOver(ctx context.Context, res *Resource, p pulumirpc.ResourceProviderServer, in *pulumirpc.RegisterResourceRequest,
) (*Resource, *structpb.Struct, error) {
	r.note(Step{Op: Import, URN: res.URN})
	there := *res
	there.ID, there.Inputs, there.Outputs = in.GetImportId(), nil, nil
	found, err := r.readBack(ctx, &there)
	if err != nil {
		return nil, nil, err
	}
	if found == nil {
		return nil, nil, fmt.Errorf("%s: %q is not there to be imported", res.URN, in.GetImportId())
	}
	was, err := sent(found)
	if err != nil {
		return nil, nil, err
	}
	step, checked, err := compare(ctx, p, was, in.GetObject(), res.Ignore)
	if err != nil {
		return nil, nil, err
	}
	if step.Op != "" {
		return nil, nil, fmt.Errorf("%s: what is imported differs from the program in %v", res.URN, step.Properties)
	}
	if found.Inputs, err = read(checked); err != nil {
		return nil, nil, err
	}
	if !r.dry {
		r.keep(found)
	}
	return found, was.outputs, nil
}
