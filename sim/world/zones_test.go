package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// TestZones_twoAtOnceAreSurvivedByWhoeverIsInTheThird is me-central-1 on 2026-03-01.
func TestZones_twoAtOnceAreSurvivedByWhoeverIsInTheThird(t *testing.T) {
	t.Parallel()
	l := databaseLab(t)
	l.instance(ireland, 2)
	zones := world.Zones(ireland)
	l.inject("zone-down " + zones[0])
	l.pass(10 * time.Second) // the failover goes on
	l.inject("zone-down " + zones[1])
	l.pass(time.Minute)
	require.NoError(t, l.Writes(ireland, "db-"+ireland), "the writer is in the third zone")
	assert.Equal(t, "db-"+ireland+"-2", l.writer())
	l.inject("zone-down " + zones[2])
	l.pass(time.Hour)
	require.Error(t, l.Writes(ireland, "db-"+ireland), "all are gone")
	l.inject("zone-up " + zones[1])
	l.pass(2 * time.Minute)
	require.NoError(t, l.Writes(ireland, "db-"+ireland), "and the first that returns writes")
	assert.Equal(t, "db-"+ireland+"-1", l.writer())
}

func TestZones_twoAtOnceLeaveACacheItsThirdNode(t *testing.T) {
	t.Parallel()
	l := cacheLab(t)
	id := l.id(ireland, "group")
	zones := world.Zones(ireland)
	for _, zone := range zones[:2] {
		l.inject("zone-down " + zone)
	}
	require.Error(t, l.Writes(ireland, id))
	l.pass(time.Minute)
	require.NoError(t, l.Writes(ireland, id))
	l.inject("zone-down " + zones[2])
	l.pass(time.Hour)
	require.Error(t, l.Writes(ireland, id))
	l.inject("zone-up " + zones[0])
	l.pass(2 * time.Minute)
	require.NoError(t, l.Writes(ireland, id))
}

func TestZones_twoAtOnceLeaveTargetsAndMachinesInTheThird(t *testing.T) {
	t.Parallel()
	l, good := checked(t, 10, 3)
	zones := world.Zones(ireland)
	l.call(ireland, "elasticloadbalancing", "RegisterTargets", doc{"TargetGroupArn": l.arn(ireland, "tg"),
		"Targets": []any{doc{"Id": "10.0.2.9", "Port": 8080, "AvailabilityZone": zones[2]}}})
	for _, zone := range zones[:2] {
		l.inject("zone-down " + zone)
	}
	l.pass(5 * time.Minute)
	assert.True(t, good(), "a target is left")
	l.inject("zone-down " + zones[2])
	l.pass(5 * time.Minute)
	assert.False(t, good())
}

func TestZones_twoAtOnceLeaveMachinesInTheThird(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.kubernetes()
	for _, zone := range world.Zones(ireland)[:2] {
		l.inject("zone-down " + zone)
	}
	seen := map[string]string{}
	for _, subnet := range []string{"subnet0", "subnet1", "subnet2"} {
		in := doc{"clusterName": "agora", "nodegroupName": l.made[ireland+"/group-"+subnet].In["NodeGroupName"],
			"scalingConfig": doc{"desiredSize": 3}}
		l.call(ireland, "eks", "UpdateNodegroupConfig", in)
		l.pass(10 * time.Minute)
		g := l.call(ireland, "eks", "DescribeNodegroup", in)["nodegroup"].(doc)
		seen[subnet] = g["status"].(string)
		assert.Equal(t, seen[subnet] == "ACTIVE", len(g["health"].(doc)["issues"].([]any)) == 0, subnet)
	}
	assert.Equal(t, map[string]string{"subnet0": "UPDATING", "subnet1": "UPDATING", "subnet2": "ACTIVE"}, seen)
}
