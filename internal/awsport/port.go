// Package awsport makes the calls of plans on AWS. It is the only place that
// knows the AWS SDK: one registry leads from an operation's name to the call,
// documents go in and come out, and each error carries its class. Nothing is tried
// twice here: repeats belong to the engine.
package awsport

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"k8s.io/client-go/rest"

	"redoubt/inventory"
	"redoubt/recovery/ledger"
	"redoubt/recovery/plan"
	"redoubt/recovery/rewind"
	"redoubt/recovery/verify"
	"redoubt/system"
)

// Options say where calls go.
type Options struct {
	// Regions says where each home lives, and where the arbiter is (plan.Arbiter).
	Regions map[system.Home]string
	// Clusters are the homes' Kubernetes clusters.
	Clusters map[system.Home]Cluster
	// Routing are the endpoints of the cluster of routing controls, where the switch is arc.
	Routing []RoutingEndpoint
	// Probe makes the probe task pass through a home; without it no probe passes.
	Probe Prober
}

// Cluster is a home's Kubernetes cluster.
type Cluster struct {
	Name string
	// Server is the address of the API server, Authority what it is verified by, in base64.
	Server, Authority string
}

// OptionsOf are the options that an inventory tells.
func OptionsOf(inv inventory.Inventory) Options {
	o := Options{Regions: inv.Regions(plan.Arbiter), Clusters: map[system.Home]Cluster{}, Routing: endpointsOf(inv)}
	for name, home := range inv.Homes {
		o.Clusters[name] = Cluster{
			Name: home.Cluster.Name, Server: home.Cluster.Endpoint, Authority: home.Cluster.CertificateAuthority,
		}
	}
	return o
}

// Port makes calls on AWS.
type Port struct {
	cfg  aws.Config
	opts Options

	mu       sync.Mutex
	clusters map[system.Home]*rest.RESTClient
}

var _ plan.Port = (*Port)(nil)

// Load finds the credentials of the caller as the AWS command line does, and
// looks that there are any.
func Load(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return aws.Config{}, fmt.Errorf("read the AWS settings: %w", err)
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return aws.Config{}, fmt.Errorf("find AWS credentials: %w", err)
	}
	return cfg, nil
}

// New returns a port that calls with the credentials of cfg.
func New(cfg aws.Config, o Options) *Port {
	cfg = once(cfg)
	return &Port{cfg: cfg, opts: o, clusters: map[system.Home]*rest.RESTClient{}}
}

// once is cfg with the SDK's retries off and one pool of connections for all clients.
func once(cfg aws.Config) aws.Config {
	cfg = cfg.Copy()
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = awshttp.NewBuildableClient()
	}
	return cfg
}

// patience is how often a patient port makes a request, at most.
const patience = 6

// Patient is the same port with the SDK's own retries, for leases and journals:
// their writes are conditional, and a throttled one must not stop a recovery.
func (p *Port) Patient() *Port {
	cfg := p.cfg.Copy()
	cfg.Retryer = func() aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), patience) }
	return &Port{cfg: cfg, opts: p.opts, clusters: map[system.Home]*rest.RESTClient{}}
}

// Call makes one call, once. Its error is an execute.ClassError.
func (p *Port) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	region, known := p.opts.Regions[c.Home]
	if !known || region == "" {
		return nil, classed(c, &badInput{fmt.Errorf("the region of the %s home is unknown", c.Home)})
	}
	out, err := p.call(ctx, region, c)
	if err != nil {
		return nil, classed(c, err)
	}
	return out, nil
}

func (p *Port) call(ctx context.Context, region string, c plan.Call) (plan.Document, error) {
	s := session{Config: p.cfg.Copy(), routing: p.opts.Routing}
	s.Region = region
	switch c.Kind {
	case plan.AWS:
		o, known := registry[c.Service+"."+c.Operation]
		if !known {
			return nil, &badInput{fmt.Errorf("the port does not have this operation")}
		}
		return o.call(ctx, s, o.placed(c))
	case plan.Kubernetes:
		return p.kubernetes(ctx, s, c)
	case plan.Probe:
		if c.Operation == verify.VerifyStore {
			return verify.Port{Port: p}.Call(ctx, c)
		}
		if p.opts.Probe == nil {
			return nil, &badInput{fmt.Errorf("nobody can make the probe task here")}
		}
		return p.opts.Probe.Probe(ctx, c)
	case plan.Ledger:
		return ledger.Port{Port: p}.Call(ctx, c)
	case plan.Versions:
		return rewind.Port{Port: p}.Call(ctx, c)
	default:
		return nil, &badInput{fmt.Errorf("kind is %q, which the port does not know", c.Kind)}
	}
}

// session is what a call is made with.
type session struct {
	aws.Config
	routing []RoutingEndpoint
}
