package witness

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/system"
	model "redoubt/witness"
	"redoubt/witness/program"
	"redoubt/witness/run"
	"redoubt/witness/run/segments"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func said() program.Told {
	figure := func(d time.Duration) model.Figure {
		return model.Figure{Value: d, Margin: time.Second, Kind: model.Measured, Known: true}
	}
	return program.Told{Home: system.Secondary, Since: noon, Stores: []program.Judged{
		{Verdict: run.Verdict{Loss: model.Loss{Store: "sessions", Known: true, Acknowledged: 3600, Lost: 4, RPO: figure(4 * time.Second)},
			RTO: figure(8 * time.Minute), Outages: []model.Outage{{From: noon, To: noon.Add(8 * time.Minute)}}}},
		{Verdict: run.Verdict{Loss: model.Loss{Store: "work", Known: true, Acknowledged: 3600, RPO: figure(0)}, RTO: figure(0)}},
	}}
}

func TestTell_whatIsUnknownIsNoSuccess(t *testing.T) {
	t.Parallel()
	tell := func(told program.Told) (string, exit.Code) {
		var out bytes.Buffer
		o := Options{Streams: &streams.Streams{Out: &out, Err: &out}}
		err := o.tell(told)
		return out.String(), exit.Of(err)
	}
	text, code := tell(said())
	assert.Equal(t, exit.OK, code)
	assert.Regexp(t, `sessions +3600 +4 +4s ±1s \(measured\) +8m0s ±1s \(measured\)`, text)
	assert.Regexp(t, `work +3600 +0 +0s ±1s \(measured\) +- `, text)
	unread := said()
	unread.Stores[0] = program.Judged{Verdict: run.Verdict{Loss: model.Loss{Store: "sessions"}}, Unread: "no answer"}
	text, code = tell(unread)
	assert.Equal(t, exit.NotProven, code)
	assert.Regexp(t, `sessions +0 +unknown +unknown +unknown +no answer`, text)
	late := said()
	late.Gaps = []segments.Gap{{From: noon.Add(-time.Hour), To: noon}}
	text, code = tell(late)
	assert.Equal(t, exit.NotProven, code, "what was lost before it came nobody knows")
	assert.Contains(t, text, "it noted nothing from 2026-03-01T11:00:00Z to 2026-03-01T12:00:00Z")
	torn := said()
	torn.Unknown = "segment 3 is torn"
	torn.Gaps = []segments.Gap{{From: noon, To: noon.Add(time.Minute)}}
	text, code = tell(torn)
	assert.Equal(t, exit.NotProven, code)
	assert.Contains(t, text, "every loss is unknown: segment 3 is torn")
	assert.Contains(t, text, "it noted nothing from 2026-03-01T12:00:00Z to 2026-03-01T12:01:00Z")
}

func TestRun_refusesBadWords(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Options{
		"on aws alone":            {On: "sim", Since: time.Hour},
		"want more than nothing":  {On: "aws"},
		`--home is "third", want`: {On: "aws", Since: time.Hour, Home: "third"},
	} {
		require.ErrorContains(t, o.run(t.Context()), want)
	}
}
