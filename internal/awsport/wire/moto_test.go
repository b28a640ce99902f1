//go:build apps

package wire

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"redoubt/internal/awsport"
	"redoubt/recovery/plan"
	"redoubt/system"
)

type doc = plan.Document

const (
	region  = "eu-central-1"
	account = "123456789012"
)

// endpoint is where moto listens.
var endpoint string

// TestMain starts moto for all tests and stops it after them. Without moto
// nothing is tried, which the target of the Makefile says and CI does not allow.
func TestMain(m *testing.M) {
	if _, err := exec.LookPath("moto_server"); err != nil {
		fmt.Println("NOT TRIED: the port over the wire, because there is no moto_server on PATH")
		if os.Getenv("CI") == "true" {
			os.Exit(1)
		}
		os.Exit(0)
	}
	stop, err := startMoto()
	if err != nil {
		fmt.Println("start moto:", err)
		os.Exit(1)
	}
	code := m.Run()
	stop()
	os.Exit(code)
}

// startMoto starts moto on a free port, in a process group of its own, and
// waits until it answers.
func startMoto() (stop func(), err error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().(*net.TCPAddr)
	_ = free.Close()
	cmd := exec.Command("moto_server", "-H", "127.0.0.1", "-p", fmt.Sprint(address.Port))
	cmd.Env = append(os.Environ(), "MOTO_ACCOUNT_ID="+account)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	}
	endpoint = "http://" + address.String()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for {
		if res, err := http.Get(endpoint + "/moto-api/"); err == nil {
			_ = res.Body.Close()
			return stop, nil
		}
		select {
		case <-ctx.Done():
			stop()
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// oneAtATime lets one request be at moto at any time. DynamoDB looks at a
// condition and writes in one act; moto looks, and writes a moment later, in a
// thread for each request, so that two could pass the same condition:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
type oneAtATime struct {
	mu     sync.Mutex
	client http.Client
}

func (c *oneAtATime) Do(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client.Do(r)
}

// atMoto is the one client of all ports, as moto is one.
var atMoto oneAtATime

// config reaches moto with credentials that no account has.
func config() aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &endpoint, HTTPClient: &atMoto,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
}

func port() *awsport.Port {
	return awsport.New(config(), awsport.Options{
		Regions: map[system.Home]string{system.Secondary: region},
		Routing: []awsport.RoutingEndpoint{{URL: endpoint, Region: region}},
	})
}
