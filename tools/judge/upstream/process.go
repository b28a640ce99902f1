package upstream

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"redoubt/tools/judge/protocol"
)

// The handshake of version 5 is public; it only tells a plugin that it was
// started by something that speaks its protocol.
const (
	cookieName  = "TF_PLUGIN_MAGIC_COOKIE"
	cookieValue = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
	// maxMessage bounds an answer: the schema of all AWS resources is some 30 MB.
	maxMessage = 256 << 20
	startLimit = time.Minute
)

// Provider is a running provider process.
type Provider struct {
	cmd     *exec.Cmd
	conn    *grpc.ClientConn
	schemas map[string]*protocol.Schema_Block
	states  *states
}

// Start runs the binary, reads its schema and configures it for region with
// keys that open nothing; every check that would call AWS is switched off, and
// the one that cannot be is answered here.
func Start(ctx context.Context, binary, region string) (*Provider, error) {
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), cookieName+"="+cookieValue, "PLUGIN_PROTOCOL_VERSIONS=5", "PLUGIN_CLIENT_CERT=",
		"TF_LOG=off", "AWS_EC2_METADATA_DISABLED=true", "HTTPS_PROXY=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start upstream provider: %w", err)
	}
	p := &Provider{cmd: cmd}
	if p.states, err = startStates(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if err := p.connect(ctx, stdout, region); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Provider) connect(ctx context.Context, stdout io.Reader, region string) error {
	address, err := handshake(stdout)
	if err != nil {
		return err
	}
	p.conn, err = grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithNoProxy())
	if err != nil {
		return fmt.Errorf("connect to upstream provider: %w", err)
	}
	answer := &protocol.GetProviderSchema_Response{}
	if err := p.call(ctx, "GetSchema", &protocol.GetProviderSchema_Request{}, answer); err != nil {
		return err
	}
	if err := diagnosticsError(answer.GetDiagnostics()); err != nil {
		return fmt.Errorf("upstream schema: %w", err)
	}
	p.schemas = map[string]*protocol.Schema_Block{}
	for name, schema := range answer.GetResourceSchemas() {
		p.schemas[name] = schema.GetBlock()
	}
	return p.configure(ctx, answer.GetProvider().GetBlock(), region)
}

// handshake reads the line "core|protocol|network|address|grpc|" that a
// plugin prints first.
func handshake(stdout io.Reader) (string, error) {
	type first struct {
		line string
		err  error
	}
	lines := make(chan first, 1)
	go func() {
		reader := bufio.NewReader(stdout)
		line, err := reader.ReadString('\n')
		lines <- first{line, err}
		_, _ = io.Copy(io.Discard, reader) // a full pipe would stop the provider
	}()
	select {
	case got := <-lines:
		parts := strings.Split(strings.TrimSpace(got.line), "|")
		if got.err != nil || len(parts) < 5 || parts[1] != "5" || parts[4] != "grpc" {
			return "", fmt.Errorf("upstream handshake: got %q (%v), want protocol 5 over grpc", got.line, got.err)
		}
		if parts[2] == "unix" {
			return "unix:" + parts[3], nil
		}
		return parts[3], nil
	case <-time.After(startLimit):
		return "", fmt.Errorf("upstream handshake: no answer within %s", startLimit)
	}
}

func (p *Provider) configure(ctx context.Context, block *protocol.Schema_Block, region string) error {
	config, err := ToValue(block, map[string]any{
		"region": region, "access_key": "test", "secret_key": "test",
		"skip_credentials_validation": true, "skip_requesting_account_id": true,
		"skip_metadata_api_check": "true", "skip_region_validation": true,
		"max_retries": float64(1), "endpoints": []any{map[string]any{"sfn": p.states.url}},
	})
	if err != nil {
		return fmt.Errorf("upstream configuration: %w", err)
	}
	packed, err := pack(block, config)
	if err != nil {
		return err
	}
	answer := &protocol.Configure_Response{}
	request := &protocol.Configure_Request{TerraformVersion: "1.11.4", Config: packed}
	if err := p.call(ctx, "Configure", request, answer); err != nil {
		return err
	}
	return diagnosticsError(answer.GetDiagnostics())
}

func (p *Provider) call(ctx context.Context, method string, request, answer proto.Message) error {
	if err := p.conn.Invoke(ctx, "/tfplugin5.Provider/"+method, request, answer); err != nil {
		return fmt.Errorf("upstream %s: %w", method, err)
	}
	return nil
}

// Block returns the schema of a resource type such as aws_vpc.
func (p *Provider) Block(resource string) (*protocol.Schema_Block, bool) {
	block, ok := p.schemas[resource]
	return block, ok
}

// Close ends the provider process.
func (p *Provider) Close() error {
	if p.conn != nil {
		_ = p.conn.Close() // nothing is in flight
	}
	if p.states != nil {
		_ = p.states.close() // nobody asks any more
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	_ = p.cmd.Wait() // killed: its exit code says nothing
	return nil
}
