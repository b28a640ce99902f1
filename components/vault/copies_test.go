package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/pulumitest"
)

const elsewhere = "210987654321"

func copyAccount() *CopyAccount {
	return &CopyAccount{ID: elsewhere, VaultArn: "arn:aws:backup:eu-west-1:" + elsewhere + ":backup-vault:kept"}
}

// What is copied to the other home is copied to the other account too, each
// with its own end; with no peer yet, the other account's copy stands alone.
func TestVault_copiesToAnotherAccount(t *testing.T) {
	t.Parallel()
	for _, peer := range []bool{true, false} {
		a := primaryArgs(0)
		a.CopyAccount = copyAccount()
		want := []string{Arn(*a.PeerScope), a.CopyAccount.VaultArn}
		if !peer {
			a.PeerScope, want = nil, want[1:]
		}
		r := pulumitest.Run(t, program(a))
		for _, store := range []string{"memory", "sessions", "files"} {
			for name, p := range rulesOf(t, r, store) {
				var to []string
				for _, c := range p.CopyActions {
					to = append(to, c.DestinationVaultArn)
					assert.Equal(t, p.Lifecycle, c.Lifecycle, "%s %s", store, name)
				}
				if name == "hourly" {
					assert.Empty(t, to, "hourly backups stay at home")
					continue
				}
				assert.Equal(t, want, to, "%s %s", store, name)
			}
		}
		doc, err := iampolicy.Parse(r.Get(t, policyToken, "main-policy").Values()["policy"].(string))
		require.NoError(t, err)
		require.Len(t, doc.Statements, 2)
		back := doc.Statements[1]
		assert.Equal(t, []string{"arn:aws:iam::" + elsewhere + ":root"}, back.Principals["AWS"])
		assert.Equal(t, []string{"backup:CopyIntoBackupVault"}, back.Actions, "a copy comes back into the vault, and nothing more")
	}
}
