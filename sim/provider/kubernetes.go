package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// kubernetesVersion is the version of the SDK that the provider stands in for.
const kubernetesVersion = "4.30.0"

// objectKind is the kind of every Kubernetes object in the world.
const objectKind = "Kubernetes::Object"

// kubernetesProvider is one provider instance: one cluster of the package
// kubernetes. It keeps objects by apiVersion, kind, namespace and name, and
// knows nothing of what they mean.
type kubernetesProvider struct {
	pulumirpc.UnimplementedResourceProviderServer
	cloud Cloud
	opts  Options

	mu sync.Mutex
	// region and cluster are where the API server of the kubeconfig stands.
	region, cluster string
	// namespace is where objects without one of their own go.
	namespace string
}

func newKubernetes(cloud Cloud, opts Options) *kubernetesProvider {
	return &kubernetesProvider{cloud: cloud, opts: opts}
}

// GetPluginInfo tells the version.
func (k *kubernetesProvider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: versionOr(k.opts.Version, kubernetesVersion)}, nil
}

// GetSchema answers that there is none; programs carry their own types.
func (k *kubernetesProvider) GetSchema(context.Context, *pulumirpc.GetSchemaRequest,
) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: "{}"}, nil
}

// CheckConfig accepts the arguments; Configure reads them.
func (k *kubernetesProvider) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest,
) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

// DiffConfig never replaces the provider: a new kubeconfig for the same
// cluster keeps the objects, and one for another cluster shows when they are read.
func (k *kubernetesProvider) DiffConfig(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, news, err := receiveBoth(r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	var changes []change
	if !olds.DeepEquals(news) {
		changes = []change{{path: "kubeconfig", kind: changed}}
	}
	return diffResponse(changes), nil
}

// An EKS API server is https://<id>.<xx>.<region>.eks.amazonaws.com.
var apiServer = regexp.MustCompile(`https://([\w-]+)\.(?:[\w-]+\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.eks\.amazonaws\.com`)

// Configure learns from the kubeconfig which cluster, in which region, is meant.
func (k *kubernetesProvider) Configure(_ context.Context, r *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	in, err := receive(r.GetArgs())
	if err != nil {
		return nil, err
	}
	config, known := bare(in["kubeconfig"])
	if !known { // the preview of an update that makes the cluster
		return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
	}
	text := fmt.Sprint(config.Mappable())
	found := apiServer.FindStringSubmatch(text)
	if found == nil {
		return nil, status.Error(codes.InvalidArgument,
			"provider kubernetes: the kubeconfig names no API server of EKS, want https://ID.REGION.eks.amazonaws.com")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.cluster, k.region, k.namespace = found[1], found[2], "default"
	if ns, known := bare(in["namespace"]); known && ns.IsString() && ns.StringValue() != "" {
		k.namespace = ns.StringValue()
	}
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true}, nil
}

// Invoke refuses every function by name.
func (k *kubernetesProvider) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, status.Errorf(codes.Unimplemented, "function %q is not simulated", r.GetTok())
}

// Check names the object when the program does not, and refuses one without its metadata.
func (k *kubernetesProvider) Check(ctx context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	olds, news, err := receiveBoth(r.GetOlds(), r.GetNews())
	if err != nil {
		return nil, err
	}
	urn := resource.URN(r.GetUrn())
	named := k.named(urn, olds, news)
	inputs, err := send(named)
	if err != nil {
		return nil, err
	}
	faults := checkObject(string(urn.Type()), named)
	if k.opts.Objects != nil {
		faults = append(faults, k.opts.Objects(ctx, named)...)
	}
	return &pulumirpc.CheckResponse{Inputs: inputs, Failures: failures(faults)}, nil
}

// Diff compares the inputs that made the object with new ones.
func (k *kubernetesProvider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, news, err := receiveBoth(r.GetOldInputs(), r.GetNews())
	if err != nil {
		return nil, err
	}
	changes := diffObjects(string(resource.URN(r.GetUrn()).Type()), olds, news)
	return diffResponse(unignored(changes, r.GetIgnoreChanges())), nil
}

// worldID is the object's id in the world: the Pulumi id does not tell clusters and kinds apart.
func (k *kubernetesProvider) worldID(token, id string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join([]string{k.cluster, strings.TrimPrefix(token, "kubernetes:"), id}, "/")
}

func (k *kubernetesProvider) act(verb, urn, id string) (act, error) {
	u := resource.URN(urn)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.region == "" {
		return act{}, status.Error(codes.FailedPrecondition, "provider kubernetes: the connection is not configured")
	}
	return act{verb: verb, token: string(u.Type()), name: u.Name(), id: id, region: k.region,
		spec: spec{kind: objectKind}}, nil
}

func (k *kubernetesProvider) answer(a act, err error) error {
	return (&awsProvider{opts: k.opts}).answer(a, err)
}
