//go:build engine

package bench

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// recorder is an analyzer that allows everything and keeps what the engine asks in its first run, to ask the
// same of others.
type recorder struct {
	pulumirpc.UnimplementedAnalyzerServer

	folder    string
	mu        sync.Mutex
	configure *pulumirpc.AnalyzerStackConfigureRequest
	resources []*pulumirpc.AnalyzeRequest
	stack     *pulumirpc.AnalyzeStackRequest
}

// newRecorder serves a recorder and writes a folder that makes the engine ask it: the folder is the pack, and to be on PATH.
func newRecorder(b *testing.B) *recorder {
	b.Helper()
	r := &recorder{folder: b.TempDir()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	server := grpc.NewServer(grpc.MaxRecvMsgSize(largest))
	pulumirpc.RegisterAnalyzerServer(server, r)
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(server.Stop)
	script := fmt.Sprintf("#!/bin/sh\necho %d\nexec sleep 600\n", listener.Addr().(*net.TCPAddr).Port)
	require.NoError(b, os.WriteFile(filepath.Join(r.folder, "pulumi-analyzer-policy-recorder"), []byte(script), 0o755))
	project := []byte("name: recorder\nruntime: recorder\n")
	require.NoError(b, os.WriteFile(filepath.Join(r.folder, "PulumiPolicy.yaml"), project, 0o644))
	return r
}

func (r *recorder) Handshake(context.Context, *pulumirpc.AnalyzerHandshakeRequest) (*pulumirpc.AnalyzerHandshakeResponse, error) {
	return &pulumirpc.AnalyzerHandshakeResponse{}, nil
}

func (r *recorder) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (r *recorder) GetAnalyzerInfo(context.Context, *emptypb.Empty) (*pulumirpc.AnalyzerInfo, error) {
	return &pulumirpc.AnalyzerInfo{Name: "recorder", Version: "1.0.0", SupportsConfig: true}, nil
}

func (r *recorder) Configure(context.Context, *pulumirpc.ConfigureAnalyzerRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (r *recorder) ConfigureStack(_ context.Context, in *pulumirpc.AnalyzerStackConfigureRequest,
) (*pulumirpc.AnalyzerStackConfigureResponse, error) {
	r.configure = in
	return &pulumirpc.AnalyzerStackConfigureResponse{}, nil
}

func (r *recorder) Remediate(context.Context, *pulumirpc.AnalyzeRequest) (*pulumirpc.RemediateResponse, error) {
	return &pulumirpc.RemediateResponse{}, nil
}

func (r *recorder) Analyze(_ context.Context, in *pulumirpc.AnalyzeRequest) (*pulumirpc.AnalyzeResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stack == nil {
		r.resources = append(r.resources, in)
	}
	return &pulumirpc.AnalyzeResponse{}, nil
}

func (r *recorder) AnalyzeStack(_ context.Context, in *pulumirpc.AnalyzeStackRequest) (*pulumirpc.AnalyzeResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stack == nil {
		r.stack = in
	}
	return &pulumirpc.AnalyzeResponse{}, nil
}
