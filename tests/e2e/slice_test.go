package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/planner"
	"redoubt/recovery/render"
	"redoubt/sim/disk"
	"redoubt/sim/drive"
	"redoubt/sim/fault"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/witness"
)

// testSlice is one path through every layer, on a fork of the regions that
// `up` made: marks in a bucket, the loss of the primary's region, one plan step
// that moves the traffic, its runbook lines, and the RPO of that bucket.
func testSlice(t *testing.T, p *clitest.Project) {
	d, err := disk.Open(p.Dir+"/.redoubt/world", world.Config{Seed: 1})
	require.NoError(t, err)
	w := d.World.Fork()
	require.NoError(t, d.Close())

	inv := inventoryOf(t, w, "eu-central-1", "atlas-control-123456789012-eu-central-1", system.Secondary)
	store := func(h system.Home) string { return inv.Homes[h].Stores["artifacts"].Name }
	require.NotEmpty(t, inv.Homes[system.Primary].Stores, "the secondary keeps its peer's inventory in its own region")

	// A mark a second, acknowledged in the home that serves.
	log := &witness.Log{Interval: time.Second}
	for seq := int64(1); seq <= 120; seq++ {
		call(t, w, "eu-west-1", "s3", "PutObject", world.Document{
			"Bucket": store(system.Primary), "Key": fmt.Sprintf("witness/%06d", seq), "Body": fmt.Sprint(seq),
		})
		log.Marks = append(log.Marks, witness.Mark{Store: "artifacts", Seq: seq, Acked: w.Now()})
		w.Advance(w.Now().Add(time.Second))
	}
	assert.Equal(t, "eu-west-1", resolve(t, w).Region)

	lossAt := w.Now()
	f, err := fault.Parse("region-down eu-west-1")
	require.NoError(t, err)
	require.NoError(t, w.Inject(f))
	w.Advance(w.Now().Add(10 * time.Minute))
	assert.Equal(t, "eu-west-1", resolve(t, w).Region, "an endpoint that is gone moves no traffic by itself")

	// One plan step, read by a person and performed by the machine.
	steps, err := planner.TakeTraffic(inv, system.Secondary)
	require.NoError(t, err)
	text, err := render.Runbook(steps)
	require.NoError(t, err)
	assert.Contains(t, text, "aws cloudwatch put-metric-data --region eu-central-1")
	began := w.Now()
	regions := drive.World{World: w, Regions: steps.Regions}
	run := execute.New(steps, execute.Options{Run: "take", Generation: 1})
	ended, err := (&execute.Virtual{Time: regions, Port: regions, Store: &journal.Memory{}}).Run(context.Background(), run)
	require.NoError(t, err)
	assert.Equal(t, execute.Recovered, ended.Outcome, ended.Why)
	for w.Now().Sub(began) < 10*time.Minute && resolve(t, w).Region != "eu-central-1" {
		w.Advance(w.Now().Add(time.Second))
	}
	assert.Equal(t, "eu-central-1", resolve(t, w).Region)
	t.Logf("traffic moved %s after the act began (simulated)", w.Now().Sub(began))

	// What the receiving home has of the marks.
	losses, err := witness.Compare(log, sights(t, w, store(system.Secondary)), lossAt, witness.Simulated)
	require.NoError(t, err)
	require.Len(t, losses, 1)
	loss := losses[0]
	t.Logf("%d acknowledged, %d lost, RPO %s", loss.Acknowledged, loss.Lost, loss.RPO)
	assert.Equal(t, 120, loss.Acknowledged)
	assert.Equal(t, 120-loss.Found, loss.Lost)
	require.True(t, loss.RPO.Known)
	assert.LessOrEqual(t, loss.RPO.Value, 15*time.Minute, "S3's replication time control promises 15 minutes")
}

// inventoryOf reads the whole inventory that a home keeps: its own part and its peer's.
func inventoryOf(t *testing.T, w *world.World, region, bucket string, own system.Home) inventory.Inventory {
	t.Helper()
	read := func(h system.Home) inventory.Inventory {
		out := call(t, w, region, "s3", "GetObject", world.Document{"Bucket": bucket, "Key": inventory.ObjectKey(h)})
		inv, err := inventory.Decode([]byte(out["Body"].(string)))
		require.NoError(t, err)
		return inv
	}
	inv, err := inventory.Merge(read(own), read(own.Peer()))
	require.NoError(t, err)
	return inv
}

func sights(t *testing.T, w *world.World, bucket string) []witness.Sight {
	t.Helper()
	out := call(t, w, "eu-central-1", "s3", "ListObjectVersions", world.Document{"Bucket": bucket, "Prefix": "witness/"})
	var seen []witness.Sight
	for _, v := range out["Versions"].([]any) {
		var seq int64
		_, err := fmt.Sscanf(strings.TrimPrefix(v.(map[string]any)["Key"].(string), "witness/"), "%d", &seq)
		require.NoError(t, err)
		seen = append(seen, witness.Sight{Store: "artifacts", Seq: seq})
	}
	return seen
}

func resolve(t *testing.T, w *world.World) world.Answer {
	t.Helper()
	a, err := w.Resolve("agents.example.com", "A")
	require.NoError(t, err)
	return a
}

func call(t *testing.T, w *world.World, region, service, operation string, in world.Document) world.Document {
	t.Helper()
	out, err := w.Call(world.Request{Region: region, Service: service, Operation: operation, Input: in})
	require.NoError(t, err)
	return out
}
