package endtoend

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"
)

// maxMessage bounds an answer; it is the engine's own limit.
const maxMessage = 400 << 20

// bridgeProcess is a running bridge in front of the upstream provider, for one region.
type bridgeProcess struct {
	pulumirpc.ResourceProviderClient
	cmd  *exec.Cmd
	conn *grpc.ClientConn
}

// bridges keeps a bridge for each set of settings: the engine makes a provider
// anew for every run, and a start takes a quarter of a minute.
type bridges struct {
	// binary is the bridge, provider a link to the upstream provider whose name
	// has no version, env what both run with, log where they complain.
	binary, provider string
	env              []string
	log              io.Writer
	host             *host

	mu      sync.Mutex
	running map[string]*bridgeProcess
}

// get returns the bridge with these settings, which it starts when there is none.
func (b *bridges) get(ctx context.Context, config *structpb.Struct) (*bridgeProcess, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := config.String()
	if found, ok := b.running[key]; ok {
		return found, nil
	}
	made, err := b.start(ctx)
	if err != nil {
		return nil, err
	}
	if err := made.prepare(ctx, b.provider, config); err != nil {
		return nil, errors.Join(err, made.close())
	}
	b.running[key] = made
	return made, nil
}

func (b *bridges) start(ctx context.Context) (*bridgeProcess, error) {
	cmd := exec.Command(b.binary, b.host.address)
	cmd.Env, cmd.Stderr = b.env, b.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the bridge: %w", err)
	}
	out := &bridgeProcess{cmd: cmd}
	reader := bufio.NewReader(stdout)
	port, err := reader.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the bridge's port: %w", err), out.close())
	}
	go func() { _, _ = io.Copy(b.log, reader) }() // a full pipe would stop it
	out.conn, err = grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithNoProxy(),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("reach the bridge: %w", err), out.close())
	}
	out.ResourceProviderClient = pulumirpc.NewResourceProviderClient(out.conn)
	return out, nil
}

// prepare makes the bridge wrap the upstream provider and configures it.
func (b *bridgeProcess) prepare(ctx context.Context, provider string, config *structpb.Struct) error {
	_, err := b.Parameterize(ctx, &pulumirpc.ParameterizeRequest{Parameters: &pulumirpc.ParameterizeRequest_Args{
		Args: &pulumirpc.ParameterizeRequest_ParametersArgs{Args: []string{provider}},
	}})
	if err != nil {
		return fmt.Errorf("put the bridge before the upstream provider: %w", err)
	}
	checked, err := b.CheckConfig(ctx, &pulumirpc.CheckRequest{
		Urn: "urn:pulumi:judge::redoubt::pulumi:providers:aws::home", News: config})
	if err != nil {
		return fmt.Errorf("check the upstream provider's settings: %w", err)
	}
	for _, f := range checked.GetFailures() {
		return fmt.Errorf("the upstream provider's settings: %s: %s", f.GetProperty(), f.GetReason())
	}
	_, err = b.Configure(ctx, &pulumirpc.ConfigureRequest{
		Args: checked.GetInputs(), AcceptSecrets: true, AcceptResources: true})
	if err != nil {
		return fmt.Errorf("configure the upstream provider: %w", err)
	}
	return nil
}

// close ends the bridge and the provider that it started, which is in its process group.
func (b *bridgeProcess) close() error {
	if b.conn != nil {
		_ = b.conn.Close() // nothing is in flight
	}
	if err := syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	_ = b.cmd.Wait() // killed: its exit code says nothing
	return nil
}

func (b *bridges) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for _, one := range b.running {
		errs = append(errs, one.close())
	}
	b.host.server.Stop()
	return errors.Join(errs...)
}
