package sim

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
	"redoubt/system"
)

func event(op apitype.OpType, name string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{ResOutputsEvent: &apitype.ResOutputsEvent{
		Metadata: apitype.StepEventMetadata{
			Op: op, Type: "aws:s3/bucketV2:BucketV2", URN: "urn:pulumi:primary::redoubt::aws:s3/bucketV2:BucketV2::" + name,
			DetailedDiff: map[string]apitype.PropertyDiff{"tags.b": {}, "tags.a": {}},
		},
	}}}
}

func diagnostic(text string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{
		DiagnosticEvent: &apitype.DiagnosticEvent{Severity: "error", Message: text},
	}}
}

// show plays events to a progress and returns it and what stderr got.
func show(live bool, what string, all ...events.EngineEvent) (*progress, string) {
	s, _, errs := streams.Test()
	s.Live = live
	w := &workspace{streams: s, clock: clock.NewVirtual(time.Unix(0, 0)), again: "redoubt sim up"}
	p, ch := w.watch(system.Primary, what)
	for _, e := range all {
		ch <- e
	}
	close(ch)
	p.wait()
	p.end("1 created")
	return p, errs.String()
}

func TestProgress_isPlainLinesWithoutATerminal(t *testing.T) {
	t.Parallel()
	p, text := show(false, updating, event(apitype.OpSame, "old"), event(apitype.OpCreate, "new"))
	assert.Equal(t, "00:00 primary   create       aws:s3/bucketV2:BucketV2 new\n00:00 primary   update: 1 created\n", text)
	assert.Len(t, p.steps, 1)
	assert.Equal(t, "create       aws:s3/bucketV2:BucketV2 new", p.steps[0].String())
}

func TestProgress_isOneLineOnATerminalAndLeavesTheEnd(t *testing.T) {
	t.Parallel()
	_, text := show(true, updating, event(apitype.OpCreate, "new"))
	assert.Equal(t, 1, bytes.Count([]byte(text), []byte("\n")))
	assert.Contains(t, text, "\r\x1b[K00:00 primary: update, 1 resources, 1 changes  aws:s3/bucketV2:BucketV2 new")
	assert.Contains(t, text, "\r\x1b[K00:00 primary   update: 1 created\n")
}

func TestProgress_aPreviewIsAResultAndNoProgress(t *testing.T) {
	t.Parallel()
	p, text := show(false, previewing, event(apitype.OpUpdate, "old"))
	assert.Equal(t, "00:00 primary   preview: 1 created\n", text)
	assert.Equal(t, "update       aws:s3/bucketV2:BucketV2 old [tags.a, tags.b]", p.steps[0].String())
}

func TestExplain_tellsCausesOnceAndTheNextCommand(t *testing.T) {
	t.Parallel()
	p, _ := show(false, updating, diagnostic("<{%reset%}>no such bucket<{%reset%}>\n"), diagnostic("no such bucket"),
		diagnostic("update failed"))
	err := (&workspace{again: "redoubt sim up"}).explain(p, errors.New("exit status 1"))
	assert.Equal(t, "redoubt: error: update of primary: no such bucket\n"+
		"redoubt: hint: mend the cause, then: redoubt sim up (what was done is kept)\n", exit.Format(err))
	assert.Equal(t, exit.Unexpected, exit.Of(err))
}

func policy(rule, level, urn, message string) events.EngineEvent {
	return events.EngineEvent{EngineEvent: apitype.EngineEvent{PolicyEvent: &apitype.PolicyEvent{
		PolicyName: rule, EnforcementLevel: level, ResourceURN: urn, Message: message}}}
}

func TestExplain_tellsWhatPoliciesRefuseRuleByRule(t *testing.T) {
	t.Parallel()
	const queue = "urn:pulumi:primary::redoubt::aws:sqs/queue:Queue::"
	p, text := show(false, previewing,
		policy("queue-encrypted", "mandatory", queue+"b", "Queues are encrypted\nb: kmsMasterKeyId is missing\nGive it a key."),
		policy("queue-encrypted", "mandatory", queue+"a", "Queues are encrypted\na: kmsMasterKeyId is missing\nGive it a key."),
		policy("queue-retention", "advisory", queue+"a", "Queues keep messages\na: 60 s, want 4 days\nKeep them longer."),
		policy("bucket-locked", "mandatory", "", "Buckets are locked"))
	assert.Contains(t, text, "policy queue-retention (advisory): a: Queues keep messages\n  a: 60 s, want 4 days\n  Keep them longer.\n")
	err := (&workspace{again: "redoubt sim preview"}).explain(p, errors.New("exit status 255"))
	assert.Equal(t, exit.Refused, exit.Of(err))
	assert.Equal(t, "preview of primary: 3 refused by policies\n"+
		"policy bucket-locked: Buckets are locked\n"+
		"policy queue-encrypted: Queues are encrypted\n"+
		"  b: kmsMasterKeyId is missing\n  a: kmsMasterKeyId is missing\n  Give it a key.", err.Error())
}

func TestProgress_showsWhatIsNotJudgedWhereAPackIs(t *testing.T) {
	t.Parallel()
	told := diagnostic("redoubt policies: 2 not judged yet\n  bucket-locked: a: what AWS invents\n")
	told.DiagnosticEvent.Severity = "info"
	s, _, errs := streams.Test()
	w := &workspace{streams: s, clock: clock.NewVirtual(time.Unix(0, 0)), policies: Policies{Packs: []string{"policies"}}}
	p, ch := w.watch(system.Primary, previewing)
	ch <- told
	close(ch)
	p.wait()
	p.end("nothing to do")
	assert.Contains(t, errs.String(), "2 not judged yet\n  bucket-locked: a: what AWS invents\n")
	_, silent := show(false, previewing, told)
	assert.NotContains(t, silent, "not judged")
}

func TestSummary_saysChangesFirst(t *testing.T) {
	t.Parallel()
	o := outcome{Changes: map[string]int{"same": 180, "create": 18, "update": 8, "read": 3, "delete": 0}}
	assert.Equal(t, "18 created, 8 updated, 180 unchanged", o.summary(done))
	assert.Equal(t, "18 to create, 8 to update, 180 unchanged", o.summary(planned))
	assert.Equal(t, 26, o.changed())
	assert.Equal(t, "nothing to do", outcome{}.summary(done))
}

// TestProgress_countsAsTheEngineDoes: the counts are those of the summary, which the history told before.
func TestProgress_countsAsTheEngineDoes(t *testing.T) {
	t.Parallel()
	p, _ := show(false, updating, event(apitype.OpCreate, "new"), events.EngineEvent{EngineEvent: apitype.EngineEvent{
		SummaryEvent: &apitype.SummaryEvent{ResourceChanges: map[apitype.OpType]int{apitype.OpCreate: 1, apitype.OpSame: 2}}}})
	assert.Equal(t, map[string]int{"create": 1, "same": 2}, p.changes)
}

// TestEngine_isNotStartedForWhatNobodyReads: an engine without a CLI answers what is asked around each run, and nothing else.
func TestEngine_isNotStartedForWhatNobodyReads(t *testing.T) {
	t.Parallel()
	none := &engine{path: "/nowhere/pulumi"}
	for ask, want := range map[string]string{"select": "", "output": "{}", "history": "[]"} {
		out, _, code, err := none.Run(t.Context(), t.TempDir(), nil, nil, nil, nil, "stack", ask, "--json")
		require.NoError(t, err, ask)
		assert.Equal(t, want, out, ask)
		assert.Zero(t, code, ask)
	}
	_, _, _, err := none.Run(t.Context(), t.TempDir(), nil, nil, nil, nil, "stack", "export")
	assert.Error(t, err)
}
