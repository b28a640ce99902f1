package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/verify"
	"redoubt/system"
)

// told answers every call with one document, and remembers what was asked.
type told struct {
	answer plan.Document
	asked  *[]string
}

func (p told) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	*p.asked = append(*p.asked, string(c.Home)+" "+c.Service+"."+c.Operation)
	return p.answer, nil
}

const at = "2026-03-01T11:52:00Z"

func look(kind system.StoreKind) plan.Call {
	return plan.Call{Kind: plan.Probe, Home: system.Primary, Service: "redoubt", Operation: verify.VerifyStore,
		Input: plan.Document{"Store": "s", "Kind": string(kind), "Name": "s-g2", "Source": "arn:s", "At": at}}
}

func table(status, when string, running bool) plan.Document {
	return plan.Document{"Table": map[string]any{"TableStatus": status,
		"RestoreSummary": map[string]any{"RestoreDateTime": when, "RestoreInProgress": running}}}
}

func cluster(status string, encrypted, writes bool) plan.Document {
	return plan.Document{"DBClusters": []any{map[string]any{"Status": status, "StorageEncrypted": encrypted,
		"DBClusterMembers": []any{map[string]any{"IsClusterWriter": writes}}}}}
}

func group(status string, disk, way bool) plan.Document {
	return plan.Document{"ReplicationGroups": []any{map[string]any{"Status": status, "AtRestEncryptionEnabled": disk,
		"TransitEncryptionEnabled": way}}}
}

func TestVerifyStore_passesOnlyWhatIsWhatItShouldBe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind   system.StoreKind
		answer plan.Document
		why    string
	}{
		"a table of that time":   {system.Table, table("ACTIVE", at, false), ""},
		"a ledger of that time":  {system.Queue, table("ACTIVE", at, false), ""},
		"a table of another":     {system.Table, table("ACTIVE", "2026-03-01T11:53:00Z", false), "RestoreDateTime"},
		"a table that is made":   {system.Table, table("ACTIVE", at, true), "RestoreInProgress"},
		"a table that is not up": {system.Table, table("CREATING", at, false), "the state of table s-g2 is CREATING"},
		"a table of no restore":  {system.Table, plan.Document{"Table": map[string]any{"TableStatus": "ACTIVE"}}, "RestoreDateTime"},
		"a database":             {system.Postgres, cluster("available", true, true), ""},
		"a database in clear":    {system.Postgres, cluster("available", false, true), "StorageEncrypted"},
		"a database in making":   {system.Postgres, cluster("creating", true, true), "the state of database s-g2 is creating"},
		"a cache":                {system.Cache, group("available", true, true), ""},
		"a cache in making":      {system.Cache, group("creating", true, true), "the state of cache s-g2 is creating"},
		"a cache in clear":       {system.Cache, group("available", true, false), "TransitEncryptionEnabled"},
		"nobody writes it":       {system.Postgres, cluster("available", true, false), "IsClusterWriter"},
	} {
		var asked []string
		out, err := verify.Port{Port: told{c.answer, &asked}}.Call(t.Context(), look(c.kind))
		require.NoError(t, err, name)
		assert.Equal(t, c.why == "", out["Passed"], name)
		if c.why != "" {
			assert.Contains(t, out["Why"], c.why, name)
		}
		assert.Len(t, asked, 1, name)
	}
}

func TestVerifyStore_looksAtABucketsVersions(t *testing.T) {
	t.Parallel()
	for astray, passed := range map[int]bool{0: true, 1: false} {
		var asked []string
		out, err := verify.Port{Port: told{plan.Document{"Status": "Enabled", "Astray": astray}, &asked}}.Call(t.Context(),
			look(system.Bucket))
		require.NoError(t, err)
		assert.Equal(t, passed, out["Passed"], out["Why"])
		assert.Equal(t, []string{"primary s3.GetBucketVersioning", "primary redoubt.CountAstray"}, asked)
	}
}

func TestVerifyStore_refusesWhatItCannotLookAt(t *testing.T) {
	t.Parallel()
	var asked []string
	port := verify.Port{Port: told{plan.Document{}, &asked}}
	_, err := port.Call(t.Context(), look("sheet"))
	require.ErrorContains(t, err, "a sheet is not looked at")
	less := look(system.Table)
	delete(less.Input, "At")
	_, err = port.Call(t.Context(), less)
	require.ErrorContains(t, err, "At is missing")
	assert.Empty(t, asked)
	_, err = port.Call(t.Context(), plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "sqs", Operation: "SendMessage"})
	require.NoError(t, err)
	assert.Equal(t, []string{"secondary sqs.SendMessage"}, asked, "other calls are passed on")
}
