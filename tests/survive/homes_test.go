package survive

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/internal/enginetest"
	"redoubt/sim/fault"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

const (
	ireland   = "eu-west-1"
	frankfurt = "eu-central-1"
)

// homes are both homes of the example, up, on a world of their own.
type homes struct {
	*world.World
	engine *enginetest.Engine
}

// up brings both homes up once for all tests of the package.
var up = sync.OnceValues(func() (*homes, error) {
	w := world.New(world.Config{Seed: 1})
	h := &homes{w, enginetest.New(w)}
	for _, home := range system.Homes {
		settings, err := settingsOf(home)
		if err != nil {
			return nil, err
		}
		h.engine.Add(&enginetest.Stack{
			Name: string(home), Config: settings, Secrets: []string{"redoubt:databasePassword"}, Program: stacks.Program,
		})
	}
	for _, round := range []struct {
		home  system.Home
		ready string
	}{{system.Primary, "false"}, {system.Secondary, "true"}, {system.Primary, "true"}} {
		s := h.engine.Stack(string(round.home))
		s.Config["redoubt:peerReady"] = round.ready
		if _, err := s.Up(context.Background()); err != nil {
			return nil, err
		}
	}
	return h, nil
})

// standing returns both homes as they are after the first three updates.
func standing(t *testing.T) *homes {
	t.Helper()
	h, err := up()
	require.NoError(t, err)
	return h.fork()
}

// fork returns the same homes on a fork of the world.
func (h *homes) fork() *homes {
	w := h.World.Fork()
	return &homes{w, h.engine.Fork(w)}
}

// settingsOf reads the settings of the example's stack file.
func settingsOf(home system.Home) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join("..", "..", "Pulumi."+string(home)+".yaml"))
	if err != nil {
		return nil, err
	}
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	out := map[string]string{
		"redoubt:system": "../../system.yaml", "redoubt:databasePassword": "simulated-Passw0rd-1",
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

func (h *homes) call(t *testing.T, region, service, operation string, in world.Document) world.Document {
	t.Helper()
	out, err := h.Call(world.Request{Region: region, Service: service, Operation: operation, Input: in})
	require.NoError(t, err, "%s.%s", service, operation)
	return out
}

func (h *homes) inject(t *testing.T, line string) {
	t.Helper()
	f, err := fault.Parse(line)
	require.NoError(t, err)
	require.NoError(t, h.Inject(f))
}

func (h *homes) wait(d time.Duration) { h.Advance(h.Now().Add(d)) }
