package real

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/internal/real"
	"redoubt/inventory"
	"redoubt/recovery/drill"
	"redoubt/system"
	"redoubt/witness"
)

// target is where the suite runs. Every method may be called again after it was left out or has failed.
type target interface {
	Kind() witness.Kind
	// Deploy brings both homes up, or up to date.
	Deploy(t *testing.T, ctx context.Context)
	// Steady requires that all is well.
	Steady(t *testing.T, ctx context.Context)
	// Known is what the homes tell of each other, and which of them serves.
	Known(t *testing.T, ctx context.Context) (inventory.Inventory, system.Home)
	// Place is where one drill takes place; done ends it.
	Place(t *testing.T, ctx context.Context) (at drill.Place, done func())
	// Restores requires that backups come back, and says what was seen of each.
	Restores(t *testing.T, ctx context.Context) []string
	// Cleanup takes down what Deploy brought up, mends what drills broke, and lists what is kept.
	Cleanup(t *testing.T, ctx context.Context) []string
	// Account is where it is; empty for the simulated regions.
	Account() string
	// Folder keeps what stages leave for each other, Record the lines of drills.
	Folder() string
	Record() string
	// Now is the time of the record.
	Now() time.Time
}

// root is the folder of the module.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// placeholders are what a run on AWS puts other words for.
const (
	placeholderAccount = "123456789012"
	placeholderDomain  = "drill.example.com"
)

// unfold writes the sandbox as a project of a folder, where it is none yet. Empty words leave the placeholders.
func unfold(t *testing.T, folder, account, domain string) *system.System {
	t.Helper()
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for name, from := range map[string]string{
		"Pulumi.yaml":           filepath.Join(root(), "Pulumi.yaml"),
		"Pulumi.primary.yaml":   filepath.Join(root(), "tests", "real", "sandbox", "Pulumi.primary.yaml"),
		"Pulumi.secondary.yaml": filepath.Join(root(), "tests", "real", "sandbox", "Pulumi.secondary.yaml"),
		"system.yaml":           filepath.Join(root(), "tests", "real", "sandbox", "system.yaml"),
	} {
		if _, err := os.Stat(filepath.Join(folder, name)); err == nil {
			continue // the stacks' own settings stand in it by now
		}
		raw, err := os.ReadFile(from)
		require.NoError(t, err)
		text := string(raw)
		if account != "" {
			text = strings.ReplaceAll(text, placeholderAccount, account)
		}
		if domain != "" {
			text = strings.ReplaceAll(text, placeholderDomain, domain)
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	sys, err := system.Load(filepath.Join(folder, "system.yaml"))
	require.NoError(t, err)
	return sys
}

// lead drills one scenario at a target, and leaves the drill for what it ran.
func lead(t *testing.T, ctx context.Context, where target, sys *system.System, of real.Led) (drill.Report, *drill.Drill) {
	t.Helper()
	s, err := real.Find(of.Scenario)
	require.NoError(t, err)
	inv, active := where.Known(t, ctx)
	at, done := where.Place(t, ctx)
	defer done()
	d := &drill.Drill{Place: at, Scenario: s, System: sys, Inventory: inv, Active: active, Return: of.Back}
	r, err := d.Run(ctx)
	require.NoError(t, err, "scenario %s", of.Scenario)
	return r, d
}

// told is one line about a report.
func told(r drill.Report) string {
	out := fmt.Sprintf("%s (%s): held %t", r.Scenario, r.Kind, r.Passed())
	for _, tier := range r.Tiers {
		out += fmt.Sprintf("; %s took %s of %s, lost %s of %s", tier.Name, tier.Took, tier.RTO, tier.Lost, tier.RPO)
	}
	return out
}
