package program

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"redoubt/internal/clock"
	"redoubt/system"
)

// Lookup finds the addresses of a name; net.DefaultResolver.LookupHost does.
type Lookup func(ctx context.Context, host string) ([]string, error)

var _ Lookup = net.DefaultResolver.LookupHost

// Switch tells which home serves, as clients see it: the one whose load balancer
// the domain's records lead to. It needs no rights and no control plane; what a resolver has cached counts, as
// it does for users.
type Switch struct {
	Lookup Lookup
	Clock  clock.Clock
	Domain string
	// Addresses are the names of the homes' load balancers.
	Addresses map[system.Home]string

	mu    sync.Mutex
	home  system.Home
	asked time.Time
}

// fresh is how long an answer is used again.
const fresh = time.Second

// Active tells which home serves. While nobody answers, the last answer holds.
func (s *Switch) Active(ctx context.Context) (system.Home, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.home != "" && s.Clock.Now().Sub(s.asked) < fresh {
		return s.home, nil
	}
	home, err := s.ask(ctx)
	s.asked = s.Clock.Now()
	if err != nil && s.home == "" {
		return "", err
	}
	if err == nil {
		s.home = home
	}
	return s.home, nil
}

func (s *Switch) ask(ctx context.Context) (system.Home, error) {
	leads, err := s.Lookup(ctx, s.Domain)
	if err != nil {
		return "", fmt.Errorf("look up %s: %w", s.Domain, err)
	}
	for _, home := range system.Homes {
		at, err := s.Lookup(ctx, s.Addresses[home])
		if err != nil {
			continue // the name of a lost home may be gone
		}
		if slices.ContainsFunc(at, func(a string) bool { return slices.Contains(leads, a) }) {
			return home, nil
		}
	}
	return "", fmt.Errorf("%s leads to %v, which is the load balancer of no home", s.Domain, leads)
}
