//go:build apps

package wire

import (
	"context"
	"os"
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

// config reaches moto with credentials that no account has.
func config() aws.Config {
	return aws.Config{
		Region: region, BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
}

func port() *awsport.Port { return portOf(config()) }

func portOf(cfg aws.Config) *awsport.Port {
	return awsport.New(cfg, awsport.Options{
		Regions: map[system.Home]string{system.Secondary: region},
		Routing: []awsport.RoutingEndpoint{{URL: endpoint, Region: region}},
	})
}
