package call

import "sync"

// allowance is the retry budget: each call adds its share, each retry or hedge
// takes one. It never holds more than RetryReserve, with which it begins, so a
// long calm saves up no storm. A nil allowance allows everything.
type allowance struct {
	mu          sync.Mutex
	share, left float64
}

func newAllowance(share float64) *allowance {
	if share == Off {
		return nil
	}
	return &allowance{share: share, left: RetryReserve}
}

// earn adds the share of one call.
func (a *allowance) earn() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left = min(a.left+a.share, RetryReserve)
}

// back gives one back that was taken for what was not sent.
func (a *allowance) back() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left = min(a.left+1, RetryReserve)
}

// take reports whether one more retry or hedge may be sent, and counts it.
func (a *allowance) take() bool {
	if a == nil {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}
