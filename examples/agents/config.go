package agents

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Config is where everything is. One file serves all agents of a home.
type Config struct {
	// System is the path of system.yaml.
	System string `json:"system"`
	// Agents and Outside are the base addresses of the agents and of the services outside, by their names there.
	Agents  map[string]string `json:"agents"`
	Outside map[string]string `json:"outside"`
	// Database is a connection string of the store tasks, Cache the host and port of the store recall.
	Database string `json:"database"`
	Cache    string `json:"cache"`
	// Region and Endpoint are those of the AWS stores.
	Region   string `json:"region"`
	Endpoint string `json:"endpoint"`
	// Queues are the queues by their names in system.yaml.
	Queues map[string]Queue `json:"queues"`
	// Sessions, Idempotency, Locks and Effects are tables, Artifacts is a bucket.
	Sessions    string `json:"sessions"`
	Idempotency string `json:"idempotency"`
	Locks       string `json:"locks"`
	Effects     string `json:"effects"`
	Artifacts   string `json:"artifacts"`
	// Flags is the file of the degradation levels: system/flags tells its form.
	Flags string `json:"flags"`
	// Unprotected runs the agents without circuit breakers and bulkheads, to see what these are for.
	Unprotected bool `json:"unprotected"`
}

// Queue is a queue with its dead-letter queue and its work ledger.
type Queue struct {
	URL     string `json:"url"`
	DeadURL string `json:"deadUrl"`
	Ledger  string `json:"ledger"`
}

// LoadConfig reads a Config from a file of JSON.
func LoadConfig(path string) (Config, error) {
	var c Config
	raw, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read the configuration: %w", err)
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("read the configuration %s: %w", path, err)
	}
	return c, nil
}

// aws is how the AWS stores are called. The emulator of this example takes any credentials.
func (c Config) aws() aws.Config {
	return aws.Config{Region: c.Region, BaseEndpoint: &c.Endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "example", SecretAccessKey: "example"}, nil
		})}
}
