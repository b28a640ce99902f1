// Package session keeps sessions in the cache (Valkey or Redis), in front of the store that they are really in.
//
// # What is guaranteed
//
// Get answers as long as either the cache or the source does, and says how old its answer is: Session.At is a time
// at which the source held this value. While the source answers, an answer is at most Fresh old. When it does not, the
// last value that the cache has is given, however old, and Stale is true. When the cache is gone, or slower than Patience, the
// source is asked; the cache is then left alone for Rest, so that a dead cache costs no request its time.
//
// Many that ask one process for the same session at once make one question to the source. Put writes the source
// first: nil means that the source has it, whether the cache does or not.
//
// # What is assumed
//
// The cache may lose everything at any time, and a failover of it may bring back an older value: At tells. Two
// processes that put one session at once are the source's to keep apart.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/singleflight"

	"redoubt/agentkit/measure"
	"redoubt/internal/clock"
)

// Cache is what is needed of a client of Valkey or Redis.
type Cache interface {
	Get(ctx context.Context, key string) *redis.StringCmd
	Set(ctx context.Context, key string, value any, expiration time.Duration) *redis.StatusCmd
	Del(ctx context.Context, keys ...string) *redis.IntCmd
}

var _ Cache = (*redis.Client)(nil)

// ErrNone means that the source has no such session. A Source returns it, and so does Get.
var ErrNone = errors.New("there is no such session")

// Store is the sessions of one kind. It is safe for concurrent use; use its address.
type Store struct {
	Cache Cache
	// Prefix begins the keys in the cache.
	Prefix string
	// Source reads a session from where it really is; ErrNone when there is none.
	Source func(ctx context.Context, id string) ([]byte, error)
	// Save writes a session to where it really is.
	Save func(ctx context.Context, id string, value []byte) error
	// Fresh is how old an answer may be while the source answers; zero means DefaultFresh. Keep is how long
	// the cache keeps a value for the time in which the source does not; zero means DefaultKeep.
	Fresh, Keep time.Duration
	// Patience is how long the cache may take, SourcePatience the source; zero means the defaults.
	Patience, SourcePatience time.Duration
	// Rest is how long a cache that failed is not asked; zero means DefaultRest.
	Rest time.Duration
	// Clock is nil for the machine's.
	Clock clock.Clock
	// Meter may be nil.
	Meter *measure.Recorder

	loads singleflight.Group
	// rested is when the cache may be asked again, in nanoseconds since 1970.
	rested atomic.Int64
}

// The defaults of Store.
const (
	DefaultFresh          = time.Minute
	DefaultKeep           = 24 * time.Hour
	DefaultPatience       = 100 * time.Millisecond
	DefaultSourcePatience = 2 * time.Second
	DefaultRest           = time.Second
)

// Session is an answer.
type Session struct {
	Value []byte
	// At is a time at which the source held the value.
	At time.Time
	// Stale is true when the value is older than Fresh, because the source does not answer.
	Stale bool
}

// kept is a session in the cache.
type kept struct {
	At    time.Time `json:"at"`
	Value []byte    `json:"value"`
}

// Get returns the session. It fails with ErrNone when the source has none, and with the source's error when the
// cache has no value either.
func (s *Store) Get(ctx context.Context, id string) (Session, error) {
	held, there := s.cached(ctx, id)
	if there && s.now().Sub(held.At) < or(s.Fresh, DefaultFresh) {
		s.tell(ctx, "cache")
		return Session{Value: held.Value, At: held.At}, nil
	}
	loaded, err := s.load(ctx, id)
	switch {
	case err == nil:
		s.tell(ctx, "source")
		return Session{Value: loaded.Value, At: loaded.At}, nil
	case errors.Is(err, ErrNone):
		s.tell(ctx, "none")
		return Session{}, fmt.Errorf("session %q: %w", id, err)
	case there:
		s.tell(ctx, "stale")
		return Session{Value: held.Value, At: held.At, Stale: true}, nil
	}
	s.tell(ctx, "failed")
	return Session{}, fmt.Errorf("session %q: %w", id, err)
}

// load asks the source, once for all that ask at the same time, and keeps the answer. Who asks may give up before.
func (s *Store) load(ctx context.Context, id string) (kept, error) {
	answer := s.loads.DoChan(id, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), or(s.SourcePatience, DefaultSourcePatience))
		defer cancel()
		began := s.now() // what the source tells was true at this time or later
		value, err := s.Source(ctx, id)
		switch {
		case errors.Is(err, ErrNone):
			s.cache(ctx, func(ctx context.Context) error { return s.Cache.Del(ctx, s.Prefix+id).Err() })
			return nil, err
		case err != nil:
			return nil, err
		}
		k := kept{At: began, Value: value}
		s.keep(ctx, id, k)
		return k, nil
	})
	select {
	case a := <-answer:
		k, _ := a.Val.(kept)
		return k, a.Err
	case <-ctx.Done():
		return kept{}, ctx.Err()
	}
}

// Put writes the session to its source, then to the cache. Where the cache does not take it, it may give the value
// before for as long as that is fresh.
func (s *Store) Put(ctx context.Context, id string, value []byte) error {
	if err := s.Save(ctx, id, value); err != nil {
		return fmt.Errorf("save session %q: %w", id, err)
	}
	s.loads.Forget(id) // a load that began before may still bring the value before
	s.keep(ctx, id, kept{At: s.now(), Value: value})
	return nil
}

func (s *Store) keep(ctx context.Context, id string, k kept) {
	raw, err := json.Marshal(k)
	if err != nil {
		return
	}
	s.cache(ctx, func(ctx context.Context) error {
		return s.Cache.Set(ctx, s.Prefix+id, raw, or(s.Keep, DefaultKeep)).Err()
	})
}

// cached is what the cache holds; a value that nobody can read is none.
func (s *Store) cached(ctx context.Context, id string) (k kept, there bool) {
	s.cache(ctx, func(ctx context.Context) error {
		raw, err := s.Cache.Get(ctx, s.Prefix+id).Bytes()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		there = err == nil && json.Unmarshal(raw, &k) == nil
		return err
	})
	return k, there
}

// cache asks the cache, unless it failed a moment ago.
func (s *Store) cache(ctx context.Context, ask func(context.Context) error) {
	if s.now().UnixNano() < s.rested.Load() {
		return
	}
	short, cancel := context.WithTimeout(ctx, or(s.Patience, DefaultPatience))
	defer cancel()
	if err := ask(short); err != nil && ctx.Err() == nil {
		s.rested.Store(s.now().Add(or(s.Rest, DefaultRest)).UnixNano())
		s.tell(ctx, "no cache")
	}
}

func (s *Store) now() time.Time {
	if s.Clock == nil {
		return clock.Wall{}.Now()
	}
	return s.Clock.Now()
}

func (s *Store) tell(ctx context.Context, from string) {
	s.Meter.Record(ctx, measure.Sessions, 1, from)
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
