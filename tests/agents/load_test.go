//go:build apps && linux

package agents

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/examples/agents"
	"redoubt/internal/clock"
)

// load is people who ask questions and read conversations, at a rate that does not heed how long answers take.
type load struct {
	*atlas
	// asks and reads are the times between two.
	asks, reads time.Duration

	mu    sync.Mutex
	next  int
	phase string
	// accepted are the tokens that the gateway has answered 202 for.
	accepted []string
	samples  map[string]*samples
}

// samples are what people saw in one phase.
type samples struct {
	began, ended time.Time
	// asked and read are how long the good ones took; refusals are tries of questions that were not accepted.
	asked, read          []time.Duration
	refusals, readFailed int
}

// readPatience is how long people wait for a conversation, mostFailed the share of these for whom it may be too long.
const (
	readPatience = 2 * time.Second
	mostFailed   = 0.05
)

func newLoad(a *atlas, asks, reads time.Duration) *load {
	return &load{atlas: a, asks: asks, reads: reads, samples: map[string]*samples{}}
}

// begin keeps the conversation that people read, and lets them begin. End ends it when all that wait have heard.
func (l *load) begin(t *testing.T, phase string) (end func()) {
	t.Helper()
	s := agents.Session{Lines: []string{"a first line"}}
	require.NoError(t, ask(t.Context(), http.MethodPut, l.at("gateway")+"/sessions/s1", "", s, nil))
	l.enter(phase)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		l.run(ctx)
	}()
	return func() {
		cancel()
		<-over
	}
}

func now() time.Time { return clock.Wall{}.Now() }

// enter begins a phase: what is seen from now on counts there.
func (l *load) enter(phase string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.samples[l.phase]; s != nil {
		s.ended = now()
	}
	l.phase = phase
	l.samples[phase] = &samples{began: now()}
}

// note adds to the samples of the phase in which a try began.
func (l *load) note(phase string, add func(*samples)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	add(l.samples[phase])
}

func (l *load) current() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phase
}

// run asks and reads until the context ends, and then until all that wait have heard.
func (l *load) run(ctx context.Context) {
	var all sync.WaitGroup
	every := func(d time.Duration, what func(context.Context)) {
		all.Go(func() {
			for (clock.Wall{}).Sleep(ctx, d) == nil {
				all.Go(func() { what(ctx) })
			}
		})
	}
	every(l.asks, l.ask)
	every(l.reads, l.read)
	all.Wait()
}

// ask asks a question under one token until it is accepted, or nobody waits any more. Every third is asked twice at the same
// time, by somebody who presses the button twice.
func (l *load) ask(ctx context.Context) {
	token, phase, began := l.token(), l.current(), now()
	if last := token[len(token)-1]; (last-'0')%3 == 0 {
		go l.try(ctx, token) //nolint:errcheck // the answer to the other counts
	}
	for l.try(ctx, token) != nil {
		if ctx.Err() != nil {
			return
		}
		l.note(phase, func(s *samples) { s.refusals++ })
		if (clock.Wall{}).Sleep(ctx, time.Second) != nil {
			return
		}
	}
	took := now().Sub(began)
	l.note(phase, func(s *samples) { s.asked = append(s.asked, took) })
	l.accept(token)
}

// try asks once. Nil means that the question is accepted.
func (l *load) try(ctx context.Context, token string) error {
	q := agents.Question{Conversation: "conversation-" + token[len(token)-1:], Text: "why " + token}
	return ask(ctx, http.MethodPost, l.at("gateway")+"/questions", token, q, nil)
}

// read reads a conversation once.
func (l *load) read(ctx context.Context) {
	phase, began := l.current(), now()
	short, cancel := context.WithTimeout(ctx, readPatience)
	defer cancel()
	err := ask(short, http.MethodGet, l.at("gateway")+"/sessions/s1", "", nil, nil)
	took := now().Sub(began)
	if ctx.Err() != nil {
		return
	}
	l.note(phase, func(s *samples) {
		if err != nil {
			s.readFailed++
		} else {
			s.read = append(s.read, took)
		}
	})
}

// token is one that nobody had before.
func (l *load) token() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	return fmt.Sprint("question-", l.next)
}

// accept notes that a question is accepted.
func (l *load) accept(token string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepted = append(l.accepted, token)
}

// unanswered are the accepted tokens that have no answer yet.
func (l *load) unanswered(ctx context.Context) (left []string, err error) {
	l.mu.Lock()
	all := slices.Clone(l.accepted)
	l.mu.Unlock()
	for _, token := range all {
		var task agents.Task
		one := ask(ctx, http.MethodGet, l.at("gateway")+"/answers/"+token, "", nil, &task)
		if one != nil || task.Answer == "" {
			left, err = append(left, token), errors.Join(err, one)
		}
	}
	return left, err
}

// of is the time that a share of the samples took at most; zero when there are none.
func of(all []time.Duration, share float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// failedShare is the share of reads that failed.
func (s *samples) failedShare() float64 {
	return float64(s.readFailed) / float64(max(len(s.read)+s.readFailed, 1))
}
