package probe

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// config are settings with credentials that no account has; an endpoint is asked instead of AWS.
func config(endpoint string) aws.Config {
	c := aws.Config{Region: "eu-central-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
	})}
	if endpoint != "" {
		c.BaseEndpoint = &endpoint
	}
	return c
}
