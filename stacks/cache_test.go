package stacks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const (
	cacheGroup  = "aws:elasticache/replicationGroup:ReplicationGroup"
	cacheGlobal = "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"
)

// TestCaches_theDatastoreStandsBeforeThePeerAsksForIt: the secondary reads its
// id in the primary's inventory, so the primary makes it in its first update.
func TestCaches_theDatastoreStandsBeforeThePeerAsksForIt(t *testing.T) {
	t.Parallel()
	s := example(t)
	first := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	assert.Len(t, first.OfType(cacheGlobal), 2)
	assert.Len(t, first.OfType(cacheGroup), 2)

	c := settings(system.Secondary)
	c.PeerReady = true
	second := pulumitest.Run(t, deploy(c, s), region("eu-central-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Primary)))
	assert.Empty(t, second.OfType(cacheGlobal), "the datastore has one owner")
	joined := second.Get(t, cacheGroup, "cache-recall-group").Values()
	assert.Equal(t, []any{"abcde-atlas-recall", "atlas-recall-secondary"},
		[]any{joined["globalReplicationGroupId"], joined["replicationGroupId"]})
}

// TestCaches_aNewCacheWaitsForThePrimary: a store that joins homes that stand
// must not stop the secondary, whose peer may be out of reach.
func TestCaches_aNewCacheWaitsForThePrimary(t *testing.T) {
	t.Parallel()
	peer := seen(system.Primary)
	delete(peer.Homes[system.Primary].Stores, "recall")
	c := settings(system.Secondary)
	c.PeerReady = true
	r := pulumitest.Run(t, deploy(c, example(t)), region("eu-central-1"), reference(t, "own-last", nil),
		reference(t, "peer", peer))
	assert.Len(t, r.OfType(cacheGroup), 1)
	assert.NotNil(t, r.Get(t, cacheGroup, "cache-scores-group"))
}

// TestCaches_backupsAloneMakeNoDatastore: the other home of such a tier has no replica.
func TestCaches_backupsAloneMakeNoDatastore(t *testing.T) {
	t.Parallel()
	s := example(t)
	for i := range s.Tiers {
		if s.Tiers[i].Name == "archive" {
			s.Tiers[i].Strategy = system.BackupRestore
		}
	}
	first := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	assert.Len(t, first.OfType(cacheGroup), 2)
	assert.Len(t, first.OfType(cacheGlobal), 1)
	c := settings(system.Secondary)
	c.PeerReady = true
	second := pulumitest.Run(t, deploy(c, s), region("eu-central-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Primary)))
	assert.Len(t, second.OfType(cacheGroup), 1)
}

// TestCaches_generationTwoIsNotTheDatastoreOfGenerationOne: a restored cache
// joins its own datastore, not the damaged one.
func TestCaches_generationTwoIsNotTheDatastoreOfGenerationOne(t *testing.T) {
	t.Parallel()
	h := &home{peer: &inventory.Home{Stores: map[string]inventory.Store{"recall": {Generation: 1, GlobalID: "abcde-recall"}}}}
	assert.Equal(t, "abcde-recall", h.peerDatastore("recall", 1))
	assert.Empty(t, h.peerDatastore("recall", 2))
	assert.Empty(t, (&home{}).peerDatastore("recall", 1))
}

// TestCaches_aRestoreIsAdoptedByThePrimaryFirst: a secondary that knows of the
// new generation first has no datastore to join; to leave its half out would delete it.
func TestCaches_aRestoreIsAdoptedByThePrimaryFirst(t *testing.T) {
	t.Parallel()
	c := settings(system.Secondary)
	c.PeerReady, c.Generations = true, map[string]int{"scores": 2}
	_, err := pulumitest.RunErr(deploy(c, example(t)), region("eu-central-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Primary)))
	require.ErrorContains(t, err,
		`cache "scores" is of generation 2 here and of 1 in the primary: update the primary first, then this home`)
}

// An alarm about snapshots that nobody hears is none: the vault's topic hears it, and lets it speak.
func TestCaches_theirAlarmsAreTold(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, deploy(settings(system.Primary), example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	alarm := r.Get(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "cache-scores-unproved").Values()
	topic := r.Get(t, "aws:sns/topic:Topic", "vault-topic").Values()["name"].(string)
	assert.Equal(t, []any{"arn:aws:sns:eu-west-1:123456789012:" + topic}, alarm["alarmActions"])
	text := r.Get(t, "aws:sns/topicPolicy:TopicPolicy", "vault-topic-policy").Values()["policy"].(string)
	assert.Contains(t, text, "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:atlas-primary-*")
	assert.True(t, strings.HasPrefix(alarm["name"].(string), "atlas-primary-"), alarm["name"])
}
