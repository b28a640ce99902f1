package policies

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/assess"
	cli "redoubt/internal/cli/assess"
	"redoubt/policies/rule"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/tests/example"
	"redoubt/tests/homes"
)

// foreseen are the forecasts that were made, by what they are of.
var foreseen sync.Map

// forecast predicts what comes of a variant of the example. One that changes objectives alone stands on the same homes.
func forecast(t testing.TB, s *system.System, text []byte) func(assess.Options) (assess.Report, error) {
	t.Helper()
	return func(o assess.Options) (assess.Report, error) {
		o.Workers = runtime.GOMAXPROCS(0)
		once, _ := foreseen.LoadOrStore(fmt.Sprintf("%+v\n%s", o, text), sync.OnceValues(func() (assess.Report, error) {
			if !reflect.DeepEqual(unpromised(s), unpromised(example.System(t))) {
				file := filepath.Join(t.TempDir(), "system.yaml")
				require.NoError(t, os.WriteFile(file, text, 0o600))
				return cli.Forecast(context.Background(), example.Root(), file, o)
			}
			h := homes.Standing(t)
			return assess.Assess(context.Background(), assess.Base{System: s, Active: system.Primary, World: drive.World{
				World: h.World, Inventory: h.Inventory(t),
				Regions: map[system.Home]string{system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt},
			}}, o)
		}))
		return once.(func() (assess.Report, error))()
	}
}

// unpromised is the system without its objectives.
func unpromised(s *system.System) system.System {
	out := *s
	out.Tiers = nil
	for _, t := range s.Tiers {
		t.Objectives = nil
		out.Tiers = append(out.Tiers, t)
	}
	return out
}

// foresees reports whether a rule looks at a forecast.
func foresees(r rule.Rule) bool { return r.Stack != nil && r.Stack.Forecasts != nil }
