//go:build engine

package engine

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/clitest"
	"redoubt/sim/disk"
	"redoubt/sim/world"
)

// left is the answer of "sim down --json".
type left struct {
	Destroyed bool
	Kept      []struct{ Region, Kind, ID, Why string }
}

// why is what keeps the things of a kind, by id.
func (l left) why(kind string) map[string]string {
	out := map[string]string{}
	for _, k := range l.Kept {
		if k.Kind == kind {
			out[k.ID] = k.Why
		}
	}
	return out
}

// TestDown_leavesWhatLocksKeep puts a locked object and a
// recovery point into the primary's stores: all else goes, a repeat goes on
// destroying and makes nothing again, and up says why it cannot be.
func TestDown_leavesWhatLocksKeep(t *testing.T) {
	p := clitest.New(t)
	p.Must(t, "sim", "up")
	bucket := fill(t, p)

	first := down(t, p)
	assert.True(t, first.Destroyed)
	assert.Contains(t, first.why("AWS::S3::Bucket")[bucket], "holds 1 object, retained until 2026-01-31")
	vaults := first.why("AWS::Backup::BackupVault")
	assert.Contains(t, vaults["atlas-backups-primary"], "holds 1 recovery point, retained until 2026-02-05")
	assert.Len(t, vaults, 1, "the secondary's vault is empty")
	for _, k := range first.Kept {
		assert.Contains(t, []string{"AWS::S3::Bucket", "AWS::Backup::BackupVault", "AWS::KMS::Key", "AWS::KMS::ReplicaKey"}, k.Kind)
		assert.NotEmpty(t, k.Why, "%s %s", k.Kind, k.ID)
	}

	again := down(t, p)
	assert.Equal(t, first, again)

	// The vault keeps the primary's key, whose replica is on its way out: up says so before it touches anything.
	before := things(t, p)
	r := p.Run(t, "sim", "up")
	assert.Equal(t, exit.Refused, r.Code)
	assert.Empty(t, r.Out)
	assert.Contains(t, r.Err, "its replica in eu-central-1 is being deleted until 2026-01-31")
	assert.Equal(t, before, things(t, p))
}

// TestDown_aDeadRegionIsNoLock: what is left because its region does not answer is a failure, and down goes on later; up works after it.
func TestDown_aDeadRegionIsNoLock(t *testing.T) {
	p := clitest.New(t)
	p.Must(t, "sim", "up")
	p.Must(t, "sim", "inject", "region-down", "eu-central-1")
	r := p.Run(t, "sim", "down")
	assert.NotEqual(t, exit.OK, r.Code)
	assert.Empty(t, r.Out)
	p.Must(t, "sim", "inject", "region-up", "eu-central-1")
	rest := down(t, p)
	assert.True(t, rest.Destroyed)

	p.Must(t, "sim", "up")
	p.Must(t, "sim", "preview", "--expect-no-changes")
}

func down(t *testing.T, p *clitest.Project) left {
	t.Helper()
	var l left
	r := p.Must(t, "sim", "down", "--json")
	require.NoError(t, json.Unmarshal([]byte(r.Out), &l), r.Out)
	return l
}

// fill puts an object into a locked bucket and a recovery point into the vault of the primary; it returns the bucket.
func fill(t *testing.T, p *clitest.Project) string {
	t.Helper()
	d, err := disk.Open(p.Dir+"/.redoubt/world", world.Config{Seed: 1})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	const region, bucket = "eu-west-1", "atlas-artifacts-123456789012-eu-west-1"
	call := func(service, operation string, in world.Document) {
		_, err := d.Call(world.Request{Region: region, Service: service, Operation: operation, Input: in})
		require.NoError(t, err)
	}
	role := d.Find("", "AWS::IAM::Role", nil)[0]
	clusters := d.Find(region, "AWS::RDS::DBCluster", nil)
	require.NotEmpty(t, clusters)
	call("s3", "PutObject", world.Document{"Bucket": bucket, "Key": "answer", "Body": "42"})
	call("backup", "StartBackupJob", world.Document{
		"BackupVaultName": "atlas-backups-primary", "ResourceArn": clusters[0].ARN, "IamRoleArn": role.ARN,
		"Lifecycle": world.Document{"DeleteAfterDays": 35.0},
	})
	d.Advance(d.Now().Add(time.Hour))
	return bucket
}
