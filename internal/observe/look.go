package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"

	"redoubt/internal/observe/settings"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// entryPath is what a home's load balancer answers about its agents (components/entry).
const entryPath = "/healthz"

// describer is what is needed of a client of DynamoDB.
type describer interface {
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
}

// eyes look at the homes.
type eyes struct {
	settings.Config
	// clients are those of each home's region.
	clients map[system.Home]describer
	// transport asks the entry.
	transport func(address, domain string) http.RoundTripper
}

// look is an arbiter.Looker.
func (e eyes) look(ctx context.Context, home system.Home, aspect diagnose.Aspect) error {
	if aspect == diagnose.Control {
		return e.control(ctx, home)
	}
	return e.entry(ctx, home)
}

// control asks the region's control plane for the home's lock table. An answer is an answer, also one that refuses.
func (e eyes) control(ctx context.Context, home system.Home) error {
	table := e.Homes[home].Table
	_, err := e.clients[home].DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	var told smithy.APIError
	if errors.As(err, &told) && told.ErrorFault() == smithy.FaultClient {
		return nil
	}
	return err
}

// entry asks the home's load balancer as users do, whatever the domain leads to now.
func (e eyes) entry(ctx context.Context, home system.Home) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+e.Domain+entryPath, nil)
	if err != nil {
		return err
	}
	resp, err := e.transport(e.Homes[home].Address, e.Domain).RoundTrip(req) // a redirection is an answer
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode >= http.StatusInternalServerError {
		return fmt.Errorf("%s answers %s", e.Homes[home].Address, resp.Status)
	}
	return nil
}

// direct makes each request on a connection of its own: one that is kept open outlives what it should tell of.
func direct(address, domain string) http.RoundTripper {
	return &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{ServerName: domain, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(address, "443"))
		},
	}
}
