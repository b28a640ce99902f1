//go:build engine

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"redoubt/internal/cli/sim"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clitest"
	"redoubt/sim/world"
)

// answer is what a recorded resource got.
type answer struct {
	URN     string
	ID      string
	Outputs map[string]any
}

// record runs the first update once and keeps every answer.
func record(b *testing.B) map[string]answer {
	b.Helper()
	p := clitest.New(b)
	p.Must(b, "sim", "up", "--stack", "primary")
	text, err := os.ReadFile(filepath.Join(p.Dir, ".redoubt", "state", ".pulumi", "stacks", "redoubt", "primary.json"))
	require.NoError(b, err)
	var state struct {
		Checkpoint struct{ Latest struct{ Resources []answer } }
	}
	require.NoError(b, json.Unmarshal(text, &state))
	out := map[string]answer{}
	for _, r := range state.Checkpoint.Latest.Resources {
		r.Outputs, _ = open(r.Outputs).(map[string]any)
		out[r.URN] = r
	}
	require.Greater(b, len(out), 100)
	return out
}

// secretMark is the key under which the engine's state keeps an encrypted value.
const secretMark = "4dabf18193072939515e22adb298388d"

// open replaces encrypted values, which no output of the graph depends on.
func open(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if _, secret := v[secretMark]; secret {
			return "a secret"
		}
		for k, inner := range v {
			v[k] = open(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = open(inner)
		}
	}
	return v
}

// nothing is a provider that does nothing: it takes every input and answers as recorded.
type nothing struct {
	pulumirpc.UnimplementedResourceProviderServer
	answers map[string]answer
	env     string
	// region is where the home is, as the AWS provider is told.
	region string
}

// serve starts the provider on loopback until the benchmark ends.
func serve(b *testing.B, answers map[string]answer) *nothing {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	port := listener.Addr().(*net.TCPAddr).Port
	n := &nothing{answers: answers, env: fmt.Sprintf("aws:%d,kubernetes:%d", port, port)}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceProviderServer(server, n)
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(server.Stop)
	return n
}

// up runs the same update against it.
func (n *nothing) up(b *testing.B, _ *clitest.Project) {
	b.Helper()
	s, _, errs := streams.Test()
	err := sim.Up(context.Background(), &sim.UpOptions{Home: "primary", Options: sim.Options{Streams: s, Providers: n.env}})
	require.NoError(b, err, errs.String())
}

func (n *nothing) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (n *nothing) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "6.83.2"}, nil
}

func (n *nothing) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (n *nothing) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (n *nothing) Configure(_ context.Context, r *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	if region := r.GetArgs().GetFields()["region"].GetStringValue(); region != "" {
		n.region = region
	}
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
}

// Invoke tells what the program looks up: the zones of the region, and quotas as every account has them.
func (n *nothing) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	var told map[string]any
	switch r.GetTok() {
	case "aws:index/getAvailabilityZones:getAvailabilityZones":
		var names, ids []any
		for _, zone := range world.Zones(n.region) {
			names, ids = append(names, zone), append(ids, world.ZoneID(zone))
		}
		told = map[string]any{"id": n.region, "names": names, "zoneIds": ids}
	case "aws:servicequotas/getServiceQuota:getServiceQuota":
		service, code := r.GetArgs().GetFields()["serviceCode"].GetStringValue(), r.GetArgs().GetFields()["quotaCode"].GetStringValue()
		quota, err := world.DefaultQuota(service, code)
		if err != nil {
			return nil, err
		}
		told = map[string]any{"id": service + "/" + code, "serviceCode": service, "quotaCode": code, "value": quota.In["Value"]}
	default:
		return nil, fmt.Errorf("no answer is known of %s", r.GetTok())
	}
	out, err := structpb.NewStruct(told)
	return &pulumirpc.InvokeResponse{Return: out}, err
}

func (n *nothing) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (n *nothing) Diff(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (n *nothing) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	a, ok := n.answers[r.GetUrn()]
	if !ok {
		return nil, fmt.Errorf("no answer is recorded for %s", r.GetUrn())
	}
	outputs, err := structpb.NewStruct(a.Outputs)
	return &pulumirpc.CreateResponse{Id: a.ID, Properties: outputs}, err
}
