// Package plantest holds example requests for plans, one or more of each
// scenario, on the example's own inventory: for the tests of the planner, and for
// those who check what plans call. What the simulated regions answered to the
// planner's questions is kept beside it; tests/recovery holds both against the program.
package plantest

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

//go:embed testdata
var kept embed.FS

// The files of testdata.
const (
	InventoryFile = "inventory.json"
	AnswersFile   = "answers.json"
)

// Now is when the examples' plans are made.
var Now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Example is a request with its name.
type Example struct {
	Name    string
	Request planner.Request
}

// Examples are the requests, ready to be planned, of the system in a file.
func Examples(systemFile string) ([]Example, error) {
	sys, err := system.Load(systemFile)
	if err != nil {
		return nil, err
	}
	inv, err := Inventory()
	if err != nil {
		return nil, err
	}
	answers, err := Answers()
	if err != nil {
		return nil, err
	}
	all := requests(Now)
	for n := range all {
		r := &all[n].Request
		r.System, r.Inventory, r.Answers, r.Now = sys, inv, answers[all[n].Name], Now
		if all[n].Name == Routed {
			r.Inventory = routed(inv)
		}
		if strings.HasSuffix(all[n].Name, Between) {
			r.Inventory = WithArbiter(inv)
		}
		r.Seen.InventoryAt = map[system.Home]time.Time{system.Primary: Now, system.Secondary: Now}
	}
	return all, nil
}

// Requests are the examples without system, inventory and answers, made at a time.
func Requests(now time.Time) []Example { return requests(now) }

// Inventory is that of the example's homes as the simulated regions make them.
func Inventory() (inventory.Inventory, error) {
	raw, err := kept.ReadFile("testdata/" + InventoryFile)
	if err != nil {
		return inventory.Inventory{}, err
	}
	return inventory.Decode(raw)
}

// Answers are what the questions of each example were answered, by its name.
func Answers() (map[string]map[string]plan.Document, error) {
	raw, err := kept.ReadFile("testdata/" + AnswersFile)
	if err != nil {
		return nil, err
	}
	var out map[string]map[string]plan.Document
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", AnswersFile, err)
	}
	return out, nil
}

// Keep writes a file of testdata, from a test two folders below the root.
func Keep(file string, content []byte) error {
	return os.WriteFile(filepath.Join("..", "..", "internal", "plantest", "testdata", file), content, 0o644)
}
