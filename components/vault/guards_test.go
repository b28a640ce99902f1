package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
)

func TestVault_theLockTakesEveryRuleOfBothHomes(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	b := primaryArgs(0)
	b.Scope, b.PeerScope = *a.PeerScope, &a.Scope
	here, there := pulumitest.Run(t, program(a)), pulumitest.Run(t, program(b))
	within := func(r *pulumitest.Recorder, days int, what string) {
		lock := r.Get(t, lockToken, "main-lock").Values()
		assert.GreaterOrEqual(t, float64(days), lock["minRetentionDays"], what)
		assert.LessOrEqual(t, float64(days), lock["maxRetentionDays"], what)
	}
	for _, store := range []string{"memory", "sessions", "files"} {
		for name, p := range rulesOf(t, here, store) {
			within(here, p.Lifecycle.DeleteAfter, store+" "+name)
			for _, c := range p.CopyActions {
				within(there, c.Lifecycle.DeleteAfter, store+" "+name+" copy")
			}
		}
	}
}

func TestVault_theLockIsGovernanceUnlessAskedFor(t *testing.T) {
	t.Parallel()
	lock := pulumitest.Run(t, program(primaryArgs(0))).Get(t, lockToken, "main-lock")
	assert.NotContains(t, lock.Values(), "changeableForDays", "a compliance lock can never be taken back")
	assert.True(t, lock.RPC.GetDeleteBeforeReplace(), "the old lock's deletion would take the new one away")

	a := primaryArgs(0)
	a.Compliance = true
	lock = pulumitest.Run(t, program(a)).Get(t, lockToken, "main-lock")
	assert.EqualValues(t, 14, lock.Values()["changeableForDays"])
}

func TestVault_onlyBreakGlassDeletesABackup(t *testing.T) {
	t.Parallel()
	text := pulumitest.Run(t, program(primaryArgs(0))).Get(t, policyToken, "main-policy").Values()["policy"].(string)
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
		"Sid": "KeepRecoveryPoints", "Effect": "Deny", "Principal": "*", "Resource": "*",
		"Action": ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
		"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/agora-break-glass"}}
	}]}`, text)
}

func TestVault_nothingIsBackedUpBeforeItsGuardsStand(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	a.OwnRegionSettings = true
	r := pulumitest.Run(t, program(a))
	for _, s := range r.OfType(selectionToken) {
		deps := s.RPC.GetDependencies()
		for token, names := range map[string][]string{
			lockToken: {"main-lock"}, policyToken: {"main-policy"}, settingsToken: {"main-region"},
			attachToken: {"main-backup-stores", "main-backup-buckets"},
		} {
			for _, name := range names {
				assert.Contains(t, deps, r.Get(t, token, name).URN, s.Name)
			}
		}
		assert.True(t, s.RPC.GetDeleteBeforeReplace(), s.Name)
	}
}

func TestVault_theRegionsOtherServicesAreLeftAlone(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	assert.Empty(t, pulumitest.Run(t, program(a)).OfType(settingsToken), "they are the account's, owned only when asked")
	a.OwnRegionSettings = true
	s := pulumitest.Run(t, program(a)).Get(t, settingsToken, "main-region")
	assert.Equal(t, map[string]any{"Aurora": true, "DynamoDB": true, "S3": true},
		s.Values()["resourceTypeOptInPreference"])
	assert.Equal(t, []string{"resourceTypeOptInPreference"}, s.RPC.GetIgnoreChanges(), "AWS gives back every type")
	assert.Equal(t, true, s.Values()["resourceTypeManagementPreference"].(map[string]any)["DynamoDB"],
		"without it a table's backup is not copied")
}
