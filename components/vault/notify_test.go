package vault

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/pulumitest"
)

func TestVault_itsEventRulesAndTheHomesAlarmsPublish(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	text := r.Get(t, topicToken, "main-topic-policy").Values()["policy"].(string)
	for _, e := range r.OfType(eventToken) {
		if e.Name == "main-restored" {
			continue // it starts the state machine
		}
		assert.Contains(t, text, "arn:aws:events:eu-west-1:"+account+":rule/"+e.Values()["name"].(string))
	}
	assert.Contains(t, text, "arn:aws:sns:eu-west-1:"+account+":agora-backups-told-primary")
	doc, err := iampolicy.Parse(text)
	require.NoError(t, err)
	require.Len(t, doc.Statements, 2, "nobody else publishes")
	alarms := doc.Statements[1]
	assert.Equal(t, map[string][]string{"Service": {"cloudwatch.amazonaws.com"}}, alarms.Principals)
	assert.Equal(t, map[string]map[string][]string{
		"StringEquals": {"aws:SourceAccount": {account}},
		"ArnLike":      {"aws:SourceArn": {"arn:aws:cloudwatch:eu-west-1:" + account + ":alarm:agora-primary-*"}},
	}, alarms.Conditions)
	assert.Equal(t, []string{TopicArn(primaryArgs(0).Scope)}, alarms.Resources)
	for _, target := range r.OfType(targetToken) {
		if target.Name == "main-restored-machine" {
			continue
		}
		assert.Contains(t, target.RPC.GetDependencies(), r.Get(t, topicToken, "main-topic-policy").URN)
	}
}

func TestVault_failuresOfEveryKindAreTold(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	var pattern struct {
		Source     []string `json:"source"`
		DetailType []string `json:"detail-type"`
	}
	text := r.Get(t, eventToken, "main-failed").Values()["eventPattern"].(string)
	require.NoError(t, json.Unmarshal([]byte(text), &pattern))
	assert.Equal(t, []string{"aws.backup"}, pattern.Source)
	for _, job := range []string{"Backup", "Copy", "Restore"} {
		assert.Contains(t, pattern.DetailType, job+" Job State Change")
	}
	for _, state := range []string{"FAILED", "ABORTED", "EXPIRED", "STOPPED"} {
		assert.Contains(t, text, `"`+state+`"`)
	}
}
