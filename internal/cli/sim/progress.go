package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"redoubt/internal/cli/streams"
)

// progress shows one engine run: a line that is redrawn on a terminal, a line
// for each changed resource elsewhere. It also keeps what went wrong.
type progress struct {
	streams *streams.Streams
	label   string
	start   time.Time
	now     func() time.Time
	done    int
	changed int
	faults  []string
	ended   chan struct{}
}

// watch starts showing what arrives on the channel it returns.
func watch(s *streams.Streams, label string) (*progress, chan<- events.EngineEvent) {
	p := &progress{streams: s, label: label, now: time.Now, ended: make(chan struct{})}
	p.start = p.now()
	ch := make(chan events.EngineEvent)
	go func() {
		defer close(p.ended)
		for e := range ch {
			p.see(e)
		}
		p.clear()
	}()
	return p, ch
}

// wait returns when every event has been shown.
func (p *progress) wait() { <-p.ended }

func (p *progress) see(e events.EngineEvent) {
	switch {
	case e.ResOutputsEvent != nil:
		m := e.ResOutputsEvent.Metadata
		p.done++
		if !quiet(m.Op) {
			p.changed++
			p.line(m)
		}
		p.redraw(m)
	case e.ResOpFailedEvent != nil:
		p.faults = append(p.faults, "failed: "+short(e.ResOpFailedEvent.Metadata))
	case e.DiagnosticEvent != nil && e.DiagnosticEvent.Severity == "error":
		if text := strings.TrimSpace(plainText(e.DiagnosticEvent.Message)); text != "" {
			p.faults = append(p.faults, text)
		}
	}
}

func quiet(op apitype.OpType) bool {
	switch op {
	case apitype.OpSame, apitype.OpRead, apitype.OpReadDiscard, apitype.OpReadReplacement, apitype.OpRefresh:
		return true
	}
	return false
}

func (p *progress) line(m apitype.StepEventMetadata) {
	if p.streams.Live {
		return
	}
	p.streams.Notef("%s %-9s %-12s %s\n", p.since(), p.label, m.Op, short(m))
}

func (p *progress) redraw(m apitype.StepEventMetadata) {
	if !p.streams.Live {
		return
	}
	text := fmt.Sprintf("%s %s: %d resources, %d changed  %s", p.since(), p.label, p.done, p.changed, short(m))
	if limit := p.streams.Width - 1; len(text) > limit {
		text = text[:limit]
	}
	p.streams.Notef("\r\x1b[K%s", text)
}

func (p *progress) clear() {
	if p.streams.Live {
		p.streams.Notef("\r\x1b[K")
	}
}

func (p *progress) since() string {
	d := p.now().Sub(p.start)
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// short is a resource's type and name without the rest of its URN.
func short(m apitype.StepEventMetadata) string {
	parts := strings.Split(m.URN, "::")
	return m.Type + " " + parts[len(parts)-1]
}

// plainText drops the engine's colour marks, such as <{%reset%}>.
func plainText(s string) string {
	for {
		from := strings.Index(s, "<{%")
		to := strings.Index(s, "%}>")
		if from < 0 || to < from {
			return s
		}
		s = s[:from] + s[to+3:]
	}
}
