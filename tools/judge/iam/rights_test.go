//go:build judge

package iam

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/rights"
	"redoubt/system"
	"redoubt/tests/example"
)

// TestRights_ofPlansNameWhatAWSHas holds the role of the function that makes the calls of plans to what AWS says of its
// actions: that each is one, and works on what its statement names.
func TestRights_ofPlansNameWhatAWSHas(t *testing.T) {
	t.Parallel()
	regions := example.Regions()
	p := rights.Place{System: "atlas", Account: example.Account,
		Regions: map[system.Home]string{system.Primary: regions[0], system.Secondary: regions[1]},
		Zones:   []string{"Z0PRIVATE"}, Namespace: "Redoubt"}
	for _, region := range regions {
		p.Keys = append(p.Keys, "arn:aws:kms:"+region+":"+example.Account+":key/mrk-1")
	}
	faults, err := find(t).Check(Identity, p.Role().JSON(), Place{Regions: regions, Account: example.Account})
	require.NoError(t, err)
	for _, fault := range faults {
		assert.Fail(t, "not what AWS has", "%s", fault)
	}
	assert.Greater(t, len(rights.Actions()), 60)
	assert.Less(t, len(p.Role().JSON()), 10_240, "an inline policy of a role holds 10,240 characters")
}
