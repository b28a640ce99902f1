package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// standAlone is a cluster of its own, an hour old.
func standAlone(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, 3)
	l.make(ireland, "db", "AWS::RDS::DBCluster", doc{"ClusterIdentifier": "db", "Engine": "aurora-postgresql",
		"EngineVersion": "16.6", "MasterUsername": "owner", "MasterPassword": "Passw0rd-1", "SkipFinalSnapshot": true,
		"BackupRetentionPeriod": 7})
	l.wait(time.Hour)
	return l
}

func (l *lab) try(region, service, op string, in doc) error {
	_, err := l.Call(world.Request{Region: region, Service: service, Operation: op, Input: in})
	return err
}

func TestRestoreDBCluster_standsAloneBesideTheDamagedOne(t *testing.T) {
	t.Parallel()
	l := standAlone(t)
	restore := func(at time.Time) error {
		return l.try(ireland, "rds", "RestoreDBClusterToPointInTime", doc{"DBClusterIdentifier": "db-g2",
			"SourceDBClusterIdentifier": "db", "RestoreToTime": at.Format(time.RFC3339), "DeletionProtection": true})
	}
	assert.Equal(t, "InvalidParameterValue", code(restore(l.Now())), "the last minutes are not in the backups yet")
	assert.Equal(t, "InvalidParameterValue", code(restore(l.Now().Add(-2*time.Hour))), "it is older than the cluster")
	require.NoError(t, restore(l.Now().Add(-30*time.Minute)))

	member := doc{"DBInstanceIdentifier": "db-g2-1", "DBClusterIdentifier": "db-g2", "Engine": "aurora-postgresql",
		"DBInstanceClass": "db.r7g.large"}
	assert.Equal(t, "InvalidDBClusterStateFault", code(l.try(ireland, "rds", "CreateDBInstance", member)),
		"instances start when the volume is there")
	l.wait(2 * time.Hour)
	l.call(ireland, "rds", "CreateDBInstance", member)

	c := l.call(ireland, "rds", "DescribeDBClusters", doc{"DBClusterIdentifier": "db-g2"})["DBClusters"].([]any)[0].(doc)
	assert.Equal(t, []any{"available", "owner", nil}, []any{c["Status"], c["MasterUsername"], c["GlobalClusterIdentifier"]})

	l.call(ireland, "rds", "CreateGlobalCluster", doc{"GlobalClusterIdentifier": "all-g2",
		"SourceDBClusterIdentifier": c["DBClusterArn"]})
	g := l.call(frankfurt, "rds", "DescribeGlobalClusters", doc{"GlobalClusterIdentifier": "all-g2"})["GlobalClusters"].([]any)[0].(doc)
	assert.Equal(t, "aurora-postgresql", g["Engine"], "it is described by what its source is")
	assert.Len(t, g["GlobalClusterMembers"], 1)
	assert.Equal(t, "InvalidDBClusterStateFault", code(l.try(ireland, "rds", "CreateGlobalCluster",
		doc{"GlobalClusterIdentifier": "other", "SourceDBClusterIdentifier": c["DBClusterArn"]})))
}

func TestCluster_refusesADowngrade(t *testing.T) {
	t.Parallel()
	l := standAlone(t)
	assert.Equal(t, "InvalidParameterCombination", code(l.try(ireland, "rds", "ModifyDBCluster",
		doc{"DBClusterIdentifier": "db", "EngineVersion": "16.4"})))
	require.NoError(t, l.try(ireland, "rds", "ModifyDBCluster", doc{"DBClusterIdentifier": "db", "EngineVersion": "16.10"}))
}

// A run that was cut makes its call again; AWS refuses the name, and the cluster goes on being made.
func TestRestoreDBCluster_refusesANameThatIsTaken(t *testing.T) {
	t.Parallel()
	l := standAlone(t)
	restore := doc{"DBClusterIdentifier": "db-g2", "SourceDBClusterIdentifier": "db",
		"RestoreToTime": l.Now().Add(-30 * time.Minute).Format(time.RFC3339)}
	require.NoError(t, l.try(ireland, "rds", "RestoreDBClusterToPointInTime", restore))
	assert.Equal(t, "DBClusterAlreadyExistsFault", code(l.try(ireland, "rds", "RestoreDBClusterToPointInTime", restore)))
	l.wait(2 * time.Hour)
	assert.Equal(t, "DBClusterAlreadyExistsFault", code(l.try(ireland, "rds", "RestoreDBClusterToPointInTime", restore)))
	c := l.call(ireland, "rds", "DescribeDBClusters", doc{"DBClusterIdentifier": "db-g2"})["DBClusters"].([]any)[0].(doc)
	assert.Equal(t, "available", c["Status"])
	l.call(ireland, "rds", "CreateGlobalCluster", doc{"GlobalClusterIdentifier": "all-g2",
		"SourceDBClusterIdentifier": c["DBClusterArn"]})
	assert.Equal(t, "GlobalClusterAlreadyExistsFault", code(l.try(ireland, "rds", "CreateGlobalCluster",
		doc{"GlobalClusterIdentifier": "all-g2", "SourceDBClusterIdentifier": c["DBClusterArn"]})))
}
