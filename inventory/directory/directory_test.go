package directory

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/system"
)

// both is the inventory of the primary that has seen its peer.
func both() inventory.Inventory {
	inv := inventory.New("atlas", system.Primary, home("eu-west-1"))
	inv.Homes[system.Secondary] = home("eu-central-1")
	return inv
}

func home(region string) inventory.Home {
	return inventory.Home{
		Region: region, Account: "123456789012", Zones: []string{"a"},
		Control: inventory.Control{LockTable: "locks"},
		Secrets: map[string]string{"model": "arn:secret:" + region},
		Stores: map[string]inventory.Store{
			"tasks": {Kind: system.Postgres, Generation: 1, Name: "atlas-tasks", Endpoint: "proxy." + region + ".rds",
				ReaderEndpoint: "readers." + region + ".rds", SecretArn: "arn:credentials:" + region},
			"recall":    {Kind: system.Cache, Generation: 1, Name: "atlas-recall", Endpoint: "cache." + region},
			"artifacts": {Kind: system.Bucket, Generation: 2, Name: "artifacts-g2-" + region},
			"sessions":  {Kind: system.Table, Generation: 1, Name: "sessions"},
			"work": {Kind: system.Queue, Generation: 1, Name: "work", URL: "https://sqs/work", DeadLetterURL: "https://sqs/dead",
				LedgerTable: "ledger"},
		},
	}
}

func TestOf_writesEveryKindWithWhatItsClientsNeed(t *testing.T) {
	t.Parallel()
	d := Of(both())
	assert.Equal(t, map[string]Store{
		"tasks": {
			Kind: system.Postgres, Generation: 1, Host: "tasks.postgres.atlas.internal",
			ReaderHost: "reader.tasks.postgres.atlas.internal", SecretArn: "arn:credentials:eu-west-1",
			TLSNames:       []string{"proxy.eu-west-1.rds", "proxy.eu-central-1.rds"}, // the name moves, so either may answer
			ReaderTLSNames: []string{"readers.eu-west-1.rds"},                         // one's own alone
		},
		"recall": {
			Kind: system.Cache, Generation: 1, Host: "recall.cache.atlas.internal",
			TLSNames: []string{"cache.eu-west-1", "cache.eu-central-1"},
		},
		"artifacts": {Kind: system.Bucket, Generation: 2, Name: "artifacts-g2-eu-west-1"},
		"sessions":  {Kind: system.Table, Generation: 1, Name: "sessions"},
		"work": {Kind: system.Queue, Generation: 1, URL: "https://sqs/work", DeadLetterURL: "https://sqs/dead",
			LedgerTable: "ledger"},
	}, d.Stores)
	assert.Equal(t, "eu-west-1", d.Region)
	assert.Equal(t, "locks", d.LockTable)
	assert.Equal(t, map[string]string{"model": "arn:secret:eu-west-1"}, d.Secrets)
}

func TestOf_namesAWSDirectlyWhileNothingCanMove(t *testing.T) {
	t.Parallel()
	inv := both()
	delete(inv.Homes, system.Secondary)
	tasks := Of(inv).Stores["tasks"]
	assert.Equal(t, "proxy.eu-west-1.rds", tasks.Host)
	assert.Equal(t, "readers.eu-west-1.rds", tasks.ReaderHost)
	assert.Equal(t, []string{"proxy.eu-west-1.rds"}, tasks.TLSNames)
}

func TestEncode_isCanonicalAndReadBack(t *testing.T) {
	t.Parallel()
	text, err := Encode(Of(both()))
	require.NoError(t, err)
	again, err := Encode(Of(both()))
	require.NoError(t, err)
	assert.Equal(t, text, again)
	d, err := Decode(text)
	require.NoError(t, err)
	assert.Equal(t, Of(both()), d)
}

func TestEncode_refusesWhatTheParameterCannotHold(t *testing.T) {
	t.Parallel()
	inv := both()
	for n := range 200 {
		inv.Own().Stores[fmt.Sprint("bucket-", n)] = inventory.Store{Kind: system.Bucket, Name: strings.Repeat("b", 40)}
	}
	_, err := Encode(Of(inv))
	assert.ErrorContains(t, err, "want at most 8192")
	assert.ErrorContains(t, err, "split the system in two")
}

func TestDecode_refuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"version":2}`:                 "version is 2, want 1",
		`{`:                             "decode directory",
		`{"version":1}{"version":1}`:    "more follows",
		`{"version":1,"later":"field"}`: "",
	} {
		_, err := Decode(text)
		if want == "" {
			assert.NoError(t, err, "a field that came later is passed over")
			continue
		}
		assert.ErrorContains(t, err, want, text)
	}
}
