package quotas

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const quotaType = "aws:servicequotas/serviceQuota:ServiceQuota"

func args(n int) *Args {
	return &Args{
		Scope:  naming.Scope{System: fmt.Sprint("atlas", n), Home: system.Primary, Region: "eu-west-1", Account: "123456789012"},
		Demand: map[string]int{VCPUs: 144, DBInstances: 42, DBClusters: 18, Addresses: 3, Tables: 13},
	}
}

func suite() pulumitest.Suite[Args, *Quotas] {
	return pulumitest.Suite[Args, *Quotas]{
		Args: args,
		New:  New,
		Bad: []pulumitest.Bad[Args]{
			{Name: "no scope", Mutate: func(a *Args) { a.Scope = naming.Scope{} }, Want: "want a system and a home"},
			{Name: "no demand", Mutate: func(a *Args) { a.Demand = nil }, Want: "demand is required"},
			{Name: "an unknown quota", Mutate: func(a *Args) { a.Demand["vcpu"] = 1 }, Want: `demand has "vcpu", want one of`},
			{Name: "less than nothing", Mutate: func(a *Args) { a.Demand[VCPUs] = -1 }, Want: "demand of vcpus is -1"},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "more nodes", Mutate: func(a *Args) { a.Demand[VCPUs] = 192 },
				Want: []string{"main demand", "main-vcpus value"},
			},
			{
				Name: "a demand that AWS's default no longer meets", Mutate: func(a *Args) { a.Demand[Addresses] = 6 },
				Want: []string{"main demand", "+main-addresses"},
			},
		},
	}
}

func TestQuotas_holdsToTheEightChecks(t *testing.T) {
	t.Parallel()
	suite().Run(t)
}

// has makes the account have so many of everything.
func has(n float64) pulumitest.Option {
	return pulumitest.WithOutputs("aws:servicequotas/getServiceQuota:getServiceQuota",
		resource.PropertyMap{"value": resource.NewNumberProperty(n)})
}

func TestQuotas_asksWithAQuarterToSpare(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)), has(150))
	q := r.Get(t, quotaType, "main-vcpus")
	assert.Equal(t, 180.0, q.Values()["value"], "144 and a quarter, though 150 would do today")
	assert.Equal(t, "ec2", q.Values()["serviceCode"])
	assert.Equal(t, "L-1216C47A", q.Values()["quotaCode"])
	assert.Empty(t, q.RPC.GetIgnoreChanges(), "a system that grows asks for more")
	assert.Equal(t, 53, wanted(42), "rounded up")
	assert.Equal(t, 4, wanted(3))
}

func TestQuotas_leavesAnAccountAloneThatHasEnough(t *testing.T) {
	t.Parallel()
	for _, now := range []float64{180, 2000} {
		q := pulumitest.Run(t, suite().Program(args(0)), has(now)).Get(t, quotaType, "main-vcpus")
		assert.Equal(t, now, q.Values()["value"], "the provider refuses to begin with less than the account has")
		assert.Equal(t, []string{"value"}, q.RPC.GetIgnoreChanges(), "AWS refuses a request for what it has given")
	}
}

func TestDemand_countsWhatStandsDuringARestore(t *testing.T) {
	t.Parallel()
	s := &system.System{Stores: []system.Store{
		{Name: "tasks", Kind: system.Postgres}, {Name: "recall", Kind: system.Cache}, {Name: "sessions", Kind: system.Table},
		{Name: "work", Kind: system.Queue},
	}}
	size := cluster.Size{InstanceType: "m6i.2xlarge", Running: 1, Active: 4}
	d, err := Demand(s, size, false)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{
		VCPUs: 3 * 6 * 8, GroupNodes: 6, Addresses: 3, Endpoints: 21,
		DBClusters: 3, DBInstances: 7, CacheNodes: 7, Tables: 10,
	}, d)

	size.Running = 4
	same, err := Demand(s, size, false)
	require.NoError(t, err)
	assert.Equal(t, d, same, "a standby asks for what the active home has")

	s.Stores = append(s.Stores, system.Store{Name: "orders", Kind: system.Postgres})
	size.Active++
	more, err := Demand(s, size, true)
	require.NoError(t, err)
	assert.Equal(t, 14, more[DBInstances])
	assert.Equal(t, 3*7*8, more[VCPUs])
	assert.Zero(t, more[Addresses], "an adopted network has its own")

	_, err = Demand(s, cluster.Size{InstanceType: "x9.huge"}, false)
	assert.ErrorContains(t, err, `instance type is "x9.huge"`)
}

func TestTable_saysWhereAWSListsEach(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, q := range table {
		assert.Regexp(t, `^L-[0-9A-F]{8}$`, q.code, q.name)
		assert.True(t, strings.HasPrefix(q.source, "https://docs.aws.amazon.com/"), q.name)
		assert.Positive(t, q.standard, q.name)
		assert.False(t, seen[q.code] || seen[q.name], "%s twice", q.name)
		seen[q.code], seen[q.name] = true, true
	}
}
