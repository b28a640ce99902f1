package endtoend

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// dispatcher hands each call to the instance of its connection.
type dispatcher struct {
	pulumirpc.UnimplementedResourceProviderServer
}

// call finds the instance and has it answer.
func call[R, A any](ctx context.Context, r R, act func(*instance, context.Context, R) (A, error)) (A, error) {
	i, err := ctx.Value(instanceKey{}).(func() (*instance, error))()
	if err != nil {
		var none A
		return none, err
	}
	return act(i, ctx, r)
}

// GetSchema hands the call on.
func (dispatcher) GetSchema(ctx context.Context, r *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return call(ctx, r, (*instance).GetSchema)
}

// CheckConfig hands the call on.
func (dispatcher) CheckConfig(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return call(ctx, r, (*instance).CheckConfig)
}

// DiffConfig hands the call on.
func (dispatcher) DiffConfig(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return call(ctx, r, (*instance).DiffConfig)
}

// Configure hands the call on.
func (dispatcher) Configure(ctx context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return call(ctx, r, (*instance).Configure)
}

// Invoke hands the call on.
func (dispatcher) Invoke(ctx context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return call(ctx, r, (*instance).Invoke)
}

// Check hands the call on.
func (dispatcher) Check(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return call(ctx, r, (*instance).Check)
}

// Diff hands the call on.
func (dispatcher) Diff(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return call(ctx, r, (*instance).Diff)
}

// Create hands the call on.
func (dispatcher) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return call(ctx, r, (*instance).Create)
}

// Read hands the call on.
func (dispatcher) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return call(ctx, r, (*instance).Read)
}

// Update hands the call on.
func (dispatcher) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	return call(ctx, r, (*instance).Update)
}

// Delete hands the call on.
func (dispatcher) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return call(ctx, r, (*instance).Delete)
}

// Cancel does nothing: the bridge outlives the run.
func (dispatcher) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// GetPluginInfo hands the call on.
func (dispatcher) GetPluginInfo(ctx context.Context, r *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return call(ctx, r, (*instance).GetPluginInfo)
}

// Attach accepts the engine.
func (dispatcher) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
