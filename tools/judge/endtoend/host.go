package endtoend

import (
	"context"
	"fmt"
	"io"
	"net"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host stands in for the engine where the bridge wants to log something.
type host struct {
	pulumirpc.UnimplementedEngineServer
	log     io.Writer
	server  *grpc.Server
	address string
}

func startHost(log io.Writer) (*host, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the bridge: %w", err)
	}
	h := &host{log: log, server: grpc.NewServer(), address: socket.Addr().String()}
	pulumirpc.RegisterEngineServer(h.server, h)
	go func() { _ = h.server.Serve(socket) }() // ends with Stop
	return h, nil
}

// Log writes down what the bridge and the upstream provider say.
func (h *host) Log(_ context.Context, r *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	if r.GetSeverity() == pulumirpc.LogSeverity_DEBUG {
		return &emptypb.Empty{}, nil
	}
	_, err := fmt.Fprintf(h.log, "%s %s: %s\n", r.GetSeverity(), r.GetUrn(), r.GetMessage())
	return &emptypb.Empty{}, err
}
