package engine

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	stackType     = "pulumi:pulumi:Stack"
	referenceType = "pulumi:pulumi:StackReference"
	providerType  = "pulumi:providers:"
)

// SupportsFeature says what of the engine's protocol this one speaks.
func (r *run) SupportsFeature(_ context.Context, in *pulumirpc.SupportsFeatureRequest,
) (*pulumirpc.SupportsFeatureResponse, error) {
	known := map[string]bool{"secrets": true, "deletedWith": true, "aliasSpecs": true}
	return &pulumirpc.SupportsFeatureResponse{HasSupport: known[in.GetId()]}, nil
}

// Log takes the program's warnings and drops them.
func (r *run) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// RegisterResourceOutputs keeps the outputs of the stack.
func (r *run) RegisterResourceOutputs(_ context.Context, in *pulumirpc.RegisterResourceOutputsRequest,
) (*emptypb.Empty, error) {
	if resource.URN(in.GetUrn()).Type() == stackType && !r.dry {
		out, err := read(in.GetOutputs())
		if err != nil {
			return nil, err
		}
		r.stack.engine.mu.Lock()
		defer r.stack.engine.mu.Unlock()
		r.stack.outputs = out
	}
	return &emptypb.Empty{}, nil
}

// Invoke hands a function on to its provider.
func (r *run) Invoke(ctx context.Context, in *pulumirpc.ResourceInvokeRequest) (*pulumirpc.InvokeResponse, error) {
	_, p, err := r.instanceOf(in.GetProvider())
	if err != nil {
		return nil, err
	}
	return p.Invoke(ctx, &pulumirpc.InvokeRequest{Tok: in.GetTok(), Args: in.GetArgs()})
}

// ReadResource looks up what exists already.
func (r *run) ReadResource(ctx context.Context, in *pulumirpc.ReadResourceRequest,
) (*pulumirpc.ReadResourceResponse, error) {
	urn := r.urn(in.GetParent(), in.GetType(), in.GetName())
	if in.GetType() == referenceType {
		return r.reference(urn, in.GetId())
	}
	_, p, err := r.instanceOf(in.GetProvider())
	if err != nil {
		return nil, err
	}
	got, err := p.Read(ctx, &pulumirpc.ReadRequest{Id: in.GetId(), Urn: string(urn), Properties: in.GetProperties()})
	if err != nil {
		return nil, err
	}
	if got.GetId() == "" {
		return nil, fmt.Errorf("%s %s does not exist", in.GetType(), in.GetId())
	}
	return &pulumirpc.ReadResourceResponse{Urn: string(urn), Properties: got.GetProperties()}, nil
}

// reference answers with another stack's outputs; a stack that was never up has none.
func (r *run) reference(urn resource.URN, name string) (*pulumirpc.ReadResourceResponse, error) {
	out := resource.PropertyMap{}
	if s := r.stack.engine.Stack(name[strings.LastIndex(name, "/")+1:]); s != nil {
		r.stack.engine.mu.Lock()
		maps.Copy(out, s.outputs)
		r.stack.engine.mu.Unlock()
	}
	text, err := write(resource.PropertyMap{
		"name": resource.NewStringProperty(name), "outputs": resource.NewObjectProperty(out),
		"secretOutputNames": resource.NewArrayProperty(nil),
	})
	return &pulumirpc.ReadResourceResponse{Urn: string(urn), Properties: text}, err
}

// RegisterResource creates a resource, or changes it, or tells what that would do.
func (r *run) RegisterResource(ctx context.Context, in *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	out, err := r.register(ctx, in)
	if err != nil {
		err = fmt.Errorf("%s %s: %w", in.GetType(), in.GetName(), err)
		r.mu.Lock()
		r.faults = append(r.faults, err) // the program alone would tell that a call failed, not why
		r.mu.Unlock()
	}
	return out, err
}

func (r *run) register(ctx context.Context, in *pulumirpc.RegisterResourceRequest,
) (*pulumirpc.RegisterResourceResponse, error) {
	urn := r.urn(in.GetParent(), in.GetType(), in.GetName())
	out := &pulumirpc.RegisterResourceResponse{Urn: string(urn), Object: in.GetObject()}
	switch {
	case strings.HasPrefix(in.GetType(), providerType):
		out.Id = "provider"
		return out, r.configure(ctx, urn, in.GetObject())
	case !in.GetCustom():
		return out, nil
	}
	res, state, err := r.settle(ctx, urn, in)
	if err != nil {
		return nil, err
	}
	out.Id, out.Object = res.ID, state
	return out, nil
}

// urn names a resource as the engine does.
func (r *run) urn(parent, typ, name string) resource.URN {
	var of tokens.Type
	if p := resource.URN(parent); p != "" && p.QualifiedType() != resource.RootStackType {
		of = p.QualifiedType()
	}
	return resource.NewURN(tokens.QName(r.stack.Name), tokens.PackageName(r.stack.project()), of, tokens.Type(typ), name)
}
