package system_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

const moreStores = "stores:\n"

// store is one more store in front of those of the small system.
func store(name, kind, rest string) string {
	return moreStores + "  - name: " + name + "\n    kind: " + kind + "\n    tier: solid\n" + rest
}

const (
	kept   = "    sizeGiB: 1\n    retention: {pitrDays: 35, dailyDays: 35}\n"
	cached = "    sizeGiB: 1\n    retention: {dailyDays: 7}\n"
)

// agent is one more agent in front of those of the small system.
func agent(name, tier, rest string) string {
	return "agents:\n  - name: " + name + "\n    tier: " + tier + "\n    image: registry.example.com/demo/more:1.0.0\n" +
		"    replicas: 2\n    load: 10\n    perReplica: 10\n    resources: {cpuMillis: 500, memoryMiB: 512}\n" + rest
}

// Names that only look alike are free.
func TestParse_namesThatAreFree(t *testing.T) {
	t.Parallel()
	_, err := system.Parse("system.yaml", []byte(changed(t, moreStores, store("agent-memory", "cache", cached)+
		store("jobs-ledgers", "table", kept)[len(moreStores):]+store("audit", "table", kept)[len(moreStores):],
		"agents:\n", agent("proxy", "solid", "")+agent("primary", "solid", "")[len("agents:\n"):])))
	assert.NoError(t, err)
}

// Whatever would get the name of something else is refused, at the one name
// that has to be another.
func TestParse_namesThatAreTaken(t *testing.T) {
	t.Parallel()
	for want, edits := range map[string][]string{
		`bucket name "configuration" is taken by the kept configuration`: {moreStores, store("§configuration", "bucket", kept)},
		`bucket name "audit" is taken by what AWS Config delivers`:       {moreStores, store("§audit", "bucket", kept)},
		`bucket name "state" is taken by the state of both homes`:        {moreStores, store("§state", "bucket", kept)},
		`network policy name "redoubt-export" is taken by the export`: {
			"  - name: back", "  - name: §redoubt-export", "calls: [back]", "calls: [redoubt-export]"},
		`bucket name "control" is taken by the inventories`:          {moreStores, store("§control", "bucket", kept)},
		`table name "locks" is taken by the locks`:                   {moreStores, store("§locks", "table", kept)},
		`table name "locks-primary" is taken by the primary's locks`: {moreStores, store("§locks-primary", "table", kept)},
		`backup plan name "configuration" is taken by the kept conf`: {moreStores, store("§configuration", "table", kept)},
		`backup plan name "idempotency" is taken by the idempotency`: {moreStores, store("§idempotency", "bucket", kept)},
		`backup plan name "jobs-ledger" is taken by the work ledger of store "jobs"`: {
			moreStores, store("§jobs-ledger", "bucket", kept)},
		`database name "rdsadmin" is taken by RDS itself`: {moreStores, store("§rdsadmin", "postgres", kept)},
		`bucket name "scores-snapshots" is taken by the snapshots of store "scores"`: {
			moreStores, store("§scores-snapshots", "bucket", kept) + store("scores", "cache", cached)[len(moreStores):]},
		`private DNS name "ledger-reader" is taken by the readers of store "ledger"`: {
			moreStores, store("§ledger-reader", "postgres", kept)},
		`component name "ledger-proxy" is taken by the proxy of store "ledger"`: {
			moreStores, store("§ledger-proxy", "postgres", kept)},
		`priority class name "balloon" is taken by pods that keep room free`: {
			"  - name: fast\n", "  - name: §balloon\n", "    tier: fast\n    sizeGiB", "    tier: balloon\n    sizeGiB",
			"    tier: fast\n    image", "    tier: balloon\n    image"},
		`network policy name "closed" is taken by the policy`: {"  - name: back", "  - name: §closed", "calls: [back]", "calls: [closed]"},
		`service account name "default" is taken by pods`:     {"  - name: back", "  - name: §default", "calls: [back]", "calls: [default]"},
		`public DNS name "primary" is taken by the pri`:       {"  - name: front", "  - name: §primary"},
		`the role of agent "a-proxy": role name "agent-a-proxy" is taken by the proxy of store "agent-a"`: {
			moreStores, store("agent-a", "postgres", kept), "agents:\n", agent("§a-proxy", "solid", "")},
		`the replication of store "proxy": role name "replicate-proxy" is taken by the proxy of store "replicate"`: {
			moreStores, store("replicate", "postgres", kept) + store("§proxy", "bucket", kept)[len(moreStores):]},
		`the role of agent "schedule": role name "agent-schedule" is taken by the schedule of store "agent"`: {
			moreStores, store("agent", "cache", cached), "agents:\n", agent("§schedule", "solid", "")},
		`scaler name "keda-hpa-back" is taken by the scaler of agent "back"`: {
			"agents:\n", agent("§keda-hpa-back", "solid", "")},
		`public DNS name "front-secondary" is taken by the answer in the secondary of agent "front"`: {
			"agents:\n", agent("§front-secondary", "solid", "    port: 80\n    public: true\n")},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			text, line, col := markedPlace(t, changed(t, edits...))
			faults := faultsOf(t, text)
			require.Len(t, faults, 1, "%v", faults)
			assert.Contains(t, faults[0].Cause, want)
			assert.Equal(t, []int{line, col}, []int{faults[0].Line, faults[0].Col}, "place of %v", faults[0])
		})
	}
}
