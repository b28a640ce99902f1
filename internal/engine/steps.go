package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// settle makes one custom resource what the program says. It returns its outputs also as they travel.
func (r *run) settle(ctx context.Context, urn resource.URN, in *pulumirpc.RegisterResourceRequest,
) (*Resource, *structpb.Struct, error) {
	r.mu.Lock()
	r.seen[urn] = true
	r.mu.Unlock()
	from, p, err := r.instanceOf(in.GetProvider())
	if err != nil {
		return nil, nil, err
	}
	ignore := slices.DeleteFunc(in.GetIgnoreChanges(), func(property string) bool {
		return slices.Contains(r.stack.Dropped, Entry{string(urn.Type()), property})
	})
	old := r.old(urn)
	if old == nil {
		res := &Resource{URN: urn, Protect: in.GetProtect(), Ignore: ignore, provider: from}
		if in.GetImportId() != "" {
			return r.takeOver(ctx, res, p, in)
		}
		return r.create(ctx, res, p, in.GetObject())
	}
	now := *old
	now.Protect, now.Ignore, now.provider = in.GetProtect(), ignore, from
	return r.change(ctx, old, &now, p, in.GetObject())
}

// change makes a resource of the state what the inputs say; now is what it becomes.
func (r *run) change(ctx context.Context, old, now *Resource, p pulumirpc.ResourceProviderServer, inputs *structpb.Struct,
) (*Resource, *structpb.Struct, error) {
	was, err := sent(old)
	if err != nil {
		return nil, nil, err
	}
	step, checked, err := compare(ctx, p, was, inputs, now.Ignore)
	if err != nil {
		return nil, nil, err
	}
	if err := r.without(ctx, p, was, inputs, now.Ignore, step); err != nil {
		return nil, nil, err
	}
	if now.Inputs, err = read(checked); err != nil {
		return nil, nil, err
	}
	state := was.outputs
	switch step.Op {
	case "":
	case Replace:
		r.note(step)
		if !r.dry {
			return nil, nil, fmt.Errorf("%s, and nothing may be replaced", step)
		}
	default:
		r.note(step)
		if state, err = r.update(ctx, p, was, now, checked); err != nil {
			return nil, nil, err
		}
	}
	if !r.dry {
		r.keep(now)
	}
	return now, state, nil
}

// travelling is a resource of the state with its properties as they travel.
type travelling struct {
	*Resource
	inputs, outputs *structpb.Struct
}

func sent(res *Resource) (travelling, error) {
	out := travelling{Resource: res}
	var err error
	if out.inputs, err = write(res.Inputs); err != nil {
		return out, err
	}
	out.outputs, err = write(res.Outputs)
	return out, err
}

func (r *run) create(ctx context.Context, res *Resource, p pulumirpc.ResourceProviderServer, inputs *structpb.Struct,
) (*Resource, *structpb.Struct, error) {
	r.note(Step{Op: Create, URN: res.URN})
	checked, err := check(ctx, p, res.URN, nil, inputs)
	if err != nil {
		return nil, nil, err
	}
	made, err := p.Create(ctx, &pulumirpc.CreateRequest{Urn: string(res.URN), Properties: checked, Preview: r.dry})
	if err != nil {
		return nil, nil, err
	}
	res.ID = made.GetId()
	if res.Inputs, err = read(checked); err != nil {
		return nil, nil, err
	}
	if res.Outputs, err = read(made.GetProperties()); err != nil {
		return nil, nil, err
	}
	if !r.dry {
		r.keep(res)
	}
	return res, made.GetProperties(), nil
}

func (r *run) update(ctx context.Context, p pulumirpc.ResourceProviderServer, old travelling, now *Resource, inputs *structpb.Struct,
) (*structpb.Struct, error) {
	changed, err := p.Update(ctx, &pulumirpc.UpdateRequest{
		Id: old.ID, Urn: string(old.URN), Olds: old.outputs, News: inputs, IgnoreChanges: now.Ignore, Preview: r.dry,
	})
	if err != nil {
		return nil, err
	}
	now.Outputs, err = read(changed.GetProperties())
	return changed.GetProperties(), err
}

// without asks, for each ignored property, what would happen if it were not,
// beyond what happens anyway.
func (r *run) without(ctx context.Context, p pulumirpc.ResourceProviderServer, old travelling, inputs *structpb.Struct, ignore []string,
	anyway Step,
) error {
	if !r.dry {
		return nil
	}
	for _, property := range ignore {
		rest := slices.DeleteFunc(slices.Clone(ignore), func(s string) bool { return s == property })
		step, _, err := compare(ctx, p, old, inputs, rest)
		if err != nil {
			return err
		}
		top, _, _ := strings.Cut(property, ".")
		if slices.Contains(anyway.Properties, top) || !slices.Contains(step.Properties, top) {
			continue
		}
		entry := Entry{old.Type(), property}
		r.mu.Lock()
		r.result.Without[entry] = append(r.result.Without[entry], step)
		r.mu.Unlock()
	}
	return nil
}

// compare checks new inputs and says what they change. An ignored property
// keeps its old input, as the engine has it
// (https://www.pulumi.com/docs/iac/concepts/options/ignorechanges/).
func compare(ctx context.Context, p pulumirpc.ResourceProviderServer, old travelling, inputs *structpb.Struct, ignore []string,
) (Step, *structpb.Struct, error) {
	kept, err := keepIgnored(old.Resource, inputs, ignore)
	if err != nil {
		return Step{}, nil, err
	}
	checked, err := check(ctx, p, old.URN, old.inputs, kept)
	if err != nil {
		return Step{}, nil, err
	}
	d, err := p.Diff(ctx, &pulumirpc.DiffRequest{
		Id: old.ID, Urn: string(old.URN), Olds: old.outputs, News: checked, OldInputs: old.inputs, IgnoreChanges: ignore,
	})
	if err != nil || d.GetChanges() != pulumirpc.DiffResponse_DIFF_SOME {
		return Step{}, checked, err
	}
	step := Step{Op: Update, URN: old.URN, Properties: d.GetDiffs(), Replaces: d.GetReplaces()}
	if len(step.Replaces) > 0 {
		step.Op = Replace
	}
	return step, checked, nil
}

// keepIgnored are the inputs with the old ones in the places that are ignored.
func keepIgnored(old *Resource, inputs *structpb.Struct, ignore []string) (*structpb.Struct, error) {
	if len(ignore) == 0 {
		return inputs, nil
	}
	kept, err := read(inputs) // a copy of its own, for what is ignored inside a block
	if err != nil {
		return nil, err
	}
	for _, property := range ignore {
		if path, err := resource.ParsePropertyPath(property); err == nil {
			path.Reset(old.Inputs, kept)
		}
	}
	return write(kept)
}

func check(ctx context.Context, p pulumirpc.ResourceProviderServer, urn resource.URN, old, inputs *structpb.Struct,
) (*structpb.Struct, error) {
	answer, err := p.Check(ctx, &pulumirpc.CheckRequest{Urn: string(urn), Olds: old, News: inputs})
	if err != nil {
		return nil, err
	}
	for _, f := range answer.GetFailures() {
		return nil, fmt.Errorf("%s: %s", f.GetProperty(), f.GetReason())
	}
	return answer.GetInputs(), nil
}
