// Package alive answers the kubelet's liveness probe for a program that works in rounds: as long as a round ended not
// long ago.
package alive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"redoubt/internal/clock"
)

// Path is where the probe asks.
const Path = "/livez"

// Beat is the end of the last round. Its zero value has none and cannot be used; see New.
type Beat struct {
	clock  clock.Clock
	within time.Duration
	last   atomic.Int64
}

// New starts with a beat now. A program counts as stuck when it has not beaten for longer than within.
func New(c clock.Clock, within time.Duration) *Beat {
	b := &Beat{clock: c, within: within}
	b.Now()
	return b
}

// Now tells that a round has ended.
func (b *Beat) Now() { b.last.Store(b.clock.Now().UnixNano()) }

// ServeHTTP answers 200, or 503 with the age of the last beat.
func (b *Beat) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	age := b.clock.Now().Sub(time.Unix(0, b.last.Load()))
	if age > b.within {
		http.Error(w, fmt.Sprintf("no round has ended for %s, want at most %s", age.Round(time.Second), b.within),
			http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// Serve answers at address until ctx ends. It returns once it listens, with the address that it got.
func (b *Beat) Serve(ctx context.Context, address string) (net.Addr, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("answer the liveness probe: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle(Path, b)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 2 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			_ = listener.Close() // the probe fails then, and the kubelet starts the program again
		}
	}()
	return listener.Addr(), nil
}
