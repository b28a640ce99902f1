package world_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// What no restore reaches any more is forgotten, but for the one that stood at the oldest moment which one does.
func TestItems_forgetWhatNoRestoreReaches(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	for n, days := range []int{1, 1, 30, 21, 14} {
		l.keep(ireland, "k", fmt.Sprint(n))
		l.pass(time.Duration(days) * 24 * time.Hour)
	}
	l.keep(ireland, "k", "last")
	raw, err := l.Snapshot()
	require.NoError(t, err)
	var all struct{ Entities []world.Entity }
	require.NoError(t, json.Unmarshal(raw, &all))
	for _, e := range all.Entities {
		if e.Kind == "AWS::DynamoDB::Item" && e.Region == ireland {
			var values []any
			for _, v := range e.Out["Versions"].([]any) {
				values = append(values, v.(doc)["Item"].(doc)["value"].(doc)["S"])
			}
			assert.Equal(t, []any{"last", "4", "3", "2"}, values, "0 and 1 are 67 and 66 days old, 2 is 65, which stood when 3 came 35 days ago")
		}
	}
}

// The items that a program wrote which did not number their versions are restored as they were.
func TestItems_ofAnOlderProgramAreNumbered(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "k", "good")
	l.pass(time.Hour)
	good := l.Now()
	l.pass(time.Minute)
	l.keep(ireland, "k", "bad")
	raw, err := l.Snapshot()
	require.NoError(t, err)
	old := strings.NewReplacer(`,"N":1`, "", `,"N":2`, "", `"N":1,`, "", `"N":2,`, "").Replace(string(raw))
	require.NotEqual(t, string(raw), old)
	var whole, less any
	require.NoError(t, json.Unmarshal(raw, &whole))
	require.NoError(t, json.Unmarshal([]byte(old), &less))
	require.NotEqual(t, whole, less)
	w, err := world.Restore([]byte(old))
	require.NoError(t, err)
	again, err := w.Snapshot()
	require.NoError(t, err)
	require.JSONEq(t, string(raw), string(again))
	w.Advance(good.Add(time.Hour))
	_, err = w.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "RestoreTableToPointInTime",
		Input: doc{"SourceTableName": "sessions", "TargetTableName": "again", "RestoreDateTime": good.Format(time.RFC3339)}})
	require.NoError(t, err)
	w.Advance(w.Now().Add(time.Hour))
	out, err := w.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "GetItem",
		Input: doc{"TableName": "again", "Key": doc{"pk": attr("k"), "sk": attr("-")}}})
	require.NoError(t, err)
	assert.Equal(t, attr("good"), out["Item"].(doc)["value"])
}

// A moment before all time shows nothing.
func TestItems_didNotStandBeforeAllTime(t *testing.T) {
	t.Parallel()
	l := globalTable(t)
	l.keep(ireland, "k", "v")
	l.pass(time.Hour)
	require.NoError(t, l.Shows(ireland, "sessions", l.arn(ireland, "sessions"), l.Now()))
	require.Error(t, l.Shows(ireland, "sessions", l.arn(ireland, "sessions"), time.Time{}))
}
