package stacks

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	active "redoubt/agentkit/home"
	keeper "redoubt/agentkit/keep/settings"
	"redoubt/components/agents"
	arbiters "redoubt/components/arbiter"
	"redoubt/components/keys"
	"redoubt/components/programs"
	"redoubt/internal/alive"
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	observer "redoubt/internal/observe/settings"
	"redoubt/system"
)

// The programs of a home with an arbiter (docs/arbiter.md).
const (
	observerPart, keeperPart = "observer", "keeper"
	keeperImage              = "redoubt/keeper:1"
	// keepers is how many keep the home's leases, in as many zones.
	keepers   = 2
	alivePort = 8080
)

// leaseImages are those of the programs.
func (c Config) leaseImages() []string {
	if c.ArbiterRegion == "" {
		return nil
	}
	return []string{keeperImage, arbiters.Image}
}

// declareLeases runs what a home with an arbiter needs: the keepers of its leases and its observer, as soon as there
// is another home.
func (h *home) declareLeases() error {
	if h.config.ArbiterRegion == "" {
		return nil
	}
	if h.peer == nil {
		return h.ctx.Log.Warn("an arbiter decides between two homes: keepers and the observer wait for the other one", nil)
	}
	if err := h.declareKeepers(); err != nil {
		return err
	}
	return h.declareObserver()
}

// leasePlaces are the three tables of the leases, as keepers and agents are told of them.
func (h *home) leasePlaces() keeper.Settings {
	return keeper.Settings{
		Home: h.config.Home, Own: keeper.Place{Table: h.scope().LocalTable(locksName)},
		Arbiter: keeper.Place{Table: arbiters.Table(h.third()), Region: h.config.ArbiterRegion},
		Peer:    keeper.Place{Table: h.scope().Peer(h.config.PeerRegion).LocalTable(locksName), Region: h.config.PeerRegion},
	}
}

// leaseRegions are the other regions of those tables, none as long as agents do not ask for leases.
func (h *home) leaseRegions() []string {
	if !h.config.Leases || h.peer == nil {
		return nil
	}
	return []string{h.config.ArbiterRegion, h.config.PeerRegion}
}

// agentLeases are what agents are told and allowed. It is a setting of its own: an agent that asks for a lease which nobody
// keeps yet never writes.
func (h *home) agentLeases() *agents.Leases {
	if h.leaseRegions() == nil {
		return nil
	}
	return &agents.Leases{
		Environment: h.leasePlaces().Environment(), PeerKeyArn: h.peer.Keys[keys.Data], PeerRegion: h.config.PeerRegion,
		TableArns: []string{h.tableArn(h.scope()), h.tableArn(h.scope().Peer(h.config.PeerRegion)), arbiters.TableArn(h.third())},
	}
}

func (h *home) declareKeepers() error {
	s := h.leasePlaces()
	env := map[string]pulumi.StringInput{}
	for name, value := range s.Environment() {
		env[name] = pulumi.String(value)
	}
	return h.declareProgram(programs.Args{Part: keeperPart, Image: keeperImage, Replicas: keepers, Environment: env, Allowed: h.mayKeep()})
}

// declareObserver waits until the other home has told its address: it is what is looked at.
func (h *home) declareObserver() error {
	if h.peer.Entry.Address == "" {
		return h.ctx.Log.Warn(fmt.Sprintf("the %s home has told no address yet: update it, then this home again, and "+
			"somebody here looks at it", h.config.Home.Peer()), nil)
	}
	text := h.entry.Address.ToStringOutput().ApplyT(func(own string) (string, error) {
		return ArbiterConfig{
			Region: h.config.ArbiterRegion, AccountID: h.config.AccountID, HomeRegions: map[system.Home]string{
				h.config.Home: h.config.Region, h.config.Home.Peer(): h.config.PeerRegion},
		}.settings(h.system, string(h.config.Home), map[system.Home]string{
			h.config.Home: own, h.config.Home.Peer(): h.peer.Entry.Address})
	}).(pulumi.StringOutput)
	return h.declareProgram(programs.Args{Part: observerPart, Image: arbiters.Image, Replicas: 1,
		Environment: map[string]pulumi.StringInput{observer.Variable: text}, Allowed: h.mayObserve()})
}

// declareProgram runs one of the programs in the home's cluster. It reaches AWS and the homes' load balancers at public
// addresses, besides its own ways.
func (h *home) declareProgram(a programs.Args) error {
	addresses, err := h.addresses()
	if err != nil {
		return err
	}
	env := map[string]pulumi.StringInput{"AWS_REGION": pulumi.String(h.config.Region), alive.Variable: pulumi.Sprintf(":%d", alivePort)}
	maps.Copy(env, a.Environment)
	a.Scope, a.Cluster, a.Namespace = h.scope(), h.cluster.Name, agents.Namespace(h.system)
	a.Environment, a.AlivePort, a.Ways = env, alivePort, append(a.Ways, programs.Outside(addresses.Homes))
	_, err = programs.New(h.ctx, a.Part, &a, h.inside(), pulumi.DependsOn([]pulumi.Resource{h.agents}))
	return err
}

// third names the arbiter's things.
func (h *home) third() naming.Scope {
	return thirdScope(h.system.Name, h.config.ArbiterRegion, h.config.AccountID)
}

// mayKeep lets keepers read the word and keep the lease in the three tables, and copy the word into the home's own:
// two items of each.
func (h *home) mayKeep() pulumi.StringInput {
	return h.may([]iampolicy.Statement{
		items("Keep", []string{h.tableArn(h.scope()), h.tableArn(h.scope().Peer(h.config.PeerRegion)), arbiters.TableArn(h.third())},
			active.Items()...),
	})
}

// mayObserve lets the observer keep what it saw, tell it the arbiter, and ask whether the other home's control plane answers.
func (h *home) mayObserve() pulumi.StringInput {
	return h.may([]iampolicy.Statement{
		items("Tell", []string{h.tableArn(h.scope()), arbiters.TableArn(h.third())}, observer.LooksName(string(h.config.Home))),
		{Sid: "Look", Actions: []string{"dynamodb:DescribeTable"}, Resources: []string{h.tableArn(h.scope().Peer(h.config.PeerRegion))}},
	})
}

// items allows to read and put the named items of lock tables, and no other.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
func items(sid string, tables []string, names ...string) iampolicy.Statement {
	return iampolicy.Statement{Sid: sid, Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}, Resources: tables}.With(
		iampolicy.Condition{Operator: "ForAllValues:StringEquals", Key: "dynamodb:LeadingKeys", Values: names})
}

// may adds the keys of the homes' tables. The arbiter's opens for whoever may use the table.
func (h *home) may(statements []iampolicy.Statement) pulumi.StringInput {
	peers := h.peer.Keys[keys.Data]
	return h.keys.Arn(keys.Data).ApplyT(func(own string) (string, error) {
		open := iampolicy.Statement{Sid: "Open", Actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, Resources: []string{own}}
		if peers != "" && peers != own {
			open.Resources = append(open.Resources, peers)
		}
		via := iampolicy.Through(h.config.Region, "dynamodb")
		via.Values = append(via.Values, iampolicy.Through(h.config.PeerRegion, "dynamodb").Values...)
		open = open.With(via)
		return iampolicy.Document{Statements: append(statements, open)}.Checked()
	}).(pulumi.StringOutput)
}

func (h *home) tableArn(of naming.Scope) string {
	return of.ARN("dynamodb", "table/"+of.LocalTable(locksName))
}
