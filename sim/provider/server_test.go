package provider

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/sim/world"
)

const (
	vpcURN    = "urn:pulumi:test::redoubt::aws:ec2/vpc:Vpc::main"
	subnetURN = "urn:pulumi:test::redoubt::aws:ec2/subnet:Subnet::a"
	roleURN   = "urn:pulumi:test::redoubt::aws:iam/role:Role::writer"
	secretURN = "urn:pulumi:test::redoubt::aws:secretsmanager/secret:Secret::login"

	trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
)

// serve starts a server over a fresh world.
func serve(t *testing.T) (*Server, *world.World) {
	t.Helper()
	w := world.New(world.Config{Seed: 1})
	s, err := Serve(t.Context(), w, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s, w
}

// connect opens a connection as the engine does for one provider instance.
func connect(t *testing.T, l *listener, config map[string]any) pulumirpc.ResourceProviderClient {
	t.Helper()
	conn, err := grpc.NewClient("127.0.0.1:"+portText(l), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	c := pulumirpc.NewResourceProviderClient(conn)
	_, err = c.Configure(context.Background(), &pulumirpc.ConfigureRequest{Args: sent(t, props(config))})
	require.NoError(t, err)
	return c
}

func portText(l *listener) string {
	env := (&Server{aws: l, kubernetes: l}).Env()
	return env[strings.LastIndexByte(env, ':')+1:]
}

func sent(t *testing.T, m resource.PropertyMap) *structpb.Struct {
	t.Helper()
	s, err := send(m)
	require.NoError(t, err)
	return s
}

func received(t *testing.T, s *structpb.Struct) resource.PropertyMap {
	t.Helper()
	m, err := receive(s)
	require.NoError(t, err)
	return m
}

// create checks and creates, and returns the id with the state.
func create(t *testing.T, c pulumirpc.ResourceProviderClient, urn string, in resource.PropertyMap,
) (string, resource.PropertyMap, resource.PropertyMap) {
	t.Helper()
	checked, err := c.Check(context.Background(), &pulumirpc.CheckRequest{Urn: urn, News: sent(t, in)})
	require.NoError(t, err)
	require.Empty(t, checked.GetFailures())
	made, err := c.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
	require.NoError(t, err)
	return made.GetId(), received(t, made.GetProperties()), received(t, checked.GetInputs())
}

func TestServer_keepsEachConnectionInItsRegion(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	west := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	central := connect(t, s.aws, map[string]any{"region": "eu-central-1"})
	in := props(map[string]any{"cidrBlock": "10.0.0.0/16"})

	id, state, _ := create(t, west, vpcURN, in)
	_, other, _ := create(t, central, vpcURN, in)

	assert.Contains(t, state["arn"].StringValue(), ":eu-west-1:")
	assert.Contains(t, other["arn"].StringValue(), ":eu-central-1:")
	assert.Len(t, w.Find("", "AWS::EC2::VPC", nil), 2)

	gone, err := central.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: vpcURN})
	require.NoError(t, err)
	assert.Empty(t, gone.GetId(), "the other region does not have it")
}

func TestServer_repeatsACreationWithoutMakingASecond(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	in := props(map[string]any{"assumeRolePolicy": trust})
	id, _, first := create(t, c, roleURN, in)
	assert.Regexp(t, `^writer-[0-9a-f]{7}$`, id)

	again := connect(t, s.aws, map[string]any{"region": "eu-west-1"}) // after a crash nothing is remembered
	id2, _, second := create(t, again, roleURN, in)
	assert.Equal(t, id, id2)
	assert.Equal(t, first, second)
	assert.Len(t, w.Find("", "AWS::IAM::Role", nil), 1)

	// A successor stands beside what it replaces, so it has another name.
	_, err := c.Check(context.Background(), &pulumirpc.CheckRequest{Urn: roleURN, Olds: sent(t, first), News: sent(t, in)})
	require.NoError(t, err)
	id3, _, _ := create(t, c, roleURN, in)
	assert.NotEqual(t, id, id3)
}

func TestServer_mergesDefaultTags(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	tags := func(m map[string]any) map[string]any {
		return map[string]any{"region": "eu-west-1", "defaultTags": map[string]any{"tags": m}}
	}
	c := connect(t, s.aws, tags(map[string]any{"system": "s", "owner": "d"}))
	in := props(map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"owner": "me"}})
	_, state, inputs := create(t, c, vpcURN, in)
	want := props(map[string]any{"system": "s", "owner": "me"})
	assert.Equal(t, want, state["tagsAll"].ObjectValue())
	assert.Equal(t, in["tags"], state["tags"])
	assert.Equal(t, map[string]any{"system": "s", "owner": "me"}, w.Find("", "AWS::EC2::VPC", nil)[0].In["Tags"])

	differs := func(c pulumirpc.ResourceProviderClient, ignore ...string) []string {
		r, err := c.Diff(context.Background(), &pulumirpc.DiffRequest{Id: "x", Urn: vpcURN, Olds: sent(t, state),
			News: sent(t, inputs), IgnoreChanges: ignore})
		require.NoError(t, err)
		return r.GetDiffs()
	}
	assert.Empty(t, differs(c))
	other := connect(t, s.aws, tags(map[string]any{"system": "t"}))
	assert.Equal(t, []string{"tagsAll"}, differs(other))
	assert.Empty(t, differs(other, "tagsAll"))
}

func TestServer_previewsWithUnknowns(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	made, err := c.Create(context.Background(), &pulumirpc.CreateRequest{Urn: vpcURN, Preview: true,
		Properties: sent(t, props(map[string]any{"cidrBlock": "10.0.0.0/16"}))})
	require.NoError(t, err)
	state := received(t, made.GetProperties())
	assert.Empty(t, made.GetId())
	assert.Equal(t, "10.0.0.0/16", state["cidrBlock"].StringValue())
	assert.True(t, state["arn"].IsComputed())
	assert.True(t, state["defaultSecurityGroupId"].IsComputed())
	assert.NotContains(t, state, resource.PropertyKey("assignGeneratedIpv6CidrBlock"))
	assert.Empty(t, w.Find("", "AWS::EC2::VPC", nil))
}

func TestServer_readsBackDriftAndWhatItNeverMade(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	id, state, inputs := create(t, c, vpcURN, props(map[string]any{"cidrBlock": "10.0.0.0/16"}))

	_, err := w.Update("eu-west-1", "AWS::EC2::VPC", id, world.Document{"CidrBlock": "10.0.0.0/16",
		"Tags": map[string]any{"who": "someone"}, "EnableDnsHostnames": true})
	require.NoError(t, err)
	read, err := c.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: vpcURN, Properties: sent(t, state),
		Inputs: sent(t, inputs)})
	require.NoError(t, err)
	now := received(t, read.GetProperties())
	assert.True(t, now["enableDnsHostnames"].BoolValue())
	assert.Equal(t, inputs, received(t, read.GetInputs()), "only what was declared is an input")
	update, replaces, err := DiffInputs(vpcToken, now, inputs)
	require.NoError(t, err)
	assert.True(t, update, "a tag that nobody declared is removed")
	assert.Empty(t, replaces)

	got, err := c.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: vpcURN})
	require.NoError(t, err)
	assert.Equal(t, "10.0.0.0/16", received(t, got.GetInputs())["cidrBlock"].StringValue())
}

func TestServer_keepsWhatIsIgnored(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	in := props(map[string]any{"cidrBlock": "10.0.0.0/16", "tags": map[string]any{"a": "old"}})
	id, state, inputs := create(t, c, vpcURN, in)
	_, err := w.Update("eu-west-1", "AWS::EC2::VPC", id, world.Document{"CidrBlock": "10.0.0.0/16",
		"Tags": map[string]any{"a": "drifted"}})
	require.NoError(t, err)
	inputs["enableDnsHostnames"] = resource.NewBoolProperty(true)
	_, err = c.Update(context.Background(), &pulumirpc.UpdateRequest{Id: id, Urn: vpcURN, Olds: sent(t, state),
		News: sent(t, inputs), IgnoreChanges: []string{"tags"}})
	require.NoError(t, err)
	now := w.Find("", "AWS::EC2::VPC", nil)[0]
	assert.Equal(t, map[string]any{"a": "drifted"}, now.In["Tags"])
	assert.Equal(t, true, now.In["EnableDnsHostnames"])
}

func TestServer_saysWhatAWSAnswered(t *testing.T) {
	t.Parallel()
	s, _ := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	_, err := c.Create(context.Background(), &pulumirpc.CreateRequest{Urn: subnetURN,
		Properties: sent(t, props(map[string]any{"vpcId": "vpc-none", "cidrBlock": "10.0.0.0/24"}))})
	assert.ErrorContains(t, err, `create AWS::EC2::Subnet "a" in eu-west-1: InvalidVpcID.NotFound: `)

	_, err = c.Delete(context.Background(), &pulumirpc.DeleteRequest{Id: "vpc-none", Urn: vpcURN})
	assert.NoError(t, err, "what is gone already can be deleted")
	_, err = c.Create(context.Background(), &pulumirpc.CreateRequest{
		Urn: "urn:pulumi:test::redoubt::aws:ec2/instance:Instance::a", Properties: sent(t, nil)})
	assert.ErrorContains(t, err, "is not simulated")
	_, err = c.Invoke(context.Background(), &pulumirpc.InvokeRequest{Tok: "aws:ec2/getAmi:getAmi"})
	assert.ErrorContains(t, err, `function "aws:ec2/getAmi:getAmi" is not simulated`)
}

func TestServer_guardsRegionAndAccount(t *testing.T) {
	t.Parallel()
	s, _ := serve(t)
	conn, err := grpc.NewClient("127.0.0.1:"+portText(s.aws), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	c := pulumirpc.NewResourceProviderClient(conn)
	_, err = c.Create(context.Background(), &pulumirpc.CreateRequest{Urn: vpcURN, Properties: sent(t, nil)})
	assert.ErrorContains(t, err, "not configured")
	for want, config := range map[string]map[string]any{
		"no region":         {"profile": "x"},
		"allowedAccountIds": {"region": "eu-west-1", "allowedAccountIds": `["210987654321"]`},
		"no such property":  {"region": "eu-west-1", "regon": "x"},
	} {
		_, err = c.Configure(context.Background(), &pulumirpc.ConfigureRequest{Args: sent(t, props(config))})
		assert.ErrorContains(t, err, want)
	}
	ok := props(map[string]any{"region": "eu-west-1", "allowedAccountIds": `["123456789012"]`,
		"skipCredentialsValidation": "true", "secretKey": "x"})
	ok["secretKey"] = resource.MakeSecret(ok["secretKey"])
	_, err = c.Configure(context.Background(), &pulumirpc.ConfigureRequest{Args: sent(t, ok)})
	assert.NoError(t, err)
}

func TestServer_keepsSecretsSecret(t *testing.T) {
	t.Parallel()
	s, w := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	in := resource.PropertyMap{"description": resource.MakeSecret(resource.NewStringProperty("hush"))}
	id, state, _ := create(t, c, secretURN, in)
	assert.True(t, state["description"].IsSecret())
	assert.Equal(t, "hush", w.Find("eu-west-1", "AWS::SecretsManager::Secret", nil)[0].In["Description"])
	assert.Regexp(t, `^arn:aws:secretsmanager:eu-west-1:123456789012:secret:login-[0-9a-f]{7}-\w{6}$`, id)

	_, err := c.Delete(context.Background(), &pulumirpc.DeleteRequest{Id: id, Urn: secretURN})
	require.NoError(t, err)
}
