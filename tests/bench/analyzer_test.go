//go:build engine

package bench

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// largest is how long a message may be, as the engine has it.
const largest = 400 << 20

// policies is a pack to measure: a folder, the program that the engine starts for it there, and the levels of rules that are
// not their own, as a file of --policy-pack-config has them.
type policies struct {
	name, folder, program string
	levels                map[string]string
}

// on tells whether a rule is judged.
func (p policies) on(id string) bool {
	level, given := p.levels[id]
	if !given {
		level = p.levels["all"]
	}
	return level != "disabled"
}

// analyzer is the running program of a pack, driven as the engine drives it.
type analyzer struct {
	pulumirpc.AnalyzerClient
	cmd  *exec.Cmd
	info *pulumirpc.AnalyzerInfo
	took time.Duration
}

// start runs the program, and takes the time until it has told its rules.
func (p policies) start(b *testing.B, engine string, r *recorder) *analyzer {
	b.Helper()
	began := time.Now()
	cmd := exec.Command(p.program, engine, ".")
	cmd.Dir = p.folder
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() { _ = cmd.Process.Kill() })
	port, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(b, err, p.name)
	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(largest)))
	require.NoError(b, err)
	b.Cleanup(func() { _ = conn.Close() })
	a := &analyzer{AnalyzerClient: pulumirpc.NewAnalyzerClient(conn), cmd: cmd}
	ctx := context.Background()
	// AWSGuard's program knows no handshake; the engine goes on without one too.
	_, _ = a.Handshake(ctx, &pulumirpc.AnalyzerHandshakeRequest{
		EngineAddress: engine, RootDirectory: &p.folder, ProgramDirectory: &p.folder})
	_, err = a.ConfigureStack(ctx, r.configure)
	require.NoError(b, err)
	a.info, err = a.GetAnalyzerInfo(ctx, &emptypb.Empty{})
	require.NoError(b, err)
	a.took = time.Since(began)
	return a
}

// configure switches the rules on or off, with their defaults, and returns how many are on.
func (a *analyzer) configure(b *testing.B, on func(id string) bool) int {
	b.Helper()
	in, judged := map[string]*pulumirpc.PolicyConfig{}, 0
	for _, p := range a.info.GetPolicies() {
		c := &pulumirpc.PolicyConfig{EnforcementLevel: pulumirpc.EnforcementLevel_DISABLED, Properties: defaults(p)}
		if on(p.GetName()) {
			c.EnforcementLevel = pulumirpc.EnforcementLevel_ADVISORY
			judged++
		}
		in[p.GetName()] = c
	}
	_, err := a.Configure(context.Background(), &pulumirpc.ConfigureAnalyzerRequest{PolicyConfig: in})
	require.NoError(b, err)
	return judged
}

func defaults(p *pulumirpc.PolicyInfo) *structpb.Struct {
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	for name, schema := range p.GetConfigSchema().GetProperties().GetFields() {
		if v, ok := schema.GetStructValue().GetFields()["default"]; ok {
			out.Fields[name] = v
		}
	}
	return out
}

// judge asks about every recorded resource, then about the stack, one question after the other.
func (a *analyzer) judge(b *testing.B, r *recorder) (each, stack time.Duration) {
	b.Helper()
	ctx, began := context.Background(), time.Now()
	for _, in := range r.resources {
		_, err := a.Remediate(ctx, in)
		require.NoError(b, err)
		_, err = a.Analyze(ctx, in)
		require.NoError(b, err)
	}
	each = time.Since(began) / time.Duration(len(r.resources))
	began = time.Now()
	_, err := a.AnalyzeStack(ctx, r.stack)
	require.NoError(b, err)
	return each, time.Since(began)
}

// refuses tells whether a key that does not rotate is refused: what was measured did judge.
func (a *analyzer) refuses(b *testing.B, r *recorder) bool {
	b.Helper()
	n := slices.IndexFunc(r.resources, func(in *pulumirpc.AnalyzeRequest) bool { return in.GetType() == "aws:kms/key:Key" })
	require.GreaterOrEqual(b, n, 0)
	was := r.resources[n].GetProperties().GetFields()["enableKeyRotation"]
	r.resources[n].Properties.Fields["enableKeyRotation"] = structpb.NewBoolValue(false)
	defer func() { r.resources[n].Properties.Fields["enableKeyRotation"] = was }()
	out, err := a.Analyze(context.Background(), r.resources[n])
	require.NoError(b, err)
	return len(out.GetDiagnostics()) == 1
}

// peak is the most memory that the process has held, in MiB.
func (a *analyzer) peak(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(a.cmd.Process.Pid), "status"))
	require.NoError(b, err)
	_, after, found := strings.Cut(string(text), "VmHWM:")
	require.True(b, found)
	var kib float64
	_, err = fmt.Sscanf(after, "%f kB", &kib)
	require.NoError(b, err)
	return kib / 1024
}

// end ends the process.
func (a *analyzer) end() {
	_ = a.cmd.Process.Kill()
	_ = a.cmd.Wait()
}

// listener is the engine as a pack calls it back: it takes every word.
type listener struct {
	pulumirpc.UnimplementedEngineServer
}

func (listener) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// listen serves it until the benchmark ends, and returns where.
func listen(b *testing.B) string {
	b.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	server := grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, listener{})
	go func() { _ = server.Serve(at) }()
	b.Cleanup(server.Stop)
	return at.Addr().String()
}
