// Package provider is the Pulumi face of the simulated AWS: a resource provider
// for the packages aws and kubernetes that the real Pulumi engine attaches to.
// It checks inputs against the SDK's own types and the upstream provider's
// validators, compares as the upstream provider does, and keeps what it makes
// in a world.
package provider

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"

	"redoubt/sim/world"
)

// Cloud is what the provider asks of the simulated AWS; *world.World is one.
type Cloud interface {
	Create(region, kind, token string, in world.Document) (*world.Entity, error)
	Read(region, kind, id string) (*world.Entity, error)
	Update(region, kind, id string, in world.Document) (*world.Entity, error)
	Delete(region, kind, id string) error
	Config() world.Config
}

// Options tune a server; the zero value is ready to use.
type Options struct {
	// Version is the version that the provider reports; empty is that of the
	// SDKs it stands in for.
	Version string
	// Trace, when set, is told of every operation that reached the world.
	Trace func(Operation)
	// Objects, when set, is asked about every Kubernetes object beside the
	// provider's own check.
	Objects func(ctx context.Context, object resource.PropertyMap) []Failure
}

// Operation is one call of the engine that reached the world.
type Operation struct {
	// Verb is create, read, update or delete.
	Verb string
	// Token is the resource's type, Name its name in the program, ID its Pulumi id.
	Token, Name, ID string
	// Region is where the call went.
	Region string
	// Err is what the world answered, nil when it did as asked.
	Err error
}

// Server serves the simulated packages on this machine.
type Server struct {
	aws, kubernetes *listener
}

type listener struct {
	server *grpc.Server
	port   int
	done   chan struct{}
}

// Serve starts a server on ports of its own choice, reachable from this machine
// only. It ends with ctx or with Close.
func Serve(ctx context.Context, w Cloud, opts Options) (*Server, error) {
	aws, err := listen(func() pulumirpc.ResourceProviderServer { return newAWS(w, opts) })
	if err != nil {
		return nil, err
	}
	k8s, err := listen(func() pulumirpc.ResourceProviderServer { return newKubernetes(w, opts) })
	if err != nil {
		aws.close()
		return nil, err
	}
	s := &Server{aws, k8s}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

// Instance is a fresh provider of a simulated package, for an engine in this process, which then needs no connection. A call
// may change nothing of what it is given, and what it answers belongs to the caller.
func Instance(pkg string, w Cloud, opts Options) (pulumirpc.ResourceProviderServer, error) {
	switch pkg {
	case "aws":
		return newAWS(w, opts), nil
	case "kubernetes":
		return newKubernetes(w, opts), nil
	}
	return nil, fmt.Errorf("package %q is not simulated", pkg)
}

// Env is the value of PULUMI_DEBUG_PROVIDERS that makes the engine use this server.
func (s *Server) Env() string {
	return fmt.Sprintf("aws:%d,kubernetes:%d", s.aws.port, s.kubernetes.port)
}

// Close stops the server and waits until it has stopped. It may be called
// again; its error is nil so far.
func (s *Server) Close() error {
	s.aws.close()
	s.kubernetes.close()
	return nil
}

func (l *listener) close() {
	l.server.Stop()
	<-l.done
}

// listen serves one package. The engine opens a connection of its own for each
// provider instance and never says which instance a call is for, so each
// connection gets a provider of its own.
func listen(fresh func() pulumirpc.ResourceProviderServer) (*listener, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the engine: %w", err)
	}
	const limit = 400 << 20 // the engine's own limit for a message
	server := grpc.NewServer(grpc.MaxRecvMsgSize(limit), grpc.MaxSendMsgSize(limit),
		grpc.StatsHandler(&instances{fresh: fresh}))
	pulumirpc.RegisterResourceProviderServer(server, dispatcher{})
	l := &listener{server, socket.Addr().(*net.TCPAddr).Port, make(chan struct{})}
	go func() {
		defer close(l.done)
		_ = server.Serve(socket) // ends with Stop; a broken socket shows as a failed call
	}()
	return l, nil
}

// instances gives every connection a provider instance through its context.
type instances struct {
	fresh func() pulumirpc.ResourceProviderServer
}

type instanceKey struct{}

// TagConn puts a fresh instance into the connection's context.
func (i *instances) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, instanceKey{}, sync.OnceValue(i.fresh))
}

// TagRPC keeps the connection's context.
func (i *instances) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleConn does nothing.
func (i *instances) HandleConn(context.Context, stats.ConnStats) {}

// HandleRPC does nothing.
func (i *instances) HandleRPC(context.Context, stats.RPCStats) {}

func instanceOf(ctx context.Context) pulumirpc.ResourceProviderServer {
	return ctx.Value(instanceKey{}).(func() pulumirpc.ResourceProviderServer)()
}
