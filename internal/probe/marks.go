package probe

import (
	"context"
	"errors"
	"sync"
	"time"

	"redoubt/internal/clock"
	"redoubt/internal/probe/cells"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

// attempt is how long a write of a mark may take.
const attempt = 5 * time.Second

// Mark keeps the mark of one store young, and knows whether the last write was acknowledged.
type Mark struct {
	Store system.Store
	Cell  cells.Cell
	// Every is the time from one write to the next.
	Every time.Duration

	mu    sync.Mutex
	tried time.Time
	err   error
}

// NewMark is the mark of a store, written at the beat that the alarms count on.
func NewMark(s *system.System, st system.Store, c cells.Cell) *Mark {
	return &Mark{Store: st, Cell: c, Every: watch.Beat(s, st)}
}

// Keep writes the mark until the context ends.
func (m *Mark) Keep(ctx context.Context, c clock.Clock, active func(context.Context) (system.Home, error)) {
	defer m.Cell.Close()
	for ctx.Err() == nil {
		began := c.Now()
		m.once(ctx, c, active)
		_ = c.Sleep(ctx, m.Every-c.Now().Sub(began))
	}
}

// once writes the mark. While nobody knows which home serves nothing is tried.
func (m *Mark) once(ctx context.Context, c clock.Clock, active func(context.Context) (system.Home, error)) {
	ctx, stop := context.WithTimeout(ctx, attempt)
	defer stop()
	serves, err := active(ctx)
	if err != nil {
		return
	}
	at := c.Now()
	err = m.Cell.Write(ctx, serves, at)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tried, m.err = c.Now(), err
}

// last is whether the last write was acknowledged; false when none was tried lately.
func (m *Mark) last(now time.Time) (acknowledged, lately bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	lately = !m.tried.IsZero() && now.Sub(m.tried) <= 2*m.Every+2*attempt
	return m.err == nil, lately, m.err
}

// marks are the looks at each store: whether it takes writes, and how old what is here is.
func (e *Eyes) marks() []look {
	var out []look
	for _, st := range e.System.Stores {
		m, there := e.Stores[st.Name]
		if !there {
			continue
		}
		out = append(out, look{"writes of store " + st.Name, func(context.Context) (found, error) {
			acknowledged, lately, err := m.last(e.Clock.Now())
			if !lately {
				return nil, errors.New("none was tried lately")
			}
			return func(s *prober.Sight) { s.Accepts[st.Name] = acknowledged }, err
		}}, look{"the mark of store " + st.Name, func(ctx context.Context) (found, error) {
			at, err := m.Cell.Read(ctx)
			return unless(err, func(s *prober.Sight) { s.Newest[st.Name] = at })
		}})
	}
	return out
}
