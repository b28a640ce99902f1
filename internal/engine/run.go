package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/internal/wire"
	"redoubt/sim/provider"
)

// run is one run of one stack: the server that the program talks to, the
// providers that it configured, and what has happened so far.
type run struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	stack   *Stack
	dry     bool
	address string
	server  *grpc.Server

	mu        sync.Mutex
	providers map[resource.URN]pulumirpc.ResourceProviderServer
	seen      map[resource.URN]bool
	result    Result
	faults    []error
}

// travel is how properties travel between engine, program and provider.
var travel = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true, PropagateNil: true}

func read(s *structpb.Struct) (resource.PropertyMap, error) { return wire.Read(s, travel) }

func write(m resource.PropertyMap) (*structpb.Struct, error) { return wire.Write(m, travel) }

func newRun(s *Stack, dry bool) (*run, error) {
	r := &run{
		stack: s, dry: dry, server: grpc.NewServer(), providers: map[resource.URN]pulumirpc.ResourceProviderServer{},
		seen: map[resource.URN]bool{}, result: Result{Without: map[Entry][]Step{}},
	}
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r.address = socket.Addr().String()
	pulumirpc.RegisterResourceMonitorServer(r.server, r)
	pulumirpc.RegisterEngineServer(r.server, r)
	go func() { _ = r.server.Serve(socket) }() // ends with close; a broken socket shows as a failed call
	return r, nil
}

func (r *run) close() { r.server.Stop() }

func (r *run) fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return errors.Join(r.faults...)
}

// configure starts a provider instance.
func (r *run) configure(ctx context.Context, urn resource.URN, in *structpb.Struct) error {
	p, err := provider.Instance(strings.TrimPrefix(string(urn.Type()), providerType), r.stack.engine.Cloud, provider.Options{})
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.providers[urn], r.stack.providers[urn] = p, in
	r.mu.Unlock()
	_, err = p.Configure(ctx, &pulumirpc.ConfigureRequest{Args: in})
	return err
}

// instanceOf finds the provider of a reference, which is its URN and its id.
func (r *run) instanceOf(reference string) (resource.URN, pulumirpc.ResourceProviderServer, error) {
	urn := resource.URN(reference)
	if i := strings.LastIndex(reference, "::"); i >= 0 {
		urn = resource.URN(reference[:i])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p, ok := r.providers[urn]
	if !ok {
		return "", nil, fmt.Errorf("provider %q is not there: a resource needs an explicit one", reference)
	}
	return urn, p, nil
}

func (r *run) old(urn resource.URN) *Resource {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stack.resources[urn]
}

// note records a step.
func (r *run) note(s Step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Steps = append(r.result.Steps, s)
}

// keep puts a resource into the state.
func (r *run) keep(res *Resource) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if res.order == 0 {
		r.stack.made++
		res.order = r.stack.made
	}
	r.stack.resources[res.URN] = res
}

// removeRest deletes what the program registered no more, the newest first.
func (r *run) removeRest(ctx context.Context) error {
	var rest []*Resource
	for urn, res := range r.stack.resources {
		if !r.seen[urn] {
			rest = append(rest, res)
		}
	}
	slices.SortFunc(rest, func(a, b *Resource) int { return b.order - a.order })
	for _, res := range rest {
		r.note(Step{Op: Delete, URN: res.URN})
		if r.dry {
			continue
		}
		if res.Protect {
			return fmt.Errorf("%s is protected and would be deleted", res.URN)
		}
		_, p, err := r.instanceOf(string(res.provider) + "::id")
		if err != nil {
			return err
		}
		state, err := write(res.Outputs)
		if err != nil {
			return err
		}
		if _, err := p.Delete(ctx, &pulumirpc.DeleteRequest{
			Id: res.ID, Urn: string(res.URN), Properties: state,
		}); err != nil {
			return err
		}
		delete(r.stack.resources, res.URN)
	}
	return nil
}
