package ready

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"redoubt/internal/clock"
)

// Grace is how long an agent takes to stop. The sum must be less than what
// Kubernetes grants it, which components/agents counts from the seconds of draining.
type Grace struct {
	// Announce is how long it still takes work after its readiness went off, so that whoever sends
	// it work sees that first. Zero stops taking work at once: right in a cluster, where the
	// hook before the stop has waited already.
	Announce time.Duration
	// Finish is how long work in hand may take. Default 30 s.
	Finish time.Duration
}

// ErrUnfinished says that work was cut off when Grace.Finish ended.
var ErrUnfinished = errors.New("work was cut off")

// Serve listens at the server's address and serves until ctx ends. Then it turns
// readiness off, announces that, takes no more work and lets the work in hand finish. It
// returns nil when all of it did.
func Serve(ctx context.Context, server *http.Server, h *Health, g Grace) error {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", server.Addr)
	if err != nil {
		return err
	}
	return ServeOn(ctx, l, server, h, g)
}

// ServeOn is Serve on a listener that is there already.
func ServeOn(ctx context.Context, l net.Listener, server *http.Server, h *Health, g Grace) error {
	if g.Finish == 0 {
		g.Finish = 30 * time.Second
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		h.Die(fmt.Errorf("server ended: %w", err))
		return err
	case <-ctx.Done():
	}
	h.Drain()
	announced, quiet := clock.Wall{}.Timer(g.Announce)
	defer quiet()
	select {
	case err := <-ended:
		return err
	case <-announced:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.Finish)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		return errors.Join(fmt.Errorf("%w after %s: %w", ErrUnfinished, g.Finish, err), server.Close())
	}
	return nil
}
