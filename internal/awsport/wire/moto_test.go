//go:build apps

package wire

import (
	"context"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"redoubt/internal/awsport"
	"redoubt/internal/mototest"
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

// TestMain starts moto for all tests and stops it after them.
func TestMain(m *testing.M) {
	os.Exit(mototest.Main("the port over the wire", []string{"MOTO_ACCOUNT_ID=" + account}, func(at string) int {
		endpoint = at
		return m.Run()
	}))
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
