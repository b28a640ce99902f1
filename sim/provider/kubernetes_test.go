package provider

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"redoubt/sim/world"
)

const (
	deploymentURN = "urn:pulumi:test::redoubt::kubernetes:apps/v1:Deployment::planner"
	kubeconfig    = `{"clusters":[{"cluster":{"server":"https://ABC.gr7.eu-west-1.eks.amazonaws.com"}}]}`
)

// clusterIn makes a cluster in the world and returns the way into it and the first part of its address.
func clusterIn(t *testing.T, w *world.World) (config, host string) {
	t.Helper()
	make := func(kind string, in world.Document) *world.Entity {
		e, err := w.Create("eu-west-1", kind, kind+fmt.Sprint(in["AvailabilityZone"]), in)
		require.NoError(t, err)
		return e
	}
	vpc := make("AWS::EC2::VPC", world.Document{"CidrBlock": "10.40.0.0/16"})
	var subnets []any
	for n, letter := range []string{"a", "b"} {
		subnets = append(subnets, make("AWS::EC2::Subnet", world.Document{"VpcId": vpc.ID,
			"CidrBlock": fmt.Sprintf("10.40.%d.0/24", n), "AvailabilityZone": "eu-west-1" + letter}).ID)
	}
	role := make("AWS::IAM::Role", world.Document{"Name": "control", "AssumeRolePolicy": `{"Statement":[]}`})
	c := make("AWS::EKS::Cluster", world.Document{"Name": "agora", "RoleArn": role.ARN,
		"VpcConfig": world.Document{"SubnetIds": subnets}})
	endpoint := c.Out["Endpoint"].(string)
	host, _, _ = strings.Cut(strings.TrimPrefix(endpoint, "https://"), ".")
	return `{"clusters":[{"cluster":{"server":"` + endpoint + `"}}]}`, host
}

func deployment(more map[string]any) map[string]any {
	spec := map[string]any{"replicas": 3, "selector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "planner"}}}
	for k, v := range more {
		spec[k] = v
	}
	return map[string]any{"apiVersion": "apps/v1", "kind": "Deployment", "spec": spec,
		"metadata": map[string]any{"name": "planner", "namespace": "agents"}}
}

func TestKubernetes_keepsObjectsByClusterAndName(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	config, host := clusterIn(t, w)
	c := connect(t, s.kubernetes, map[string]any{"kubeconfig": config})
	id, state, inputs := create(t, c, deploymentURN, props(deployment(nil)))
	assert.Equal(t, "agents/planner", id)
	assert.NotEmpty(t, state["metadata"].ObjectValue()["uid"].StringValue())
	object := w.Find("eu-west-1", "Kubernetes::Object", nil)[0]
	assert.Equal(t, host+"/apps/v1:Deployment/agents/planner", object.ID)

	read, err := c.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: deploymentURN, Inputs: sent(t, inputs)})
	require.NoError(t, err)
	assert.Equal(t, inputs, received(t, read.GetInputs()))

	more := props(deployment(map[string]any{"replicas": 5}))
	diffed, err := c.Diff(context.Background(), &pulumirpc.DiffRequest{Id: id, Urn: deploymentURN,
		OldInputs: sent(t, inputs), Olds: sent(t, state), News: sent(t, more)})
	require.NoError(t, err)
	assert.Equal(t, []string{"spec"}, diffed.GetDiffs())
	assert.Empty(t, diffed.GetReplaces())
	_, err = c.Update(context.Background(), &pulumirpc.UpdateRequest{Id: id, Urn: deploymentURN,
		Olds: sent(t, state), News: sent(t, more)})
	require.NoError(t, err)
	object = w.Find("eu-west-1", "Kubernetes::Object", nil)[0]
	assert.Equal(t, 5.0, object.In["Object"].(world.Document)["spec"].(world.Document)["replicas"])

	other := connect(t, s.kubernetes, map[string]any{"kubeconfig": `server: https://XYZ.sk1.eu-west-1.eks.amazonaws.com`})
	gone, err := other.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: deploymentURN})
	require.NoError(t, err)
	assert.Empty(t, gone.GetId(), "another cluster does not have it")

	for range 2 {
		_, err = c.Delete(context.Background(), &pulumirpc.DeleteRequest{Id: id, Urn: deploymentURN})
		require.NoError(t, err)
	}
	assert.Empty(t, w.Find("", "Kubernetes::Object", nil))
}

func TestKubernetes_replacesWhatTheAPIServerCannotChange(t *testing.T) {
	t.Parallel()
	old := deployment(nil)
	moved := deployment(nil)
	moved["metadata"] = map[string]any{"name": "planner", "namespace": "elsewhere"}
	selected := deployment(map[string]any{"selector": map[string]any{"matchLabels": map[string]any{"app": "p"}}})
	for name, tt := range map[string]struct {
		new  map[string]any
		want []string
	}{
		"namespace": {moved, []string{"metadata"}},
		"selector":  {selected, []string{"spec"}},
		"replicas":  {deployment(map[string]any{"replicas": 1}), nil},
	} {
		r := diffResponse(diffObjects("kubernetes:apps/v1:Deployment", props(old), props(tt.new)))
		assert.Equal(t, tt.want, r.GetReplaces(), name)
		assert.NotEmpty(t, r.GetDiffs(), name)
	}
}

func TestKubernetes_checksMetadata(t *testing.T) {
	t.Parallel()
	const token = "kubernetes:apps/v1:Deployment"
	bad := deployment(nil)
	bad["metadata"] = map[string]any{"name": "Planner!"}
	assert.Equal(t, "metadata.name", checkObject(token, props(bad))[0].Property)
	assert.Len(t, checkObject(token, props(map[string]any{})), 3)
	assert.Equal(t, "kind", checkObject("kubernetes:core/v1:Service", props(deployment(nil)))[0].Property)

	s, w := serve(t)
	config, _ := clusterIn(t, w)
	c := connect(t, s.kubernetes, map[string]any{"kubeconfig": config})
	unnamed := map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{}}
	id, _, _ := create(t, c, "urn:pulumi:test::redoubt::kubernetes:core/v1:Namespace::agents", props(unnamed))
	assert.Regexp(t, `^agents-[0-9a-f]{8}$`, id)
}

func TestKubernetes_asksAboutObjects(t *testing.T) {
	t.Parallel()
	asked := 0
	k := newKubernetes(world.New(world.Config{Seed: 1}), Options{
		Objects: func(_ context.Context, object resource.PropertyMap) []Failure {
			asked++
			name, _ := metadata(object, "name")
			return []Failure{{"spec.replicas", "is not what " + name + " wants"}}
		}})
	news, err := send(props(deployment(nil)))
	require.NoError(t, err)
	answer, err := k.Check(t.Context(), &pulumirpc.CheckRequest{Urn: deploymentURN, News: news})
	require.NoError(t, err)
	require.Len(t, answer.GetFailures(), 1)
	assert.Equal(t, "is not what planner wants", answer.GetFailures()[0].GetReason())
	assert.Equal(t, 1, asked)
}

func TestKubernetes_wantsAKubeconfigOfEKS(t *testing.T) {
	t.Parallel()
	s, _ := serve(t)
	conn, err := grpc.NewClient("127.0.0.1:"+portText(s.kubernetes), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	_, err = pulumirpc.NewResourceProviderClient(conn).Configure(context.Background(),
		&pulumirpc.ConfigureRequest{Args: sent(t, props(map[string]any{"kubeconfig": "{}"}))})
	assert.ErrorContains(t, err, "names no API server of EKS")
}

// A plan scales a home past the program; an update of something else must leave that be.
func TestKubernetes_anUpdateLeavesAloneWhatItIgnores(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	config, host := clusterIn(t, w)
	c := connect(t, s.kubernetes, map[string]any{"kubeconfig": config})
	id, state, inputs := create(t, c, deploymentURN, props(deployment(nil)))
	_, err := w.Call(world.Request{Region: "eu-west-1", Service: "kubernetes", Operation: "Patch", Input: world.Document{
		"Server": "https://" + host + ".yl4.eu-west-1.eks.amazonaws.com", "ApiVersion": "apps/v1", "Kind": "Deployment",
		"Namespace": "agents", "Name": "planner", "Subresource": "scale",
		"Patch": world.Document{"spec": world.Document{"replicas": 9}},
	}})
	require.NoError(t, err)

	read, err := c.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: deploymentURN, Inputs: sent(t, inputs)})
	require.NoError(t, err)
	spec := received(t, read.GetInputs())["spec"].ObjectValue()
	assert.Equal(t, 9.0, spec["replicas"].NumberValue(), "a refresh shows what the plan did")

	running := func(ignored ...string) any {
		_, err := c.Update(context.Background(), &pulumirpc.UpdateRequest{Id: id, Urn: deploymentURN, Olds: sent(t, state),
			News: sent(t, props(deployment(map[string]any{"minReadySeconds": 10}))), IgnoreChanges: ignored})
		require.NoError(t, err)
		object := w.Find("eu-west-1", "Kubernetes::Object", nil)[0]
		spec := object.In["Object"].(world.Document)["spec"].(world.Document)
		assert.Equal(t, 10.0, spec["minReadySeconds"])
		return spec["replicas"]
	}
	assert.Equal(t, 9.0, running("spec.replicas"))
	assert.Equal(t, 9.0, running("spec.replicas", `metadata.annotations["nobody.has/it"]`), "what neither has is left out")
	assert.Equal(t, 3.0, running(), "an update that is told to settle takes its number back")
}
