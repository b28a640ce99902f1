package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/policies/rule"
	"redoubt/system"
)

const imageReplication = "aws:ecr/replicationConfiguration:ReplicationConfiguration"

func TestDeploy_eachHomeHasAPlaceForEveryImage(t *testing.T) {
	t.Parallel()
	s := example(t)
	for _, home := range system.Homes {
		c := settings(home)
		c.PeerReady = true
		r := pulumitest.Run(t, deploy(c, s), region(c.Region), reference(t, "own-last", nil),
			reference(t, "peer", seen(home.Peer())))
		places := map[any]bool{}
		for _, repo := range r.OfType("aws:ecr/repository:Repository") {
			places[repo.Values()["name"]] = true
		}
		for _, a := range s.Agents {
			assert.True(t, places[c.Scope(s.Name).Repository(a.Image)], "%s: %s", home, a.Image)
		}
		require.Len(t, r.OfType(imageReplication), 1, "what is pushed to the %s goes to the other", home)
	}
}

func TestDeploy_leavesAnAdoptedImageReplicationAlone(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	c.PeerReady, c.Adopt.Registry = true, true
	r := pulumitest.Run(t, deploy(c, example(t)), region("eu-west-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Secondary)))
	assert.Empty(t, r.OfType(imageReplication))
}

// TestConfig_optionalImagesAreThoseThatASettingRuns holds them to what the policy pack lets go (policies/rule, Rebuilt).
func TestConfig_optionalImagesAreThoseThatASettingRuns(t *testing.T) {
	t.Parallel()
	assert.Empty(t, Config{}.optionalImages())
	all := Config{ArbiterRegion: "eu-north-1", Witness: true, RecoveryImage: "1"}.optionalImages()
	assert.Len(t, all, 4)
	for _, image := range all {
		repo := rule.Resource{Type: "aws:ecr/repository:Repository", Inputs: map[string]any{
			"name": settings(system.Primary).Scope("atlas").Repository(image)}}
		assert.True(t, repo.Rebuilt(), image)
	}
}
