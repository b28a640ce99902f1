package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/vault"
	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/policies/coverage"
	"redoubt/system"
)

// standing is the inventory of a home in which everything stands.
func standing(home system.Home, s *system.System) *inventory.Inventory {
	inv := seen(home)
	own := inv.Own()
	for _, st := range s.Stores {
		of := own.Stores[st.Name]
		if of.Kind == "" {
			of = inventory.Store{Kind: st.Kind, Tier: st.Tier, Name: "atlas-" + st.Name, Generation: 1}
		}
		if st.Kind == system.Queue {
			of.LedgerTable = "atlas-" + st.Name + "-ledger"
		}
		own.Stores[st.Name] = of
	}
	own.Control.IdempotencyTable = "atlas-idempotency"
	own.Configuration = "atlas-configuration-" + string(home)
	inv.Homes[home] = own
	return inv
}

// declared is what both homes declare once both stand.
func declared(t *testing.T, s *system.System, changes ...func(*Config)) []coverage.Resource {
	t.Helper()
	var out []coverage.Resource
	for _, home := range system.Homes {
		c := settings(home)
		c.PeerReady = true
		for _, change := range changes {
			change(&c)
		}
		r := pulumitest.Run(t, deploy(c, s), region(c.Region), reference(t, "own-last", nil),
			reference(t, "peer", standing(home.Peer(), s)))
		for _, res := range r.Custom() {
			out = append(out, coverage.Resource{Home: home, Type: res.Type, Name: res.Name, Inputs: res.Values()})
		}
	}
	return out
}

func sentences(faults []coverage.Fault) string {
	var out []string
	for _, f := range faults {
		out = append(out, f.String())
	}
	return strings.Join(out, "\n")
}

// TestCoverage_nothingIsWithoutAPlace walks what both homes declare: every
// store has a place in the other home, a backup, a copy of it there and a restore
// test; every agent has its place in both homes; what a home is made from is kept.
func TestCoverage_nothingIsWithoutAPlace(t *testing.T) {
	t.Parallel()
	s := example(t)
	assert.Empty(t, sentences(coverage.Faults(s, declared(t, s))))
}

// TestCoverage_namesWhatIsTakenAway takes away what a store or an agent stands
// on, one thing after the other, and reads what is said.
func TestCoverage_namesWhatIsTakenAway(t *testing.T) {
	t.Parallel()
	s := example(t)
	whole := declared(t, s)
	for _, c := range []struct {
		home       system.Home
		name, want string
	}{
		{system.Secondary, "postgres-tasks-cluster", `store "tasks" has no database cluster in the secondary home`},
		{system.Primary, "postgres-tasks-global", `store "tasks" has no global database that joins the homes in the primary`},
		{system.Secondary, "table-sessions-replica", `store "sessions" has no replica in the secondary home`},
		{system.Primary, "bucket-artifacts-replication", `store "artifacts" has no replication to the other home in the primary`},
		{system.Secondary, "cache-recall-group", `store "recall" has no replication group in the secondary home`},
		{system.Secondary, "cache-scores-snapshots-replication", `store "scores" has no copy of its snapshots in the other home`},
		{system.Primary, "cache-scores-machine", `store "scores" has no restore test in the primary home`},
		{system.Secondary, "queue-work-ledger-replica", `store "work" has no replica of its work ledger in the secondary home`},
		{system.Primary, "queue-work-dead", `store "work" has no dead-letter queue in the primary home`},
		{system.Primary, "vault-plan-tasks", `store "tasks" has no backup in the primary home`},
		{system.Secondary, "vault-selection-sessions", `store "sessions" has no backup in the secondary home`},
		{system.Primary, "vault-plan-work-ledger", `store "work" has no backup in the primary home`},
		{system.Secondary, "vault-test-transcripts", `store "transcripts" has no restore test in the secondary home`},
		{system.Secondary, "vault-test-selection-tool-calls", `store "tool-calls" has no restore test in the secondary home`},
		{system.Secondary, "agents-planner-deployment", `agent "planner" has no deployment in the secondary home`},
		{system.Primary, "agents-worker-scaler", `agent "worker" has no scaler in the primary home`},
		{system.Secondary, "agents-memory-identity", `agent "memory" has no identity in the secondary home`},
		{system.Secondary, "export-job", `the configuration has no export of its Kubernetes objects in the secondary home`},
		{system.Primary, "configuration-system", `the configuration has no text of system.yaml in the primary home`},
		{system.Primary, "configuration-settings", `the configuration has no settings of the stack in the primary home`},
		{system.Secondary, "bucket-configuration-replication",
			`the configuration has no replication to the other home in the secondary home`},
		{system.Primary, "vault-selection-configuration", `the configuration has no backup in the primary home`},
		{system.Secondary, "vault-test-configuration", `the configuration has no restore test in the secondary home`},
		{system.Secondary, "registry-atlas/gateway", `agent "gateway" has no image in the secondary home`},
	} {
		left, taken := without(whole, c.home, c.name)
		require.Equal(t, 1, taken, "%s of the %s home is there to be taken away", c.name, c.home)
		assert.Contains(t, sentences(coverage.Faults(s, left)), c.want)
	}
	noCopy := make([]coverage.Resource, len(whole))
	for n, r := range whole {
		if r.Home == system.Primary && r.Name == "vault-plan-tasks" {
			r.Inputs = map[string]any{"rules": []any{map[string]any{"ruleName": "daily"}}}
		}
		noCopy[n] = r
	}
	assert.Contains(t, sentences(coverage.Faults(s, noCopy)),
		`store "tasks" has no copy of the primary home's backups in the secondary home`)
}

// TestCoverage_aCopyInAnotherAccountIsASecondOne: it does not stand for the one in the other home.
func TestCoverage_aCopyInAnotherAccountIsASecondOne(t *testing.T) {
	t.Parallel()
	s := example(t)
	whole := declared(t, s, func(c *Config) {
		c.CopyAccount = &vault.CopyAccount{ID: "210987654321",
			VaultArn: "arn:aws:backup:" + c.Region + ":210987654321:backup-vault:kept"}
	})
	assert.Empty(t, sentences(coverage.Faults(s, whole)))
	taken := 0
	for _, r := range whole {
		if r.Type != "aws:backup/plan:Plan" {
			continue
		}
		for _, rule := range r.Inputs["rules"].([]any) {
			rule := rule.(map[string]any)
			if to, copied := rule["copyActions"].([]any); copied {
				require.Len(t, to, 2, "%s: both vaults", r.Name)
				rule["copyActions"] = to[1:]
				taken++
			}
		}
	}
	require.NotZero(t, taken)
	assert.Contains(t, sentences(coverage.Faults(s, whole)),
		`store "tasks" has no copy of the primary home's backups in the secondary home`)
}

// TestCoverage_seesEveryStoreAndAgent takes away everything.
func TestCoverage_seesEveryStoreAndAgent(t *testing.T) {
	t.Parallel()
	s := example(t)
	said := sentences(coverage.Faults(s, nil))
	for _, st := range s.Stores {
		assert.Contains(t, said, fmt.Sprintf("store %q has no", st.Name))
	}
	for _, a := range s.Agents {
		assert.Contains(t, said, fmt.Sprintf("agent %q has no", a.Name))
	}
	assert.Contains(t, said, "the configuration has no bucket")
}

func without(all []coverage.Resource, home system.Home, name string) (left []coverage.Resource, taken int) {
	for _, r := range all {
		if r.Home == home && r.Name == name {
			taken++
			continue
		}
		left = append(left, r)
	}
	return left, taken
}
