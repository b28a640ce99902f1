package agents

import (
	"maps"
	"slices"

	"redoubt/internal/iampolicy"
	"redoubt/inventory"
	"redoubt/system"
)

// Leases are the three tables that the lease of the active home stands in (docs/arbiter.md): an agent that may write in
// one home at a time looks at all of them, through agentkit/keep.
type Leases struct {
	// Environment tells the agent of the tables.
	Environment map[string]string
	// TableArns are those tables. The arbiter's opens for whoever may read it; PeerKeyArn opens the other home's, in PeerRegion.
	TableArns              []string
	PeerKeyArn, PeerRegion string
}

// leased are the leases that an agent asks for, nil when it asks for none.
func (a Args) leased(agent system.Agent) *Leases {
	if a.System.Leased(agent) {
		return a.Leases
	}
	return nil
}

// told is what the environment says of them, in the order of its names.
func (l *Leases) told() [][2]string {
	if l == nil {
		return nil
	}
	var out [][2]string
	for _, name := range slices.Sorted(maps.Keys(l.Environment)) {
		out = append(out, [2]string{name, l.Environment[name]})
	}
	return out
}

// leases allows to read the one item of the lease, in all three tables.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
func (g *grants) leases(l *Leases) {
	if l == nil {
		return
	}
	g.statements = append(g.statements, iampolicy.Statement{
		Sid: "Leases", Actions: []string{"dynamodb:GetItem"}, Resources: l.TableArns,
	}.With(iampolicy.Condition{Operator: "ForAllValues:StringEquals", Key: "dynamodb:LeadingKeys", Values: []string{inventory.ActiveLease}}))
	g.use(g.at.dataKey, "dynamodb", false)
	if l.PeerKeyArn != "" {
		g.statements = append(g.statements, iampolicy.Statement{
			Sid: "OpenLeases", Actions: []string{"kms:Decrypt"}, Resources: []string{l.PeerKeyArn},
		}.With(iampolicy.Through(l.PeerRegion, "dynamodb")))
	}
}
