package stacks

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const deploymentType = "kubernetes:apps/v1:Deployment"

// Each home runs what the declaration says of it, and the inventory says which
// objects a plan has to scale.
func TestAgents_standInBothHomes(t *testing.T) {
	t.Parallel()
	s := example(t)
	var own inventory.Home
	first := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	doc, err := inventory.Decode([]byte(first.Get(t, "aws:s3/bucketObjectv2:BucketObjectv2", "control-own").Values()["content"].(string)))
	require.NoError(t, err)
	own = doc.Own()
	ran := 0
	for _, a := range s.Agents {
		got := own.Agents[a.Name]
		if got.Deployment == "" {
			continue // waits for a store
		}
		ran++
		active, standby := s.Replicas(a)
		assert.Equal(t, []int{active, standby}, []int{got.Active, got.Standby}, a.Name)
		assert.Equal(t, a.Public, got.TargetGroupArn != "", a.Name)
		d := first.Get(t, deploymentType, "agents-"+a.Name+"-deployment").Values()
		meta := d["metadata"].(map[string]any)
		assert.Equal(t, got.Deployment, meta["name"])
		assert.Equal(t, strconv.Itoa(standby), meta["annotations"].(map[string]any)["redoubt.dev/standby-replicas"])
	}
	assert.NotZero(t, ran)
}
