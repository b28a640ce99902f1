package sim

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"

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

func TestSummary_saysChangesFirst(t *testing.T) {
	t.Parallel()
	o := outcome{Changes: map[string]int{"same": 180, "create": 18, "update": 8, "read": 3, "delete": 0}}
	assert.Equal(t, "18 created, 8 updated, 180 unchanged", o.summary(done))
	assert.Equal(t, "18 to create, 8 to update, 180 unchanged", o.summary(planned))
	assert.Equal(t, 26, o.changed())
	assert.Equal(t, "nothing to do", outcome{}.summary(done))
}
