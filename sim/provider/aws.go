package provider

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// awsVersion is the version of the SDK that the provider stands in for.
const awsVersion = "6.83.2"

// awsProvider is one provider instance: one region of the package aws.
type awsProvider struct {
	pulumirpc.UnimplementedResourceProviderServer
	cloud Cloud
	opts  Options

	mu          sync.Mutex
	region      string
	defaultTags map[string]string
	// successor marks the resources that exist: another one that takes a
	// resource's place gets a name of its own, made with the mark.
	successor map[string]string
}

func newAWS(cloud Cloud, opts Options) *awsProvider {
	return &awsProvider{cloud: cloud, opts: opts, successor: map[string]string{}}
}

// GetPluginInfo tells the version.
func (p *awsProvider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: versionOr(p.opts.Version, awsVersion)}, nil
}

func versionOr(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}

// GetSchema answers that there is none; programs carry their own types.
func (p *awsProvider) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: "{}"}, nil
}

// CheckConfig refuses arguments that the SDK's provider does not have.
func (p *awsProvider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	in, err := receive(r.GetNews())
	if err != nil {
		return nil, err
	}
	config, err := configuration(in)
	if err != nil {
		return &pulumirpc.CheckResponse{Inputs: r.GetNews(), Failures: failures([]Failure{{"", err.Error()}})}, nil
	}
	return &pulumirpc.CheckResponse{Inputs: r.GetNews(), Failures: failures(checkProvider(config))}, nil
}

// DiffConfig replaces a provider, and with it all that it made, when its region changes.
func (p *awsProvider) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, news, err := receiveBoth(r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	var changes []change
	keys := slices.Concat(olds.StableKeys(), news.StableKeys())
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if key != "version" && !internalKey(string(key)) && !olds[key].DeepEquals(news[key]) {
			changes = append(changes, change{path: string(key), kind: changed, replace: key == "region"})
		}
	}
	return diffResponse(changes), nil
}

// Configure keeps the region and the default tags of the instance.
func (p *awsProvider) Configure(_ context.Context, r *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	in, err := receive(r.GetArgs())
	if err != nil {
		return nil, err
	}
	config, err := configuration(in)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if err := p.configure(config); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
}

func (p *awsProvider) configure(config resource.PropertyMap) error {
	if faults := checkProvider(config); len(faults) > 0 {
		return fmt.Errorf("provider aws: %s", faults[0])
	}
	if v := config["region"]; !v.IsString() || v.StringValue() == "" {
		return fmt.Errorf("provider aws: no region; give aws.ProviderArgs.Region")
	}
	if err := p.allowed(config); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.region = config["region"].StringValue()
	p.defaultTags = map[string]string{}
	if tags := config["defaultTags"]; tags.IsObject() && tags.ObjectValue()["tags"].IsObject() {
		for k, v := range tags.ObjectValue()["tags"].ObjectValue() {
			if v, known := bare(v); known && v.IsString() {
				p.defaultTags[string(k)] = v.StringValue()
			}
		}
	}
	return nil
}

// allowed holds the account guards of the provider's arguments.
func (p *awsProvider) allowed(config resource.PropertyMap) error {
	account := p.cloud.Config().Account
	holds := func(name string) (given, listed bool) {
		v := config[resource.PropertyKey(name)]
		if !v.IsArray() || len(v.ArrayValue()) == 0 {
			return false, false
		}
		return true, slices.ContainsFunc(v.ArrayValue(), func(e resource.PropertyValue) bool {
			e, _ = bare(e)
			return e.IsString() && e.StringValue() == account
		})
	}
	if given, listed := holds("allowedAccountIds"); given && !listed {
		return fmt.Errorf("provider aws: account %s is not among allowedAccountIds", account)
	}
	if _, listed := holds("forbiddenAccountIds"); listed {
		return fmt.Errorf("provider aws: account %s is among forbiddenAccountIds", account)
	}
	return nil
}

// home is the region of the instance. Where a call really goes is the world's
// affair: it knows which services are global and which live in one region.
func (p *awsProvider) home() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.region == "" {
		return "", status.Error(codes.FailedPrecondition, "provider aws: the connection of this instance is not configured")
	}
	return p.region, nil
}
