package endtoend

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/catalog"
)

const (
	vpcURN   = "urn:pulumi:primary::redoubt::dr:network:Network$aws:ec2/vpc:Vpc::network-vpc"
	queueURN = "urn:pulumi:primary::redoubt::dr:queue:Queue$aws:sqs/queue:Queue::queue-work"
)

func TestPlannedOnly_namesTypesOfTheCatalog(t *testing.T) {
	t.Parallel()
	list, err := PlannedOnly()
	require.NoError(t, err)
	var types []string
	for _, p := range list {
		types = append(types, p.Type)
	}
	inCatalog(t, types)
}

// inCatalog holds that there are types, and that the catalog knows each.
func inCatalog(t *testing.T, types []string) {
	t.Helper()
	var known []string
	for _, c := range catalog.Types() {
		known = append(known, c.Token)
	}
	require.NotEmpty(t, types)
	assert.Subset(t, known, types)
}

func TestLedger_saysWhereTheListIsWrong(t *testing.T) {
	t.Parallel()
	queue := &Planned{Type: "aws:sqs/queue:Queue", Reason: "none"}
	l := newLedger([]*Planned{queue, {Type: "aws:eks/cluster:Cluster", Reason: "none"}})

	entry, try := l.listed(queueURN)
	assert.Same(t, queue, entry)
	assert.True(t, try, "the first one is tried")
	_, try = l.listed(queueURN)
	assert.False(t, try, "the second one is not")
	l.hold(queueURN, queue)

	entry, try = l.listed(vpcURN)
	assert.Nil(t, entry)
	assert.True(t, try, "what is not listed is always tried")
	l.keep(vpcURN, nil, "no  such\nthing")

	assert.Equal(t, []string{
		"moto can hold aws:sqs/queue:Queue queue-work after all; planned.yaml says: none",
		"moto cannot hold aws:ec2/vpc:Vpc network-vpc, which planned.yaml does not list: no such thing",
	}, l.faults())
	assert.Equal(t, []string{"aws:eks/cluster:Cluster"}, l.unmet())
	assert.True(t, l.isKept(vpcURN))
	l.drop(vpcURN)
	assert.False(t, l.isKept(vpcURN))
}

func TestKind_renamesItsOwnTypeOnly(t *testing.T) {
	t.Parallel()
	k := &kind{token: "aws:ec2/vpc:Vpc", bridge: "aws:index/vpc:Vpc"}
	assert.Equal(t, "urn:pulumi:primary::redoubt::dr:network:Network$aws:index/vpc:Vpc::network-vpc", k.urn(vpcURN))
}
