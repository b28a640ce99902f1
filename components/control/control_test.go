package control_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/control"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const (
	object    = "aws:s3/bucketObjectv2:BucketObjectv2"
	parameter = "aws:ssm/parameter:Parameter"
)

func TestControl_holdsToTheEightChecks(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[control.Args, *control.Control]{
		Args: args,
		New:  control.New,
		Bad: []pulumitest.Bad[control.Args]{
			{Name: "no scope", Mutate: func(a *control.Args) { a.Scope = naming.Scope{} }, Want: "want a system, a home"},
			{Name: "no bucket", Mutate: func(a *control.Args) { a.Bucket = nil }, Want: "bucket is required"},
			{Name: "no key", Mutate: func(a *control.Args) { a.KeyArn = nil }, Want: "keyArn is required"},
			{Name: "no own", Mutate: func(a *control.Args) { a.Own = nil }, Want: "own is required"},
			{
				Name:   "its own as the peer's",
				Mutate: func(a *control.Args) { a.Peer = document(system.Primary, "vpc-1") },
				Want:   "inventory is of the primary home, want secondary",
			},
			{
				Name:   "another system's",
				Mutate: func(a *control.Args) { a.Peer = strings.Replace(a.Peer, `"agents"`, `"others"`, 1) },
				Want:   `inventory is of system "others", want "agents"`,
			},
			{
				Name:   "a blank peer",
				Mutate: func(a *control.Args) { a.Peer = document(system.Secondary, "") },
				Want:   "homes.secondary is missing",
			},
		},
		Changes: []pulumitest.Change[control.Args]{
			{
				Name:   "own",
				Mutate: func(a *control.Args) { a.Own = pulumi.String(document(system.Primary, "vpc-3")) },
				Want:   []string{"main-own content", "main-own-pointer insecureValue"},
			},
			{
				Name:   "peer",
				Mutate: func(a *control.Args) { a.Peer = document(system.Secondary, "vpc-3") },
				Want:   []string{"main-peer content", "main-peer-pointer insecureValue"},
			},
			{
				Name:   "key",
				Mutate: func(a *control.Args) { a.KeyArn = pulumi.String("arn:other") },
				Want:   []string{"main-own kmsKeyId", "main-peer kmsKeyId"},
			},
			{
				Name:   "bucket",
				Mutate: func(a *control.Args) { a.Bucket = pulumi.String("other") },
				Want: []string{
					"main bucket", "main-own bucket", "main-own-pointer insecureValue",
					"main-peer bucket", "main-peer-pointer insecureValue",
				},
				Replaces: []string{"main-own bucket", "main-peer bucket"},
			},
			{
				Name:   "protection",
				Mutate: func(a *control.Args) { a.Protect = false },
				Want: []string{
					"main-own protect", "main-own-pointer protect", "main-peer protect", "main-peer-pointer protect",
				},
			},
		},
	}.Run(t)
}

func TestControl_storesBothCopiesInItsOwnRegion(t *testing.T) {
	t.Parallel()
	a := args(0)
	r := pulumitest.Run(t, program(a))
	for part, home := range map[string]system.Home{"own": system.Primary, "peer": system.Secondary} {
		doc := r.Get(t, object, "main-"+part).Values()
		assert.Equal(t, "inventory/"+string(home)+".json", doc["key"])
		assert.Equal(t, "agents-control", doc["bucket"])
		assert.Equal(t, "application/json", doc["contentType"])
		assert.Equal(t, "aws:kms", doc["serverSideEncryption"])
		assert.Equal(t, "arn:key", doc["kmsKeyId"])

		par := r.Get(t, parameter, "main-"+part+"-pointer").Values()
		assert.Equal(t, "/agents/primary/inventory/"+string(home), par["name"])
		assert.Equal(t, "String", par["type"])
		p, err := inventory.DecodePointer([]byte(par["insecureValue"].(string)))
		require.NoError(t, err)
		assert.Equal(t, inventory.Version, p.Version)
		assert.Equal(t, doc["bucket"], p.Bucket)
		assert.Equal(t, doc["key"], p.Key)
		inv, err := p.Open([]byte(doc["content"].(string)))
		require.NoError(t, err, "the hash is of the bytes that are stored")
		assert.Equal(t, home, inv.Home)
	}
}

func TestControl_refusesAnOwnThatIsNotItsInventory(t *testing.T) {
	t.Parallel()
	for own, want := range map[string]string{
		"{}":                                "version is missing",
		document(system.Secondary, "vpc-2"): "inventory is of the secondary home, want primary",
	} {
		a := args(0)
		a.Own = pulumi.String(own)
		r, err := pulumitest.RunErr(program(a))
		require.ErrorContains(t, err, want)
		for _, res := range r.Custom() {
			assert.NotContains(t, res.Name, "main-own", "nothing is stored")
		}
	}
}

func TestControl_pointsOnlyToWhatIsThere(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(args(0)))
	for _, part := range []string{"own", "peer"} {
		pointer := r.Get(t, parameter, "main-"+part+"-pointer")
		assert.Contains(t, pointer.RPC.GetDependencies(), r.Get(t, object, "main-"+part).URN)
	}
}

func TestControl_beforeThePeerWasSeen(t *testing.T) {
	t.Parallel()
	a := args(0)
	a.Peer = ""
	r := pulumitest.Run(t, program(a))
	assert.Len(t, r.Custom(), 2, "its own object and parameter only")

	seen := pulumitest.Run(t, program(args(0)))
	added, replaced := pulumitest.Diff(r, seen)
	assert.Equal(t, []string{"+main-peer", "+main-peer-pointer", "main peerSeen"}, added)
	assert.Empty(t, replaced)
}

func TestControl_protectsItsCopies(t *testing.T) {
	t.Parallel()
	for _, protect := range []bool{true, false} {
		a := args(0)
		a.Protect = protect
		for _, res := range pulumitest.Run(t, program(a)).Custom() {
			if strings.HasPrefix(res.Name, "main-") {
				assert.Equal(t, protect, res.RPC.GetProtect(), res.Name)
			}
		}
	}
}

func args(int) *control.Args {
	return &control.Args{
		Scope:  naming.Scope{System: "agents", Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		Bucket: pulumi.String("agents-control"), KeyArn: pulumi.String("arn:key"),
		Own: pulumi.String(document(system.Primary, "vpc-1")), Peer: document(system.Secondary, "vpc-2"),
		Protect: true,
	}
}

// document is an inventory of one home; without a VPC it is blank.
func document(home system.Home, vpc string) string {
	inv := inventory.New("agents", home, inventory.Home{
		Region: "eu-west-1", Account: "123456789012", Zones: []string{"a", "b", "c"},
		Network: inventory.Network{VpcID: "vpc-1"},
	})
	raw, err := inventory.Encode(inv)
	if err != nil {
		panic(err)
	}
	return strings.Replace(string(raw), `"vpc-1"`, `"`+vpc+`"`, 1)
}

func program(a *control.Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := control.New(ctx, "main", a)
		return err
	}
}
