package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
)

// settle makes one custom resource what the program says.
func (r *run) settle(ctx context.Context, urn resource.URN, in *pulumirpc.RegisterResourceRequest) (*Resource, error) {
	r.mu.Lock()
	r.seen[urn] = true
	r.mu.Unlock()
	from, p, err := r.instanceOf(in.GetProvider())
	if err != nil {
		return nil, err
	}
	ignore := slices.DeleteFunc(in.GetIgnoreChanges(), func(property string) bool {
		return slices.Contains(r.stack.Dropped, Entry{string(urn.Type()), property})
	})
	old := r.old(urn)
	if old == nil {
		inputs, err := read(in.GetObject())
		if err != nil {
			return nil, err
		}
		res := &Resource{URN: urn, Inputs: inputs, Protect: in.GetProtect(), Ignore: ignore, provider: from}
		if in.GetImportId() != "" {
			return r.takeOver(ctx, res, p, in)
		}
		return r.create(ctx, res, p)
	}
	now := *old
	now.Protect, now.Ignore, now.provider = in.GetProtect(), ignore, from
	step, checked, err := compare(ctx, p, old, in.GetObject(), ignore)
	if err != nil {
		return nil, err
	}
	if err := r.without(ctx, p, old, in.GetObject(), ignore, step); err != nil {
		return nil, err
	}
	switch now.Inputs = checked; step.Op {
	case "":
	case Replace:
		r.note(step)
		if !r.dry {
			return nil, fmt.Errorf("%s, and nothing may be replaced", step)
		}
	default:
		r.note(step)
		if err := r.update(ctx, p, old, &now); err != nil {
			return nil, err
		}
	}
	if !r.dry {
		r.keep(&now)
	}
	return &now, nil
}

func (r *run) create(ctx context.Context, res *Resource, p pulumirpc.ResourceProviderServer) (*Resource, error) {
	r.note(Step{Op: Create, URN: res.URN})
	checked, err := check(ctx, p, res.URN, nil, res.Inputs)
	if err != nil {
		return nil, err
	}
	props, err := write(checked)
	if err != nil {
		return nil, err
	}
	made, err := p.Create(ctx, &pulumirpc.CreateRequest{Urn: string(res.URN), Properties: props, Preview: r.dry})
	if err != nil {
		return nil, err
	}
	res.ID, res.Inputs = made.GetId(), checked
	if res.Outputs, err = read(made.GetProperties()); err != nil {
		return nil, err
	}
	if !r.dry {
		r.keep(res)
	}
	return res, nil
}

func (r *run) update(ctx context.Context, p pulumirpc.ResourceProviderServer, old, now *Resource) error {
	olds, err := write(old.Outputs)
	if err != nil {
		return err
	}
	news, err := write(now.Inputs)
	if err != nil {
		return err
	}
	changed, err := p.Update(ctx, &pulumirpc.UpdateRequest{
		Id: old.ID, Urn: string(old.URN), Olds: olds, News: news, IgnoreChanges: now.Ignore, Preview: r.dry,
	})
	if err != nil {
		return err
	}
	now.Outputs, err = read(changed.GetProperties())
	return err
}

// without asks, for each ignored property, what would happen if it were not,
// beyond what happens anyway.
func (r *run) without(ctx context.Context, p pulumirpc.ResourceProviderServer, old *Resource, inputs *structpb.Struct, ignore []string,
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
func compare(ctx context.Context, p pulumirpc.ResourceProviderServer, old *Resource, inputs *structpb.Struct, ignore []string,
) (Step, resource.PropertyMap, error) {
	kept, err := read(inputs) // a copy of its own, for what is ignored inside a block
	if err != nil {
		return Step{}, nil, err
	}
	for _, property := range ignore {
		if path, err := resource.ParsePropertyPath(property); err == nil {
			path.Reset(old.Inputs, kept)
		}
	}
	checked, err := check(ctx, p, old.URN, old.Inputs, kept)
	if err != nil {
		return Step{}, nil, err
	}
	news, err := write(checked)
	if err != nil {
		return Step{}, nil, err
	}
	state, err := write(old.Outputs)
	if err != nil {
		return Step{}, nil, err
	}
	before, err := write(old.Inputs)
	if err != nil {
		return Step{}, nil, err
	}
	d, err := p.Diff(ctx, &pulumirpc.DiffRequest{
		Id: old.ID, Urn: string(old.URN), Olds: state, News: news, OldInputs: before, IgnoreChanges: ignore,
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

func check(ctx context.Context, p pulumirpc.ResourceProviderServer, urn resource.URN, old, inputs resource.PropertyMap,
) (resource.PropertyMap, error) {
	news, err := write(inputs)
	if err != nil {
		return nil, err
	}
	request := &pulumirpc.CheckRequest{Urn: string(urn), News: news}
	if old != nil {
		if request.Olds, err = write(old); err != nil {
			return nil, err
		}
	}
	answer, err := p.Check(ctx, request)
	if err != nil {
		return nil, err
	}
	for _, f := range answer.GetFailures() {
		return nil, fmt.Errorf("%s: %s", f.GetProperty(), f.GetReason())
	}
	return read(answer.GetInputs())
}

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
	state, err := write(res.Outputs)
	if err != nil {
		return nil, err
	}
	inputs, err := write(res.Inputs)
	if err != nil {
		return nil, err
	}
	got, err := p.Read(ctx, &pulumirpc.ReadRequest{
		Id: res.ID, Urn: string(res.URN), Properties: state, Inputs: inputs,
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
