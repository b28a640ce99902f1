package drive_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/drive"
	"redoubt/sim/world"
)

const (
	ireland = "eu-west-1"
	site    = "atlas.example.com"
)

// entry is a world with a load balancer in each of two regions and a name that
// leads to the first; follow makes it lead to the other.
func entry(t *testing.T) (w *world.World, follow func(w *world.World, region string)) {
	t.Helper()
	w = world.New(world.Config{Seed: 3})
	create := func(region, kind string, in world.Document) *world.Entity {
		e, err := w.Create(region, kind, fmt.Sprint(region, kind, in), in)
		require.NoError(t, err)
		return e
	}
	aliases := map[string]any{}
	for n, region := range []string{ireland, frankfurt} {
		vpc := create(region, "AWS::EC2::VPC", world.Document{"CidrBlock": fmt.Sprintf("10.%d.0.0/16", n)})
		var subnets []any
		for i, zone := range world.Zones(region)[:2] {
			s := create(region, "AWS::EC2::Subnet", world.Document{"VpcId": vpc.ID, "AvailabilityZone": zone,
				"CidrBlock": fmt.Sprintf("10.%d.%d.0/24", n, i)})
			subnets = append(subnets, s.ID)
		}
		create(region, "AWS::EC2::InternetGateway", world.Document{"VpcId": vpc.ID})
		lb := create(region, "AWS::ElasticLoadBalancingV2::LoadBalancer", world.Document{"Name": "entry", "Subnets": subnets})
		aliases[region] = []any{world.Document{"Name": lb.Out["DnsName"], "ZoneId": lb.Out["ZoneId"], "EvaluateTargetHealth": false}}
	}
	zone := create(ireland, "AWS::Route53::HostedZone", world.Document{"Name": "example.com"})
	record := func(region string) world.Document {
		return world.Document{"ZoneId": zone.ID, "Name": site, "Type": "A", "Aliases": aliases[region]}
	}
	e := create(ireland, "AWS::Route53::RecordSet", record(ireland))
	return w, func(w *world.World, region string) {
		_, err := w.Update(ireland, "AWS::Route53::RecordSet", e.ID, record(region))
		require.NoError(t, err)
	}
}

// moved is how long after the change a client reaches the other region.
func moved(w *world.World, c *drive.Client) time.Duration {
	start := w.Now()
	for c.Region() != frankfurt && w.Now().Sub(start) < time.Hour {
		w.Advance(w.Now().Add(time.Second))
	}
	return w.Now().Sub(start)
}

func TestClient_followsAfterItsCacheAndItsDrain(t *testing.T) {
	t.Parallel()
	w, follow := entry(t)
	seen := map[time.Duration]bool{}
	for seed := range uint64(20) {
		fork := w.Fork()
		require.NoError(t, fork.Draw(seed))
		c := &drive.Client{World: fork, ID: "user", Name: site, Type: "A"}
		require.Equal(t, ireland, c.Region())
		follow(fork, frankfurt)
		phase, drain := fork.ClientOf("user")
		want := drive.Reaches(fork.Now(), time.Minute, phase, drain).Sub(fork.Now())
		got := moved(fork, c)
		assert.InDelta(t, want.Seconds(), got.Seconds(), 2, "seed %d", seed)
		seen[got] = true
	}
	assert.Greater(t, len(seen), 15, "each seed has a client of its own")
}

func TestClient_ofAWorldThatDoesNotDrawWaitsTheWholeTTL(t *testing.T) {
	t.Parallel()
	w, follow := entry(t)
	c := &drive.Client{World: w, ID: "user", Name: site, Type: "A"}
	require.Equal(t, ireland, c.Region())
	follow(w, frankfurt)
	assert.Equal(t, 2*time.Minute, moved(w, c), "a minute in the cache, and the drain's median")
}

func TestClient_staysWhenTheAnswerComesBackInTime(t *testing.T) {
	t.Parallel()
	w, follow := entry(t)
	c := &drive.Client{World: w, ID: "user", Name: site, Type: "A"}
	require.Equal(t, ireland, c.Region())
	follow(w, frankfurt)
	w.Advance(w.Now().Add(30 * time.Second))
	assert.Equal(t, ireland, c.Region())
	follow(w, ireland)
	for range 300 {
		w.Advance(w.Now().Add(time.Second))
		assert.Equal(t, ireland, c.Region())
	}
}

func TestClient_ofANameThatIsNotThereReachesNothing(t *testing.T) {
	t.Parallel()
	w, _ := entry(t)
	c := &drive.Client{World: w, ID: "user", Name: "none.example.com", Type: "A"}
	assert.Empty(t, c.Region())
	w.Advance(w.Now().Add(time.Hour))
	assert.Empty(t, c.Region())
}

func TestReaches_isBetweenTheChangeAndTheTTLPlusTheDrain(t *testing.T) {
	t.Parallel()
	at := world.Epoch
	assert.Equal(t, at.Add(40*time.Second), drive.Reaches(at, time.Minute, 0, 40*time.Second))
	assert.Equal(t, at.Add(100*time.Second), drive.Reaches(at, time.Minute, 1, 40*time.Second))
}
