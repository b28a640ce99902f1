package segments

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"redoubt/internal/clock"
	"redoubt/witness/run"
)

const (
	// Every lies between two segments: what a kill takes away at most.
	Every = 10 * time.Second
	// patience is how long a bucket may take to answer.
	patience = 10 * time.Second
	// most is how many tries wait for a bucket that does not answer: hours of ten stores.
	most = 200_000
)

var (
	errClosed = errors.New("the log is closed")
	errFull   = fmt.Errorf("%d tries wait for a bucket that takes no segment", most)
)

// Log is the log of one run of a witness.
//
// A try that was noted is safe once Put has returned. What a kill takes away before was in no segment: its marks count as
// unconfirmed where they are found, and as nothing where they are not.
type Log struct {
	objects Objects
	name    string
	epoch   int64

	mu      sync.Mutex
	pending []run.Try
	used    map[string]bool
	closed  bool
	// one puts at a time; part is the segment that is put next, body what is under way of it.
	one  sync.Mutex
	part int
	body []byte
}

var _ run.Notes = (*Log)(nil)

// Open begins a run of a witness, with numbers of its own.
func Open(ctx context.Context, objects Objects, name string) (*Log, error) {
	epoch, err := claim(ctx, objects, name)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return &Log{objects: objects, name: name, epoch: epoch, part: 1, used: map[string]bool{}}, nil
}

// Epoch is which run it is.
func (l *Log) Epoch() int64 { return l.epoch }

// Reserve gives a store the numbers of the run's own epoch, and those of another one where it asks again.
func (l *Log) Reserve(store string) (first, until int64, err error) {
	l.mu.Lock()
	again, closed := l.used[store], l.closed
	l.used[store] = true
	l.mu.Unlock()
	epoch := l.epoch
	switch {
	case closed:
		return 0, 0, errClosed
	case again:
		ctx, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		if epoch, err = claim(ctx, l.objects, l.name); err != nil {
			return 0, 0, err
		}
	}
	return epoch*Span + 1, (epoch + 1) * Span, nil
}

// Note notes a try for the next segment.
func (l *Log) Note(t run.Try) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return errClosed
	case len(l.pending) >= most:
		return errFull
	}
	l.pending = append(l.pending, t)
	return nil
}

// Put puts what was noted since the last segment. After an error the same segment is put again by the next call, unless it
// turns out to be there: nobody else has this epoch.
func (l *Log) Put(ctx context.Context) error {
	l.one.Lock()
	defer l.one.Unlock()
	if l.body == nil {
		l.mu.Lock()
		tries := l.pending
		l.pending = nil
		l.mu.Unlock()
		if len(tries) == 0 {
			return nil
		}
		body, err := encode(tries)
		if err != nil {
			return fmt.Errorf("put segment: %w", err)
		}
		l.body = body
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	err := l.objects.Create(ctx, segmentKey(l.name, l.epoch, l.part), l.body)
	if err != nil && !errors.Is(err, ErrExists) {
		return fmt.Errorf("put segment: %w", err)
	}
	l.part, l.body = l.part+1, nil
	return nil
}

// Close takes no more, and puts what is left until it is put or ctx ends.
func (l *Log) Close(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	for {
		left, err := l.left(), l.Put(ctx)
		if err == nil && !left {
			return nil
		}
		if err != nil && (clock.Wall{}).Sleep(ctx, time.Second) != nil {
			return err
		}
	}
}

// left reports whether a segment was under way: then there may be another one behind it.
func (l *Log) left() bool {
	l.one.Lock()
	defer l.one.Unlock()
	return l.body != nil
}
