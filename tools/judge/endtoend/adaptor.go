package endtoend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/sim/provider"
)

// adaptor serves the package aws to the engine: it renames and hands on to the
// bridge, and to the simulator what moto cannot hold.
type adaptor struct {
	kinds   kinds
	bridges *bridges
	mirror  *mirror
	ledger  *ledger
	// beside judges every resource on its way.
	beside *beside
	// objects are asked about every Kubernetes object; nil asks nobody.
	objects atomic.Pointer[Objects]
	// simulator serves the simulator's own face of both packages.
	simulator *provider.Server
	// patience is how long moto may take for a resource, haste for what would take for ever.
	patience, haste time.Duration

	server *grpc.Server
	port   int
}

// serve starts the adaptor on a port of its own choice on this machine.
func (a *adaptor) serve() error {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for the engine: %w", err)
	}
	a.port = socket.Addr().(*net.TCPAddr).Port
	a.server = grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage),
		grpc.StatsHandler(connections{a}))
	pulumirpc.RegisterResourceProviderServer(a.server, dispatcher{})
	go func() { _ = a.server.Serve(socket) }() // ends with Stop; a broken socket shows as a failed call
	return nil
}

// simulated are the ports of the simulator's faces, by package.
func (a *adaptor) simulated(pkg string) string {
	for _, one := range strings.Split(a.simulator.Env(), ",") {
		if name, port, _ := strings.Cut(one, ":"); name == pkg {
			return port
		}
	}
	return ""
}

// env is the value of PULUMI_DEBUG_PROVIDERS that makes the engine use the adaptor.
func (a *adaptor) env() string {
	return fmt.Sprintf("aws:%d,kubernetes:%s", a.port, a.simulated("kubernetes"))
}

func (a *adaptor) close() error {
	a.server.Stop()
	return errors.Join(a.bridges.close(), a.simulator.Close())
}

// connections gives every connection of the engine an instance of its own: the
// engine opens one for each provider and never says which provider a call is for.
type connections struct{ adaptor *adaptor }

type instanceKey struct{}

// TagConn puts a fresh instance into the connection's context.
func (c connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, instanceKey{}, sync.OnceValues(c.adaptor.instance))
}

// TagRPC keeps the connection's context.
func (connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleConn does nothing.
func (connections) HandleConn(context.Context, stats.ConnStats) {}

// HandleRPC does nothing.
func (connections) HandleRPC(context.Context, stats.RPCStats) {}

// instance is one provider of the program: one region.
type instance struct {
	*adaptor
	pulumirpc.UnimplementedResourceProviderServer
	// simulator and bridge are what it hands on to.
	simulator pulumirpc.ResourceProviderClient
	bridge    *bridgeProcess
	region    string
}

func (a *adaptor) instance() (*instance, error) {
	conn, err := grpc.NewClient("127.0.0.1:"+a.simulated("aws"), grpc.WithNoProxy(),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	return &instance{adaptor: a, simulator: pulumirpc.NewResourceProviderClient(conn)}, nil
}

// CheckConfig takes what the program gives; upstream checks it at Configure.
func (i *instance) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

// DiffConfig asks the simulator, which replaces a provider whose region changes.
func (i *instance) DiffConfig(ctx context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return i.simulator.DiffConfig(ctx, r)
}

// Configure keeps the program's settings and adds what moto needs.
func (i *instance) Configure(ctx context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	answer, err := i.simulator.Configure(ctx, r)
	if err != nil {
		return nil, err
	}
	config := &structpb.Struct{Fields: map[string]*structpb.Value{
		"s3UsePathStyle": structpb.NewStringValue("true"),
		"maxRetries":     structpb.NewStringValue("2"), // what moto lacks it lacks for good
	}}
	for name, v := range r.GetArgs().GetFields() {
		config.Fields[name] = v
	}
	i.region = r.GetArgs().GetFields()["region"].GetStringValue()
	if tags := config.Fields["defaultTags"]; tags != nil { // pulumi-aws has one block where upstream has a list
		config.Fields["defaultTags"] = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{tags}})
	}
	i.bridge, err = i.bridges.get(context.WithoutCancel(ctx), config)
	return answer, err
}

// GetPluginInfo tells the version of the SDK that the program is written with.
func (i *instance) GetPluginInfo(ctx context.Context, r *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return i.simulator.GetPluginInfo(ctx, r)
}

// GetSchema answers that there is none; programs carry their own types.
func (i *instance) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: "{}"}, nil
}

// Invoke asks the simulator: what the program looks up, zones and quotas, it
// looks up about the account and not about what it makes.
func (i *instance) Invoke(ctx context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return i.simulator.Invoke(ctx, r)
}
