package sim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"redoubt/internal/cli/streams"
	"redoubt/internal/clock"
	"redoubt/system"
)

// Step is one change of a resource.
type Step struct {
	Op   string `json:"op"`
	Type string `json:"type"`
	Name string `json:"name"`
	// Properties are the paths of what changes, for an update or a replacement.
	Properties []string `json:"properties,omitempty"`
}

// progress shows one engine run on stderr: a line that is redrawn on a
// terminal, a line for each changed resource elsewhere, and a line at the end.
// It also keeps what changed and what went wrong.
type progress struct {
	streams *streams.Streams
	clock   clock.Clock
	home    system.Home
	what    string
	start   time.Time
	seen    int
	steps   []Step
	// changes counts the resources by operation, as the engine tells it at the end.
	changes map[string]int
	// diagnosed are errors with their causes, failed the resources that failed.
	diagnosed, failed []string
	// judgements are what policy packs said.
	judgements []Judgement
	judging    bool
	ended      chan struct{}
}

// watch starts showing what arrives on the channel it returns.
func (w *workspace) watch(h system.Home, what string) (*progress, chan<- events.EngineEvent) {
	p := &progress{streams: w.streams, clock: w.clock, home: h, what: what, start: w.clock.Now(), ended: make(chan struct{}),
		judging: len(w.policies.Packs) > 0, changes: map[string]int{}}
	p.streams.Redraw(fmt.Sprintf("%s %s: %s begins", p.since(), h, what))
	ch := make(chan events.EngineEvent)
	go func() {
		defer close(p.ended)
		for e := range ch {
			p.see(e)
		}
	}()
	return p, ch
}

// lastEvents is how long the events of a run that has returned may take. A run
// that failed before its first event leaves the channel open for ever.
const lastEvents = 5 * time.Second

// wait waits until every event has been shown.
func (p *progress) wait() {
	late, stop := p.clock.Timer(lastEvents)
	defer stop()
	select {
	case <-p.ended:
	case <-late:
	}
}

// end says how the run ended.
func (p *progress) end(summary string) {
	p.streams.Above("%s %-9s %s: %s\n", p.since(), p.home, p.what, summary)
}

func (p *progress) see(e events.EngineEvent) {
	switch {
	case e.ResOutputsEvent != nil:
		p.step(e.ResOutputsEvent.Metadata)
	case e.SummaryEvent != nil:
		p.changes = map[string]int{}
		for op, n := range e.SummaryEvent.ResourceChanges {
			p.changes[string(op)] = n
		}
	case e.DiagnosticEvent != nil && e.DiagnosticEvent.Severity == "info" && p.judging: // what a pack has not judged
		p.streams.Above("%s\n", strings.TrimSpace(plainText(e.DiagnosticEvent.Message)))
	case e.PolicyEvent != nil:
		p.judged(*e.PolicyEvent)
	case e.ResOpFailedEvent != nil:
		p.failed = append(p.failed, "failed: "+short(e.ResOpFailedEvent.Metadata))
	case e.DiagnosticEvent != nil && e.DiagnosticEvent.Severity == "error":
		text := strings.TrimSpace(plainText(e.DiagnosticEvent.Message))
		if text != "" && text != "update failed" { // which says nothing that the exit code does not
			p.diagnosed = append(p.diagnosed, text)
		}
	}
}

func (p *progress) step(m apitype.StepEventMetadata) {
	p.seen++
	if !quiet(m.Op) {
		p.steps = append(p.steps, Step{Op: string(m.Op), Type: m.Type, Name: nameOf(m), Properties: properties(m)})
		if !p.streams.Live && p.what != previewing {
			p.streams.Notef("%s %-9s %-12s %s\n", p.since(), p.home, m.Op, short(m))
		}
	}
	p.streams.Redraw(fmt.Sprintf("%s %s: %s, %d resources, %d changes  %s",
		p.since(), p.home, p.what, p.seen, len(p.steps), short(m)))
}

// faults are the causes that the engine told or, when it told none, what failed.
func (p *progress) faults() []string {
	if len(p.diagnosed) > 0 {
		return slices.Compact(p.diagnosed)
	}
	return p.failed
}

func quiet(op apitype.OpType) bool {
	switch op {
	case apitype.OpSame, apitype.OpRead, apitype.OpReadDiscard, apitype.OpReadReplacement, apitype.OpRefresh:
		return true
	}
	return false
}

// properties are the changed paths of an update or a replacement.
func properties(m apitype.StepEventMetadata) []string {
	var out []string
	for path := range m.DetailedDiff {
		out = append(out, path)
	}
	if out == nil {
		out = append(out, m.Diffs...)
	}
	slices.Sort(out)
	return out
}

func (p *progress) since() string {
	d := p.clock.Now().Sub(p.start)
	return fmt.Sprintf("%02d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

// nameOf is a resource's name without the rest of its URN.
func nameOf(m apitype.StepEventMetadata) string {
	return m.URN[strings.LastIndex(m.URN, "::")+len("::"):]
}

func short(m apitype.StepEventMetadata) string { return m.Type + " " + nameOf(m) }

// plainText drops the engine's colour marks, such as <{%reset%}>.
func plainText(s string) string {
	for {
		from := strings.Index(s, "<{%")
		if from < 0 {
			return s
		}
		length := strings.Index(s[from:], "%}>")
		if length < 0 {
			return s
		}
		s = s[:from] + s[from+length+len("%}>"):]
	}
}
