package flags

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/open-feature/go-sdk/openfeature"

	"redoubt/agentkit/measure"
	"redoubt/system"
	"redoubt/system/flags"
)

// State is what an agent gives now.
type State struct {
	system.Degradation
	// Stale says that the source has not answered for too long, and that this is the last it said.
	Stale bool
	// Fault says why the flag could not be read, if it could not; the state before stands.
	Fault error
}

// Levels are the degradation levels of one agent, as OpenFeature tells them. It
// is safe for concurrent use, and its questions cost no more than a lock.
type Levels struct {
	clients []openfeature.IClient
	agent   string
	metrics *measure.Recorder
	heard   openfeature.EventCallback
	stop    context.CancelFunc
	stopped chan struct{}

	// turn lets one change at a time be told.
	turn sync.Mutex
	// said is the last state that each client told; only who has the turn touches it.
	said      []State
	mu        sync.RWMutex
	state     State
	listeners []func(before, after State)
}

// events are after which the level may be another one.
var events = []openfeature.EventType{openfeature.ProviderReady, openfeature.ProviderConfigChange,
	openfeature.ProviderStale, openfeature.ProviderError}

// NewLevels follows the agent's flag through the clients until Close. Of several
// it obeys the one that gives most up, so that a level which a plan has set holds whatever
// AppConfig says, and while it says nothing. Metrics may be nil.
func NewLevels(agent string, metrics *measure.Recorder, clients ...openfeature.IClient) *Levels {
	unknown := State{Degradation: full}
	l := &Levels{clients: clients, agent: agent, metrics: metrics, state: unknown,
		said: slices.Repeat([]State{unknown}, len(clients))}
	// OpenFeature calls a handler with its own locks held, so the handler only leaves word.
	word := make(chan struct{}, 1)
	heard := func(openfeature.EventDetails) {
		select {
		case word <- struct{}{}:
		default:
		}
	}
	l.heard = &heard
	for _, client := range clients {
		for _, e := range events {
			client.AddHandler(e, l.heard)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	l.stop, l.stopped = stop, make(chan struct{})
	l.Refresh(ctx)
	go l.follow(ctx, word)
	return l
}

// follow looks at the flags each time that there is word of a change.
func (l *Levels) follow(ctx context.Context, word <-chan struct{}) {
	defer close(l.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case <-word:
			l.Refresh(ctx)
		}
	}
}

// Close ends the following; the last state stays. A listener must not call it.
func (l *Levels) Close() {
	l.stop()
	<-l.stopped
	for _, client := range l.clients {
		for _, e := range events {
			client.RemoveHandler(e, l.heard)
		}
	}
}

// State is all that is known.
func (l *Levels) State() State {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.state
}

// Level is the level that the agent works at.
func (l *Levels) Level() system.Level { return l.State().Level }

// Enabled reports whether a feature works at this level. A feature that no level names always does.
func (l *Levels) Enabled(feature string) bool { return !slices.Contains(l.State().Off, feature) }

// Fallback is what answers instead at this level; empty when nothing does.
func (l *Levels) Fallback() string { return l.State().Fallback }

// OnChange calls f after each change, one at a time and in order; f must neither wait long nor call Refresh.
func (l *Levels) OnChange(f func(before, after State)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listeners = append(l.listeners, f)
}

// Refresh asks OpenFeature now; events do so by themselves.
func (l *Levels) Refresh(ctx context.Context) {
	l.turn.Lock()
	defer l.turn.Unlock()
	before := l.State()
	for n, client := range l.clients {
		l.said[n] = l.ask(ctx, client, l.said[n])
	}
	after := worst(l.said)
	l.mu.Lock()
	l.state = after
	listeners := slices.Clone(l.listeners)
	l.mu.Unlock()
	l.metrics.Record(ctx, measure.Level, float64(slices.Index(system.Levels, after.Level)), l.agent)
	if same(before, after) {
		return
	}
	for _, f := range listeners {
		f(before, after)
	}
}

// ask is the state that the flag tells. What cannot be read leaves the level as it was;
// a flag that is not there degrades nothing.
func (l *Levels) ask(ctx context.Context, client openfeature.IClient, before State) State {
	details, err := client.ObjectValueDetails(ctx, l.agent, nil, openfeature.EvaluationContext{})
	if details.ErrorCode == openfeature.FlagNotFoundCode {
		return State{Degradation: full}
	}
	if err == nil {
		var d system.Degradation
		if d, err = degradation(details.Value); err == nil {
			stale, _ := details.FlagMetadata.GetBool(Stale)
			return State{Degradation: d, Stale: stale}
		}
	}
	before.Fault = fmt.Errorf("level of %s: %w", l.agent, err)
	return before
}

// worst is the state that gives most up; it is stale when any is, and has every fault.
func worst(said []State) State {
	out := State{Degradation: full}
	var faults []error
	for _, s := range said {
		if slices.Index(system.Levels, s.Level) > slices.Index(system.Levels, out.Level) {
			out.Degradation = s.Degradation
		}
		out.Stale = out.Stale || s.Stale
		faults = append(faults, s.Fault)
	}
	out.Fault = errors.Join(faults...)
	return out
}

func degradation(value any) (system.Degradation, error) {
	all, is := value.(map[string]any)
	if !is {
		return full, fmt.Errorf("flag is a %T, want an object", value)
	}
	v, err := flags.ValueOf(all)
	if err != nil {
		return full, err
	}
	return v.Degradation()
}

func same(a, b State) bool {
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	return a.Level == b.Level && a.Fallback == b.Fallback && a.Stale == b.Stale && slices.Equal(a.Off, b.Off) &&
		text(a.Fault) == text(b.Fault)
}
