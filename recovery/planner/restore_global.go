package planner

import (
	"fmt"

	"redoubt/internal/naming"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// joined makes the restored cluster the seed of a new global database.
func (b databaseRestore) joined(needs []string) string {
	title := fmt.Sprintf("Make %s the seed of the global database %s", b.name(b.where), b.global())
	s := b.step(plan.Copy, b.id("join"), title, needs)
	s.Why = "A restored cluster stands alone. The other home can follow it only within a global database."
	s.Source, s.Budget = globalSource, timings.AuroraGlobalSwitchover
	in := plan.Document{"GlobalClusterIdentifier": b.global(), "SourceDBClusterIdentifier": b.arn(b.where),
		"DeletionProtection": true}
	if tags, has := told[[]any](b.answer(askGlobal(b.where, b.of(b.where).GlobalID)), "GlobalClusters[0].TagList"); has {
		in["Tags"] = tags
	}
	s.Call = aws(b.where, "rds", "CreateGlobalCluster", in)
	writes := is(fmt.Sprintf("GlobalClusters[0].GlobalClusterMembers[?DBClusterArn==%q].IsWriter", b.arn(b.where)), true)
	writes.Missing = false
	s.Condition = holds(askGlobal(b.where, b.global()), is("GlobalClusters[0].Status", "available"), writes)
	return b.add(s)
}

// follows makes the cluster of the other home, which follows the restored one.
func (b databaseRestore) follows(needs []string) string {
	peer := b.where.Peer()
	s := b.step(plan.Copy, b.id("follow"), fmt.Sprintf("Make %s follow in the %s home", b.name(peer), peer), needs)
	s.Why = "The other home's copy is as damaged. Without a new one the loss of this home would lose it all."
	s.Source, s.Budget, s.Timeout = followerSource, timings.AuroraGlobalRebuild, minutes(12*60)
	in := b.alike(peer)
	was := b.damaged(b.where)
	in["GlobalClusterIdentifier"], in["SourceRegion"] = b.global(), b.home(b.where).Region
	in["StorageEncrypted"] = true
	for _, name := range []string{"Engine", "EngineVersion"} {
		if v, has := was[name]; has {
			in[name] = v
		}
	}
	s.Call = aws(peer, "rds", "CreateDBCluster", in)
	s.Condition = holds(askCluster(peer, b.name(peer)), is("DBClusters[0].Status", "available"))
	return b.add(s)
}

// reconnected points the home's proxy at the new cluster: its clients keep their
// names, and those who wait for a connection get one of the restored database.
func (b databaseRestore) reconnected(home system.Home, needs []string) string {
	proxy := naming.Join(naming.ClusterMax, scopeOf(b.Inventory, home).Cluster(b.store.Name, 1), "proxy")
	old, now := b.of(home).Name, b.name(home)
	targets := aws(home, "rds", "DescribeDBProxyTargets", plan.Document{"DBProxyName": proxy})
	call := func(operation, cluster string) plan.Call {
		return aws(home, "rds", operation, plan.Document{"DBProxyName": proxy, "DBClusterIdentifiers": []any{cluster}})
	}
	expect := func(cluster string, op plan.Op) plan.Condition {
		return holds(targets, plan.Expect{Path: plan.Path(fmt.Sprintf("Targets[?RdsResourceId==%q].RdsResourceId", cluster)),
			Op: op, Value: cluster, Missing: "none"})
	}
	title := fmt.Sprintf("Take %s away from the proxy of the %s home", old, home)
	s := b.step(plan.Swap, b.idAt("release", home), title, needs)
	s.Why = "A proxy leads to one cluster. As long as it is the damaged one, so are the answers."
	s.Source, s.Budget, s.Timeout = proxyTargetSource, timings.K8SConfigmap, minutes(30)
	undo := call("RegisterDBProxyTargets", old)
	s.Call, s.Undo, s.Condition = call("DeregisterDBProxyTargets", old), &undo, expect(old, plan.IsNot)
	released := b.add(s)
	s.ID, s.Title = b.idAt("attach", home), fmt.Sprintf("Let the proxy of the %s home lead to %s", home, now)
	s.Why = "Clients keep the proxy's name and its credentials. They notice nothing but the data."
	s.Needs = append([]string{released}, needs...)
	back := call("DeregisterDBProxyTargets", now)
	s.Call, s.Undo, s.Condition = call("RegisterDBProxyTargets", now), &back, expect(now, plan.Is)
	return b.add(s)
}
