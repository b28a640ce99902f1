package provider

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// dispatcher hands each call to the instance of its connection.
type dispatcher struct {
	pulumirpc.UnimplementedResourceProviderServer
}

// GetSchema hands the call on.
func (dispatcher) GetSchema(ctx context.Context, r *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return instanceOf(ctx).GetSchema(ctx, r)
}

// CheckConfig hands the call on.
func (dispatcher) CheckConfig(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return instanceOf(ctx).CheckConfig(ctx, r)
}

// DiffConfig hands the call on.
func (dispatcher) DiffConfig(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return instanceOf(ctx).DiffConfig(ctx, r)
}

// Configure hands the call on.
func (dispatcher) Configure(ctx context.Context, r *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	return instanceOf(ctx).Configure(ctx, r)
}

// Invoke hands the call on.
func (dispatcher) Invoke(ctx context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return instanceOf(ctx).Invoke(ctx, r)
}

// Check hands the call on.
func (dispatcher) Check(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return instanceOf(ctx).Check(ctx, r)
}

// Diff hands the call on.
func (dispatcher) Diff(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return instanceOf(ctx).Diff(ctx, r)
}

// Create hands the call on.
func (dispatcher) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return instanceOf(ctx).Create(ctx, r)
}

// Read hands the call on.
func (dispatcher) Read(ctx context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return instanceOf(ctx).Read(ctx, r)
}

// Update hands the call on.
func (dispatcher) Update(ctx context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	return instanceOf(ctx).Update(ctx, r)
}

// Delete hands the call on.
func (dispatcher) Delete(ctx context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return instanceOf(ctx).Delete(ctx, r)
}

// Cancel does nothing: no call waits for anything.
func (dispatcher) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// GetPluginInfo hands the call on.
func (dispatcher) GetPluginInfo(ctx context.Context, r *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return instanceOf(ctx).GetPluginInfo(ctx, r)
}

// Attach accepts the engine.
func (dispatcher) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}
