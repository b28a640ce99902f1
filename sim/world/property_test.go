package world_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// everything builds two homes with all that the tests know how to build.
func everything(l *lab) {
	l.keys()
	entryLab(l)
	l.database()
	l.buckets()
	l.make(ireland, "replication", "AWS::S3::BucketReplication", l.replication(ireland, frankfurt))
	l.make(frankfurt, "replication", "AWS::S3::BucketReplication", l.replication(frankfurt, ireland))
	l.make(ireland, "peering", "AWS::EC2::VPCPeeringConnection", doc{
		"VpcId": l.id(ireland, "vpc"), "PeerVpcId": l.id(frankfurt, "vpc"), "PeerRegion": frankfurt})
	l.make(frankfurt, "accepter", "AWS::EC2::VPCPeeringConnectionAccepter",
		doc{"VpcPeeringConnectionId": l.id(ireland, "peering"), "AutoAccept": true})
}

// dangling lists the links that point at nothing, other than those that AWS
// itself lets dangle.
func dangling(l *lab) []string {
	var out []string
	ids := map[string]bool{}
	for _, kind := range world.Kinds() {
		for _, e := range l.Find("", kind, nil) {
			ids[e.ID], ids[e.ARN] = true, true
		}
	}
	for _, kind := range world.Kinds() {
		k, _ := world.KindNamed(kind)
		for _, ref := range k.Refs {
			if ref.InUse == "" {
				continue
			}
			for _, e := range l.Find("", kind, nil) {
				if v, ok := e.In[ref.Path].(string); ok && v != "" && !ids[v] {
					out = append(out, fmt.Sprintf("%s %s: %s = %s", kind, e.ID, ref.Path, v))
				}
			}
		}
	}
	return out
}

func TestDelete_inAnyOrderLeavesNothingDangling(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		l := newLab(t, seed)
		everything(l)
		dice := rand.New(rand.NewPCG(seed, 1))
		left := slices.Sorted(maps.Keys(l.made))
		for round := 0; len(left) > 0; round++ {
			require.Less(t, round, 40, "seed %d: nobody can be deleted any more: %v", seed, left)
			dice.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
			var kept []string
			for _, name := range left {
				e := l.made[name]
				region, _, _ := cutName(name)
				err := l.Delete(region, e.Kind, e.ID)
				if err != nil && !world.IsNotFound(err) {
					kept = append(kept, name)
				}
				require.Empty(t, dangling(l), "seed %d after %s", seed, name)
			}
			left = kept
		}
		l.wait(40 * 24 * time.Hour) // keys go at the end of their window
		for _, kind := range world.Kinds() {
			assert.Empty(t, l.Find("", kind, nil), "seed %d: %s", seed, kind)
		}
	}
}

func cutName(name string) (region, rest string, ok bool) {
	for _, r := range []string{ireland, frankfurt} {
		if len(name) > len(r) && name[:len(r)] == r {
			return r, name[len(r)+1:], true
		}
	}
	return "", name, false
}

func TestCreate_givesTheSameIDsInAnyInterleaving(t *testing.T) {
	t.Parallel()
	kinds := []string{"AWS::EC2::VPC", "AWS::EC2::EIP", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::Route53::HostedZone"}
	build := func(seed, order uint64) string {
		w := world.New(world.Config{Seed: seed})
		n := 200
		var all sync.WaitGroup
		for _, i := range rand.New(rand.NewPCG(order, 2)).Perm(n) {
			all.Add(1)
			go func() {
				defer all.Done()
				kind := kinds[i%len(kinds)]
				_, err := w.Create(ireland, kind, fmt.Sprint("urn:", i),
					doc{"Name": fmt.Sprint("n", i), "CidrBlock": "10.0.0.0/16"})
				assert.NoError(t, err)
			}()
		}
		all.Wait()
		raw, err := w.Snapshot()
		require.NoError(t, err)
		return string(raw)
	}
	for seed := range uint64(4) {
		t.Logf("seed %d", seed)
		assert.True(t, build(seed, 1) == build(seed, 2), "seed %d: the order of calls shows", seed)
	}
	assert.False(t, build(1, 1) == build(2, 1), "another seed invents other ids")
}

func TestCreate_repeatsByTokenAndReplacesByGeneration(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	first := l.make(ireland, "vpc", "AWS::EC2::VPC", doc{"CidrBlock": "10.0.0.0/16"})
	again := l.make(ireland, "vpc", "AWS::EC2::VPC", doc{"CidrBlock": "10.0.0.0/16"})
	assert.Equal(t, first.ID, again.ID, "a repeat after a crash finds what was made")
	beside := l.make(ireland, "vpc", "AWS::EC2::VPC", doc{"CidrBlock": "10.1.0.0/16"})
	assert.NotEqual(t, first.ID, beside.ID, "a replacement stands beside the old one")
	assert.Len(t, l.Find(ireland, "AWS::EC2::VPC", nil), 2)
	require.NoError(t, l.Delete(ireland, first.Kind, first.ID))
	third := l.make(ireland, "vpc", "AWS::EC2::VPC", doc{"CidrBlock": "10.0.0.0/16"})
	assert.NotEqual(t, first.ID, third.ID, "an id is not used twice")
}

func TestFork_isAWorldOfItsOwn(t *testing.T) {
	t.Parallel()
	l := switchLab(t)
	l.wait(time.Minute)
	before, err := l.Snapshot()
	require.NoError(t, err)
	f := &lab{t: t, World: l.Fork(), made: l.made}
	f.inject("region-down " + ireland)
	f.put(frankfurt, "taken", 1)
	f.takes(frankfurt)
	require.NoError(t, f.Delete(frankfurt, "AWS::Route53::RecordSet", l.id(frankfurt, "record-secondary")))
	after, err := l.Snapshot()
	require.NoError(t, err)
	assert.True(t, string(before) == string(after), "what happens in a fork is not seen outside")
	l.make(ireland, "logs", "AWS::Logs::LogGroup", doc{"Name": "x"})
	assert.Empty(t, f.Find(ireland, "AWS::Logs::LogGroup", nil))
	assert.Equal(t, ireland, l.serving())
}

func TestSnapshot_restoresTheWorldThatGoesOnAlike(t *testing.T) {
	t.Parallel()
	l := switchLab(t)
	l.put(frankfurt, "taken", 1)
	l.inject("partition " + ireland + " " + frankfurt)
	raw, err := l.Snapshot()
	require.NoError(t, err)
	w, err := world.Restore(raw)
	require.NoError(t, err)
	r := &lab{t: t, World: w, made: l.made}
	for _, each := range []*lab{l, r} {
		each.wait(2 * time.Minute)
		each.make(ireland, "vpc2", "AWS::EC2::VPC", doc{"CidrBlock": "10.9.0.0/16"})
		assert.Equal(t, frankfurt, each.serving())
	}
	a, err := l.Snapshot()
	require.NoError(t, err)
	b, err := r.Snapshot()
	require.NoError(t, err)
	assert.True(t, string(a) == string(b))
	_, err = world.Restore([]byte(`{"version":9}`))
	assert.ErrorContains(t, err, "version 9, want 1")
}

func TestFaults_failCallsAsTheySay(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.inject("fail call 2 of logs.CreateLogGroup in eu-west-1 with Throttling")
	var got []string
	for i := range 3 {
		_, err := l.Create(ireland, "AWS::Logs::LogGroup", fmt.Sprint(i), doc{"Name": fmt.Sprint(i)})
		got = append(got, code(err))
	}
	assert.Equal(t, []string{"<nil>", "Throttling", "<nil>"}, got)
	l.inject("control-plane-down logs eu-west-1")
	_, err := l.Create(ireland, "AWS::Logs::LogGroup", "x", doc{"Name": "x"})
	assert.Equal(t, "ServiceUnavailable", code(err))
	_, err = l.Create(frankfurt, "AWS::Logs::LogGroup", "x", doc{"Name": "x"})
	require.NoError(t, err)
	assert.Len(t, l.Faults(), 2)
	l.inject("control-plane-up logs eu-west-1")
	l.inject("stop-failing logs.CreateLogGroup in eu-west-1")
	assert.Empty(t, l.Faults())

	l.keys()
	l.inject("region-down " + ireland)
	_, err = l.Create(frankfurt, "AWS::KMS::ReplicaKey", "r", doc{"PrimaryKeyArn": l.arn(ireland, "key")})
	assert.True(t, world.IsUnreachable(err), "a replica is made through its primary's region")
	_, err = l.Read(frankfurt, "AWS::KMS::ReplicaKey", l.id(frankfurt, "key"))
	require.NoError(t, err, "but it is read in its own")
	_, err = l.Read(frankfurt, "AWS::IAM::Role", "none")
	assert.True(t, world.IsNotFound(err), "IAM answers from us-east-1")
	l.inject("partition " + frankfurt + " us-east-1")
	_, err = l.Call(world.Request{Region: "us-east-1", From: frankfurt, Service: "cloudwatch",
		Operation: "DescribeAlarms", Input: doc{}})
	assert.True(t, world.IsUnreachable(err))
}

func TestSetLog_refusesWhatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	var kept []world.Record
	full := false
	l.SetLog(func(r world.Record) error {
		if full {
			return fmt.Errorf("no space")
		}
		kept = append(kept, r)
		return nil
	})
	l.make(ireland, "a", "AWS::Logs::LogGroup", doc{"Name": "a"})
	full = true
	_, err := l.Create(ireland, "AWS::Logs::LogGroup", "b", doc{"Name": "b"})
	require.ErrorContains(t, err, "no space")
	assert.Len(t, l.Find(ireland, "AWS::Logs::LogGroup", nil), 1, "what is not recorded did not happen")
	full = false
	l.wait(time.Hour)
	again := world.New(world.Config{Seed: 1})
	for _, r := range kept {
		require.NoError(t, again.Apply(r))
	}
	require.ErrorContains(t, again.Apply(kept[0]), "want 3")
	a, err := l.Snapshot()
	require.NoError(t, err)
	b, err := again.Snapshot()
	require.NoError(t, err)
	assert.True(t, string(a) == string(b), "the records make the same world")
}
