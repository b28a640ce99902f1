package endtoend

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Run is what one run of the engine did, or what it would do.
type Run struct {
	// Changes are the steps that change something, each on one line, sorted.
	Changes []string
	// Unchanged counts the resources that stay as they are.
	Unchanged int
	// Took is how long the run took.
	Took time.Duration

	faults []string
}

// lastEvents is how long the events of a run that has returned may take. A run
// that failed before its first event leaves the channel open for ever.
const lastEvents = 5 * time.Second

// watch collects the events of a run. Its error has the engine's own errors in it.
func watch(act func(chan<- events.EngineEvent) error) (Run, error) {
	ch, ended, begun := make(chan events.EngineEvent), make(chan struct{}), time.Now()
	var out Run
	go func() {
		defer close(ended)
		for e := range ch {
			out.see(e)
		}
	}()
	err := act(ch)
	select {
	case <-ended:
	case <-time.After(lastEvents):
		return Run{}, errors.Join(err, errors.New("the engine's events do not end"))
	}
	out.Took = time.Since(begun)
	slices.Sort(out.Changes)
	if err != nil && len(out.faults) > 0 {
		err = errors.New(strings.Join(out.faults, "\n"))
	}
	return out, err
}

// colour are the engine's colour marks.
var colour = regexp.MustCompile(`<\{%.*?%\}>`)

func (r *Run) see(e events.EngineEvent) {
	switch {
	case e.ResOutputsEvent != nil:
		r.step(e.ResOutputsEvent.Metadata)
	case e.DiagnosticEvent != nil && e.DiagnosticEvent.Severity == "error":
		said := colour.ReplaceAllString(e.DiagnosticEvent.Message, "")
		r.faults = append(r.faults, short(e.DiagnosticEvent.URN)+": "+oneLine(said))
	}
}

func (r *Run) step(m apitype.StepEventMetadata) {
	switch m.Op {
	case apitype.OpRead, apitype.OpReadDiscard, apitype.OpReadReplacement, apitype.OpRefresh:
	case apitype.OpSame:
		r.Unchanged++
	default:
		line := string(m.Op) + " " + short(m.URN)
		for path := range m.DetailedDiff {
			line += " " + path
		}
		r.Changes = append(r.Changes, line)
	}
}

// Count says how many steps of an operation there were.
func (r *Run) Count(op apitype.OpType) int {
	n := 0
	for _, line := range r.Changes {
		if strings.HasPrefix(line, string(op)+" ") {
			n++
		}
	}
	return n
}

// String is the run in numbers.
func (r *Run) String() string {
	return fmt.Sprintf("%d created, %d updated, %d deleted, %d unchanged, in %s", r.Count(apitype.OpCreate),
		r.Count(apitype.OpUpdate), r.Count(apitype.OpDelete), r.Unchanged, r.Took.Round(time.Second))
}
