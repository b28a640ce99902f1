package recovery

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/inventory/directory"
	"redoubt/recovery/execute"
	"redoubt/recovery/planner"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// cold is a tier of which the other home holds copies of backups alone, with a
// table and an agent.
const cold = `  - name: cold
    critical: false
    strategy: backup-restore
    objectives:
      zone:       {rto: 15m, rpo: 1m, availability: 0.999}
      region:     {rto: 2d, rpo: 3d}
      data:       {rto: 2d, rpo: 3d}
      dependency: {rto: 1h, rpo: 0s}

stores:
  - name: ratings
    kind: table
    tier: cold
    sizeGiB: 5
    retention: {pitrDays: 20, dailyDays: 35, lockDays: 7}
`

const rater = `agents:
  - name: rater
    tier: cold
    image: registry.example.com/atlas/rater:1.0.0
    replicas: 3
    load: 5
    perReplica: 5
    resources: {cpuMillis: 250, memoryMiB: 256}
    port: 8090
    stores:
      - {store: ratings, write: true}
`

// withColdTier is both homes of the example with such a tier, with one rating
// backed up, its backup copied, and the primary's region lost a while later.
func withColdTier(t *testing.T) *lab {
	t.Helper()
	l := raised(t, map[string]*strings.Replacer{
		"system.yaml": strings.NewReplacer("\nstores:\n", "\n"+cold, "\nagents:\n", "\n"+rater)})
	l.rate(t, "kept")
	l.backUp(t)
	l.rate(t, "written after the backup")
	return l
}

const ratings = "atlas-ratings"

func (l *lab) rate(t *testing.T, id string) {
	t.Helper()
	l.Ask(t, homes.Ireland, "dynamodb", "PutItem", world.Document{"TableName": ratings, "Item": world.Document{
		"pk": world.Document{"S": id}, "sk": world.Document{"S": "-"}}})
}

// backUp does what the backup plan does at night: a backup, and its copy.
func (l *lab) backUp(t *testing.T) {
	t.Helper()
	inv := l.Inventory(t)
	vault, role := inv.Homes[system.Primary].Vault, inv.Homes[system.Primary].Vault.RestoreRoleArn
	job := l.Ask(t, homes.Ireland, "backup", "StartBackupJob", world.Document{
		"BackupVaultName": vault.Name, "IamRoleArn": role, "ResourceArn": inv.Homes[system.Primary].Stores["ratings"].Arn,
		"Lifecycle": world.Document{"DeleteAfterDays": 35.0}})
	l.Wait(time.Hour)
	l.Ask(t, homes.Ireland, "backup", "StartCopyJob", world.Document{
		"RecoveryPointArn": job["RecoveryPointArn"], "SourceBackupVaultName": vault.Name, "IamRoleArn": role,
		"DestinationBackupVaultArn": inv.Homes[system.Secondary].Vault.Arn})
	l.Wait(time.Hour)
}

func TestRegionLoss_bringsATableBackFromItsCopy(t *testing.T) {
	t.Parallel()
	l := withColdTier(t)
	l.refusesAnOldCopy(t)
	moved := planner.Request{System: l.sys, Inventory: l.Inventory(t), Now: l.Now(), Scenario: planner.Switchover,
		Goal: planner.Goal{Active: system.Primary}}
	_, err := planner.Make(moved)
	require.ErrorContains(t, err, "store ratings: the homes hold no replica of it", "a planned move loses nothing")

	assert.Zero(t, l.replicas(t, system.Secondary, "rater"))
	p := l.loseTheRegion(t)
	f := l.run(t, p, execute.Options{})
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	for _, g := range p.Gates {
		assert.NotEqual(t, "copy-ratings", g.ID, "a copy that is young enough is no question")
	}
	l.serves(t, system.Secondary)
	l.ratingsAreBack(t)
	assert.EqualValues(t, 3, l.replicas(t, system.Secondary, "rater"))
}

// ratingsAreBack requires that the secondary holds what was backed up, that its
// agents find it, and that its code takes it over without a change.
func (l *lab) ratingsAreBack(t *testing.T) {
	t.Helper()
	const name = ratings + "-g2"
	for id, want := range map[string]bool{"kept": true, "written after the backup": false} {
		out := l.Ask(t, homes.Frankfurt, "dynamodb", "GetItem", world.Document{"TableName": name,
			"Key": world.Document{"pk": world.Document{"S": id}, "sk": world.Document{"S": "-"}}})
		assert.Equal(t, want, out["Item"] != nil, id)
	}
	parameter := l.Ask(t, homes.Frankfurt, "ssm", "GetParameter",
		world.Document{"Name": directory.Parameter("atlas")})["Parameter"].(world.Document)
	assert.Contains(t, parameter["Value"], `"name":"`+name+`"`)

	s := l.Engine.Stack(string(system.Secondary))
	s.Config["redoubt:storeGenerations"] = `{"ratings": 2}`
	done, err := s.Up(context.Background())
	require.NoError(t, err, "the code takes the table over as it is")
	took := 0
	for _, step := range done.Steps {
		assert.Contains(t, []engine.Op{engine.Import, engine.Create, engine.Update}, step.Op, step)
		if step.Op == engine.Import {
			took++
		}
	}
	assert.Equal(t, 1, took)
	left, err := s.Preview(context.Background())
	require.NoError(t, err)
	assert.Empty(t, left.Steps)
	e, err := l.Read(homes.Frankfurt, "AWS::DynamoDB::Table", name)
	require.NoError(t, err)
	assert.Equal(t, 20.0, e.In["PointInTimeRecovery"].(world.Document)["RecoveryPeriodInDays"])
	again := l.Ask(t, homes.Frankfurt, "ssm", "GetParameter",
		world.Document{"Name": directory.Parameter("atlas")})["Parameter"].(world.Document)
	assert.Equal(t, parameter["Value"], again["Value"], "the directory is the plan's, to the letter")
}

// refusesAnOldCopy lets the copy grow older than the objective allows, on a fork.
func (l *lab) refusesAnOldCopy(t *testing.T) {
	t.Helper()
	old := l.fork()
	old.Wait(4 * 24 * time.Hour)
	f := old.run(t, old.loseTheRegion(t), execute.Options{})
	assert.Equal(t, execute.Refused, f.Outcome)
	assert.Contains(t, f.Why, "gate copy-ratings: the newest copy of ratings was 98h")
}
