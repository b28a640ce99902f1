package session_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/measure"
	"redoubt/agentkit/session"
	"redoubt/internal/clock"
	"redoubt/internal/metrictest"
)

// cache holds values, is gone, or never answers.
type cache struct {
	mu     sync.Mutex
	values map[string][]byte
	gone   error
	hangs  bool
	asked  int
}

func (c *cache) ask(ctx context.Context, cmd interface{ SetErr(error) }, do func()) {
	if c.hangs {
		<-ctx.Done()
		cmd.SetErr(ctx.Err())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked++; c.gone != nil {
		cmd.SetErr(c.gone)
	} else if !c.hangs {
		do()
	}
}

func (c *cache) Get(ctx context.Context, key string) *redis.StringCmd {
	cmd := redis.NewStringCmd(ctx)
	c.ask(ctx, cmd, func() {
		if v, there := c.values[key]; there {
			cmd.SetVal(string(v))
		} else {
			cmd.SetErr(redis.Nil)
		}
	})
	return cmd
}

func (c *cache) Set(ctx context.Context, key string, value any, _ time.Duration) *redis.StatusCmd {
	cmd := redis.NewStatusCmd(ctx)
	c.ask(ctx, cmd, func() { c.values[key], _ = value.([]byte) })
	return cmd
}

func (c *cache) Del(ctx context.Context, keys ...string) *redis.IntCmd {
	cmd := redis.NewIntCmd(ctx)
	c.ask(ctx, cmd, func() { delete(c.values, keys[0]) })
	return cmd
}

type bench struct {
	*session.Store
	cache  *cache
	m      *metrictest.Metrics
	source map[string]string
	loads  atomic.Int64
	gone   error
	takes  time.Duration
}

func newBench(t *testing.T) *bench {
	b := &bench{cache: &cache{values: map[string][]byte{}}, m: metrictest.New(t), source: map[string]string{"s1": "first"}}
	b.Store = &session.Store{Cache: b.cache, Prefix: "session:", Meter: b.m.Recorder,
		Source: func(ctx context.Context, id string) ([]byte, error) {
			b.loads.Add(1)
			if err := (clock.Wall{}).Sleep(ctx, b.takes); err != nil {
				return nil, err
			}
			v, there := b.source[id]
			if b.gone == nil && !there {
				return nil, session.ErrNone
			}
			return []byte(v), b.gone
		},
		Save: func(_ context.Context, id string, value []byte) error {
			if b.gone == nil {
				b.source[id] = string(value)
			}
			return b.gone
		}}
	return b
}

func (b *bench) get(t *testing.T, id string) session.Session {
	got, err := b.Get(t.Context(), id)
	require.NoError(t, err)
	return got
}

func pass(d time.Duration) { _ = clock.Wall{}.Sleep(context.Background(), d) }

func TestGet_isFreshWhileTheSourceAnswersAndSaysWhenItIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		began := clock.Wall{}.Now()
		b.get(t, "s1")
		b.source["s1"] = "changed elsewhere"
		pass(59 * time.Second)
		got := b.get(t, "s1")
		assert.Equal(t, session.Session{Value: []byte("first"), At: began}, got)
		assert.EqualValues(t, 1, b.loads.Load())
		pass(time.Second)
		assert.Equal(t, "changed elsewhere", string(b.get(t, "s1").Value))
		b.gone = errors.New("no database")
		pass(time.Hour)
		got = b.get(t, "s1")
		assert.True(t, got.Stale)
		assert.Equal(t, began.Add(time.Minute), got.At, "it says how old it is")
		assert.InDelta(t, 1, b.m.Value(t, measure.Sessions, "stale"), 0)
		_, err := b.Get(t.Context(), "s2")
		require.ErrorIs(t, err, b.gone)
	})
}

func TestGet_answersWithoutTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, hangs := range []bool{false, true} {
			b := newBench(t)
			b.cache.hangs = hangs
			if !hangs {
				b.cache.gone = errors.New("no cache")
			}
			began := clock.Wall{}.Now()
			for range 100 {
				assert.Equal(t, "first", string(b.get(t, "s1").Value))
			}
			assert.LessOrEqual(t, clock.Wall{}.Now().Sub(began), session.DefaultPatience, "only the first waits for it")
			assert.Equal(t, 1, b.cache.asked)
			b.cache.hangs, b.cache.gone = false, nil
			pass(session.DefaultRest)
			b.get(t, "s1")
			b.get(t, "s1")
			assert.EqualValues(t, 101, b.loads.Load(), "it is used again when it is back")
		}
	})
}

func TestGet_oneQuestionForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.takes = time.Second
		hasty, end := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer end()
		go func() {
			_, err := b.Get(hasty, "s1")
			assert.ErrorIs(t, err, context.DeadlineExceeded, "who cannot wait gives up, and the others get their answer")
		}()
		synctest.Wait()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				got, err := b.Get(t.Context(), "s1")
				assert.NoError(t, err)
				assert.Equal(t, "first", string(got.Value))
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, b.loads.Load())
	})
}

func TestPut_writesTheSourceFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.get(t, "s1")
		require.NoError(t, b.Put(t.Context(), "s1", []byte("second")))
		assert.Equal(t, "second", string(b.get(t, "s1").Value))
		assert.EqualValues(t, 1, b.loads.Load())
		b.gone = errors.New("no database")
		require.ErrorIs(t, b.Put(t.Context(), "s1", []byte("third")), b.gone)
		assert.Equal(t, "second", string(b.get(t, "s1").Value), "what the source does not have nobody is told")
		b.gone, b.cache.gone = nil, errors.New("no cache")
		require.NoError(t, b.Put(t.Context(), "s1", []byte("fourth")), "the source has it")
		b.cache.gone = nil
		pass(session.DefaultFresh)
		assert.Equal(t, "fourth", string(b.get(t, "s1").Value))
		delete(b.source, "s1")
		pass(session.DefaultFresh)
		_, err := b.Get(t.Context(), "s1")
		require.ErrorIs(t, err, session.ErrNone)
		assert.Empty(t, b.cache.values, "and the cache has it no more")
	})
}
