package home

import "context"

// Majority watches the leases of three tables: the home's own, and two others. A home is the active one while it
// holds two of the three; no two homes can, because any two pairs of three have a table in common. So the loss of
// any one table, the arbiter's among them, stops nobody, and a home that is cut off from both others stops by itself.
//
// One table alone is its own majority, which is a home without an arbiter.
type Majority []*Home

// MayWrite tells whether the agent may write now, after a look where one is due.
func (m Majority) MayWrite(ctx context.Context) bool {
	for _, h := range m {
		if h.stale() {
			h.look(ctx)
		}
	}
	return m.Why() == nil
}

// Why tells why the agent may not write, nil when it may, by what has been seen: it asks nobody.
func (m Majority) Why() error {
	held := 0
	var why error
	for _, h := range m {
		if err := h.Why(); err == nil {
			held++
		} else {
			why = err
		}
	}
	if 2*held > len(m) {
		return nil
	}
	if why == nil {
		return ErrUnseen // there is no table
	}
	return why
}
