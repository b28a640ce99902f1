// Package homes brings both homes of the example up on a simulated world of
// their own, for the tests that let something happen to them.
package homes

import (
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/sim"
	"redoubt/internal/engine"
	"redoubt/inventory"
	"redoubt/sim/fault"
	"redoubt/sim/world"
	"redoubt/system"
)

// The regions and the account of the example.
const (
	Ireland   = "eu-west-1"
	Frankfurt = "eu-central-1"
	Account   = "123456789012"
)

// Homes are both homes, up, on a world of their own.
type Homes struct {
	*world.World
	Engine *engine.Engine
}

// root is the folder of the example project.
var root = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}()

// up brings both homes up once for all tests of a process.
var up = sync.OnceValues(func() (*Homes, error) {
	return Raise(world.New(world.Config{Seed: 1}), root)
})

// Raise brings both homes of the project in a folder up on a world.
func Raise(w *world.World, folder string) (*Homes, error) {
	r, err := sim.Raise(context.Background(), w, folder, "", nil)
	if err != nil {
		return nil, err
	}
	return &Homes{r.World, r.Engine}, nil
}

// Standing returns both homes as they are after the first three updates.
func Standing(t testing.TB) *Homes {
	t.Helper()
	h, err := up()
	require.NoError(t, err)
	return h.Fork()
}

// Fork returns the same homes on a fork of the world.
func (h *Homes) Fork() *Homes {
	w := h.World.Fork()
	return &Homes{w, h.Engine.Fork(w)}
}

// System is what the example declares.
func System(t testing.TB) *system.System {
	t.Helper()
	sys, err := system.Load(filepath.Join(root, "system.yaml"))
	require.NoError(t, err)
	return sys
}

// Ask makes a call that must succeed.
func (h *Homes) Ask(t testing.TB, region, service, operation string, in world.Document) world.Document {
	t.Helper()
	out, err := h.Call(world.Request{Region: region, Service: service, Operation: operation, Input: in})
	require.NoError(t, err, "%s.%s", service, operation)
	return out
}

// Break injects a fault, or its inverse.
func (h *Homes) Break(t testing.TB, line string) {
	t.Helper()
	f, err := fault.Parse(line)
	require.NoError(t, err)
	require.NoError(t, h.Inject(f))
}

// Wait lets time pass.
func (h *Homes) Wait(d time.Duration) { h.Advance(h.Now().Add(d)) }

// Inventory is the whole inventory as a home keeps it whose region answers: the
// secondary's, or the primary's when the secondary's is lost.
func (h *Homes) Inventory(t testing.TB) inventory.Inventory {
	t.Helper()
	own, region := system.Secondary, Frankfurt
	if slices.Contains(h.Faults(), fault.Fault{Kind: fault.RegionDown, Region: Frankfurt}) {
		own, region = system.Primary, Ireland
	}
	read := func(home system.Home) inventory.Inventory {
		out := h.Ask(t, region, "s3", "GetObject", world.Document{
			"Bucket": "atlas-control-" + Account + "-" + region, "Key": inventory.ObjectKey(home)})
		inv, err := inventory.Decode([]byte(out["Body"].(string)))
		require.NoError(t, err)
		return inv
	}
	inv, err := inventory.Merge(read(own), read(own.Peer()))
	require.NoError(t, err)
	return inv
}
