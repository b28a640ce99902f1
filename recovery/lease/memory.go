package lease

import (
	"context"
	"sync"
)

// Memory is a Store without a table, for simulated runs.
type Memory struct {
	mu     sync.Mutex
	leases map[string]Lease
}

var _ Store = (*Memory)(nil)

// Get returns the lease.
func (m *Memory) Get(_ context.Context, name string) (Lease, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.leases[name], nil
}

// Swap writes next when nobody wrote since old was read.
func (m *Memory) Swap(_ context.Context, name string, old, next Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases[name].Version != old.Version {
		return ErrChanged
	}
	if m.leases == nil {
		m.leases = map[string]Lease{}
	}
	m.leases[name] = next
	return nil
}
