package survive

import (
	"testing"
	"time"

	"redoubt/internal/engine"
	"redoubt/inventory"
	"redoubt/sim/world"
	of "redoubt/tests/homes"
)

const (
	ireland   = of.Ireland
	frankfurt = of.Frankfurt
)

const (
	clusterType    = "aws:rds/cluster:Cluster"
	cacheType      = "aws:elasticache/replicationGroup:ReplicationGroup"
	datastoreType  = "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"
	nodeGroupType  = "aws:eks/nodeGroup:NodeGroup"
	nodeGroupKind  = "AWS::EKS::Nodegroup"
	deploymentType = "kubernetes:apps/v1:Deployment"
	scalerType     = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	consumerType   = "kubernetes:keda.sh/v1alpha1:ScaledObject"
	regionSettings = "AWS::Backup::RegionSettings"
)

// homes are both homes of the example, up, on a world of their own.
type homes struct {
	*world.World
	engine *engine.Engine
}

// standing returns both homes as they are after the first three updates.
func standing(t *testing.T) *homes {
	t.Helper()
	h := of.Standing(t)
	return &homes{h.World, h.Engine}
}

func (h *homes) all() *of.Homes { return &of.Homes{World: h.World, Engine: h.engine} }

func (h *homes) call(t *testing.T, region, service, operation string, in world.Document) world.Document {
	t.Helper()
	return h.all().Ask(t, region, service, operation, in)
}

func (h *homes) inject(t *testing.T, line string) {
	t.Helper()
	h.all().Break(t, line)
}

func (h *homes) wait(d time.Duration) { h.all().Wait(d) }

func (h *homes) inventory(t *testing.T) inventory.Inventory {
	t.Helper()
	return h.all().Inventory(t)
}
