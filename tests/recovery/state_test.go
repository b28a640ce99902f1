package recovery

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/sim/fault"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

var regionOf = map[system.Home]string{system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt}

// serves requires that the world is where a move to a home should leave it:
// users, writers and agents.
func (l *lab) serves(t testing.TB, home system.Home) {
	t.Helper()
	region := regionOf[home]
	at, err := l.Resolve("agents.example.com", "A")
	require.NoError(t, err)
	assert.Equal(t, region, at.Region, "where the entry leads")
	inv := l.Inventory(t)
	assert.Equal(t, []string{region}, l.writers(t, inv, "tasks"), "where the database writes")
	for name, s := range inv.Homes[home].Stores {
		if s.Kind == system.Cache && s.GlobalID != "" {
			assert.Equal(t, region, l.cacheWriter(t, s.GlobalID), "where cache %s writes", name)
		}
	}
	for _, a := range l.sys.Agents {
		assert.GreaterOrEqual(t, l.replicas(t, home, a.Name), float64(a.Replicas), "replicas of %s in the %s home", a.Name, home)
	}
}

// answers is a region that is not lost.
func (l *lab) answers() string {
	if slices.Contains(l.Faults(), fault.Fault{Kind: fault.RegionDown, Region: homes.Frankfurt}) {
		return homes.Ireland
	}
	return homes.Frankfurt
}

// standsBy requires that the agents of a home run at a standby's size.
func (l *lab) standsBy(t testing.TB, home system.Home) {
	t.Helper()
	for _, a := range l.sys.Agents {
		_, standby := l.sys.Replicas(a)
		assert.Equal(t, float64(standby), l.replicas(t, home, a.Name), "replicas of %s in the %s home", a.Name, home)
	}
}

// writers are the regions in which a cluster of the database takes writes.
func (l *lab) writers(t testing.TB, inv inventory.Inventory, store string) []string {
	t.Helper()
	var out []string
	for _, home := range system.Homes {
		s := inv.Homes[home].Stores[store]
		in := world.Document{"GlobalClusterIdentifier": s.GlobalID}
		global := l.Ask(t, l.answers(), "rds", "DescribeGlobalClusters", in)["GlobalClusters"].([]any)[0].(map[string]any)
		for _, m := range global["GlobalClusterMembers"].([]any) {
			if m := m.(map[string]any); m["DBClusterArn"] == s.Arn && m["IsWriter"] == true {
				out = append(out, inv.Homes[home].Region)
			}
		}
	}
	return out
}

func (l *lab) cacheWriter(t testing.TB, global string) string {
	t.Helper()
	out := l.Ask(t, l.answers(), "elasticache", "DescribeGlobalReplicationGroups",
		world.Document{"GlobalReplicationGroupId": global, "ShowMemberInfo": true})
	for _, m := range out["GlobalReplicationGroups"].([]any)[0].(map[string]any)["Members"].([]any) {
		if m := m.(map[string]any); m["Role"] == "PRIMARY" {
			return fmt.Sprint(m["ReplicationGroupRegion"])
		}
	}
	return ""
}

// replicas are the replicas of an agent that are ready in a home.
func (l *lab) replicas(t testing.TB, home system.Home, agent string) float64 {
	t.Helper()
	of := l.Inventory(t).Homes[home]
	out, err := l.port(t).Call(context.Background(), plan.Call{
		Kind: plan.Kubernetes, Home: home, Service: "kubernetes", Operation: "Get", Input: plan.Document{
			"Server": of.Cluster.Endpoint, "ApiVersion": "apps/v1", "Kind": "Deployment",
			"Namespace": of.Cluster.Namespace, "Name": of.Agents[agent].Deployment}})
	require.NoError(t, err)
	n, _ := plan.Path("status.readyReplicas").Find(out)
	v, _ := n.(float64)
	return v
}

// accept writes work into a queue's ledger as a producer does, in a home.
func (l *lab) accept(t testing.TB, home system.Home, queue string, tokens ...string) {
	t.Helper()
	table := l.Inventory(t).Homes[home].Stores[queue].LedgerTable
	for _, token := range tokens {
		l.Ask(t, regionOf[home], "dynamodb", "PutItem", world.Document{"TableName": table, "Item": world.Document{
			inventory.LedgerKey:      world.Document{"S": token},
			inventory.LedgerPayload:  world.Document{"S": "s3://payloads/" + token},
			inventory.LedgerAccepted: world.Document{"S": l.Now().UTC().Format("2006-01-02T15:04:05Z")},
			inventory.LedgerOpen:     world.Document{"S": inventory.LedgerShard(token)},
		}})
	}
}

// queued are the bodies of the messages that stand in a home's queue.
func (l *lab) queued(t testing.TB, home system.Home, queue string) []string {
	t.Helper()
	var out []string
	url := l.Inventory(t).Homes[home].Stores[queue].URL
	for {
		got := l.Ask(t, regionOf[home], "sqs", "ReceiveMessage", world.Document{
			"QueueUrl": url, "MaxNumberOfMessages": 10.0, "VisibilityTimeout": 43200.0})
		list, _ := got["Messages"].([]any)
		if len(list) == 0 {
			return out
		}
		for _, m := range list {
			out = append(out, m.(map[string]any)["Body"].(string))
		}
	}
}
