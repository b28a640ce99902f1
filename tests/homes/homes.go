// Package homes brings both homes of the example up on a simulated world of
// their own, for the tests that let something happen to them.
package homes

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/internal/enginetest"
	"redoubt/inventory"
	"redoubt/sim/fault"
	"redoubt/sim/world"
	"redoubt/stacks"
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
	Engine *enginetest.Engine
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
	h := &Homes{w, enginetest.New(w)}
	for _, home := range system.Homes {
		settings, err := settingsOf(folder, home)
		if err != nil {
			return nil, err
		}
		h.Engine.Add(&enginetest.Stack{
			Name: string(home), Config: settings, Secrets: []string{"redoubt:databasePassword"}, Program: stacks.Program,
		})
	}
	for _, round := range []struct {
		home  system.Home
		ready string
	}{{system.Primary, "false"}, {system.Secondary, "true"}, {system.Primary, "true"}} {
		s := h.Engine.Stack(string(round.home))
		s.Config["redoubt:peerReady"] = round.ready
		if _, err := s.Up(context.Background()); err != nil {
			return nil, err
		}
	}
	return h, nil
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

// settingsOf reads the settings of a project's stack file.
func settingsOf(folder string, home system.Home) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(folder, "Pulumi."+string(home)+".yaml"))
	if err != nil {
		return nil, err
	}
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	out := map[string]string{
		"redoubt:system": filepath.Join(folder, "system.yaml"), "redoubt:databasePassword": "simulated-Passw0rd-1",
	}
	for key, v := range file.Config {
		text, plain := v.(string)
		if !plain {
			raw, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			text = string(raw)
		}
		out[key] = text
	}
	return out, nil
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
