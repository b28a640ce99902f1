package assess

import (
	"runtime/debug"
	"sync"
)

// collecting is how many forecasts are under way, and what the collector was set to before the first of them.
var collecting struct {
	sync.Mutex
	forecasts, before int
}

// seldom lets the collector run a tenth as often as usual: a forecast makes much that nobody keeps, beside homes and
// memories that stay, which are some forty megabytes of the example's.
const seldom = 1000

// CollectLess holds until the last forecast under way has called what it returns. Who brings homes up for a forecast calls it too.
func CollectLess() (restore func()) {
	collecting.Lock()
	defer collecting.Unlock()
	if collecting.forecasts++; collecting.forecasts == 1 {
		collecting.before = debug.SetGCPercent(seldom)
	}
	return func() {
		collecting.Lock()
		defer collecting.Unlock()
		if collecting.forecasts--; collecting.forecasts == 0 {
			debug.SetGCPercent(collecting.before)
		}
	}
}
