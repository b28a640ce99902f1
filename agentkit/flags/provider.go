// Package flags tells an agent at which degradation level it works: what is
// switched off, and what answers instead.
//
// Flags fail static: while their source does not answer, the last ones that it
// gave stand, marked stale; before the first answer nothing is degraded.
// Levels stands on OpenFeature alone, so any provider serves that gives an agent's flag
// as an object; Provider reads AWS AppConfig or a file.
package flags

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/open-feature/go-sdk/openfeature"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
	"redoubt/system/flags"
)

// Options are how a provider asks its source; a zero field means its default.
type Options struct {
	// Every is how often the source is asked. Default 5 s: the local agent of AppConfig answers from
	// memory, and asks AWS every 45 s by default
	// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-containers-agent-configuring.html).
	Every time.Duration
	// StaleAfter is how old the flags may be until they count as stale. Default three times Every.
	StaleAfter time.Duration
	// Metrics records measure.FlagsAge; nil records nothing.
	Metrics *measure.Recorder
	// Clock is the machine's when nil.
	Clock clock.Clock
}

// Provider is an OpenFeature provider on a source. It polls from Init to Shutdown.
type Provider struct {
	Options
	source Source
	events chan openfeature.Event

	// turn lets one Init or Shutdown at a time begin or end the asking.
	turn sync.Mutex
	stop context.CancelFunc
	done chan struct{}

	mu     sync.Mutex
	values flags.Values
	at     time.Time
	stale  bool
}

var (
	_ openfeature.FeatureProvider = (*Provider)(nil)
	_ openfeature.StateHandler    = (*Provider)(nil)
	_ openfeature.EventHandler    = (*Provider)(nil)
)

// NewProvider returns a provider that has asked nothing yet.
func NewProvider(s Source, o Options) *Provider {
	if o.Every == 0 {
		o.Every = 5 * time.Second
	}
	if o.StaleAfter == 0 {
		o.StaleAfter = 3 * o.Every
	}
	if o.Clock == nil {
		o.Clock = clock.Wall{}
	}
	// One event that waits is enough: who hears it looks at all flags.
	return &Provider{Options: o, source: s, events: make(chan openfeature.Event, 8)}
}

// Metadata names the provider after its source.
func (p *Provider) Metadata() openfeature.Metadata {
	return openfeature.Metadata{Name: "redoubt-" + p.source.Name()}
}

// Init asks for the flags once and then goes on asking. An error says that
// there are none yet; they may come later. A second Init ends what the first one began.
func (p *Provider) Init(openfeature.EvaluationContext) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.end()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	p.stop, p.done = stop, done
	err := p.Poll(ctx)
	go func() {
		defer close(done)
		for p.Clock.Sleep(ctx, p.Every) == nil {
			p.Poll(ctx) // the event has told it
		}
	}()
	return err
}

// Shutdown ends the asking.
func (p *Provider) Shutdown() {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.end()
}

func (p *Provider) end() {
	if p.stop != nil {
		p.stop()
		<-p.done
	}
}

// EventChannel tells changes, staleness and the end of it.
func (p *Provider) EventChannel() <-chan openfeature.Event { return p.events }

// Poll asks the source once. Without an answer the last flags stay.
func (p *Provider) Poll(ctx context.Context) error {
	values, err := p.source.Load(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Clock.Now()
	if err != nil {
		err = fmt.Errorf("flags of %s: %w", p.source.Name(), err)
		p.fail(now, err)
	} else {
		p.accept(now, values)
	}
	if !p.at.IsZero() {
		p.Metrics.Record(ctx, measure.FlagsAge, now.Sub(p.at).Seconds(), p.source.Name())
	}
	return err
}

// fail keeps the last flags, and says once that they are stale.
func (p *Provider) fail(now time.Time, err error) {
	switch {
	case p.at.IsZero():
		p.emit(openfeature.ProviderError, err.Error())
	case !p.stale && now.Sub(p.at) >= p.StaleAfter:
		p.stale = true
		p.emit(openfeature.ProviderStale, err.Error())
	}
}

// accept takes the flags, and says what is new about them.
func (p *Provider) accept(now time.Time, values flags.Values) {
	first, was := p.at.IsZero(), p.stale
	changed := changes(p.values, values)
	p.values, p.at, p.stale = values, now, false
	if first || was {
		p.emit(openfeature.ProviderReady, "")
	}
	if !first && len(changed) > 0 {
		p.emit(openfeature.ProviderConfigChange, "", changed...)
	}
}

// emit never waits: an event that finds the channel full comes after one that nobody has heard yet.
func (p *Provider) emit(what openfeature.EventType, message string, changed ...string) {
	select {
	case p.events <- openfeature.Event{ProviderName: p.Metadata().Name, EventType: what,
		ProviderEventDetails: openfeature.ProviderEventDetails{Message: message, FlagChanges: changed}}:
	default:
	}
}
