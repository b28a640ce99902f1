package report

import (
	"fmt"
	"os"
	"path/filepath"

	"redoubt/recovery/drill"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// Runs are the plans that drills have run, with their journals, by the names that their files begin with.
type Runs map[string]drill.Ran

// Add takes what a drill of a scenario has run, and what it has run on the way back.
func (r Runs) Add(scenario string, d *drill.Drill) {
	there, back := d.Ran()
	for name, ran := range map[string]drill.Ran{scenario: there, scenario + ".back": back} {
		if len(ran.Records) > 0 {
			r[name] = ran
		}
	}
}

// Keep puts three files for each drill, the plan and the journal of what it ran, and three for all of them into a folder,
// which is made when it is not there. Folder reads the reports again, and redoubt evidence bundles all of it.
func Keep(dir string, all []drill.Report, runs Runs) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	files := map[string]func() ([]byte, error){
		"index.html": func() ([]byte, error) { return HTMLOfAll(all) },
		"index.md":   func() ([]byte, error) { return []byte(MarkdownOfAll(all)), nil },
		"index.json": func() ([]byte, error) { return JSONOfAll(all) },
	}
	for _, r := range all {
		files[r.Scenario+".html"] = func() ([]byte, error) { return HTML(r) }
		files[r.Scenario+".md"] = func() ([]byte, error) { return []byte(Markdown(r)), nil }
		files[r.Scenario+".json"] = func() ([]byte, error) { return JSON(r) }
	}
	for name, ran := range runs {
		files[name+".plan.json"] = func() ([]byte, error) { return plan.Encode(ran.Plan) }
		files[name+".journal"] = func() ([]byte, error) { return journal.EncodeAll(ran.Records) }
	}
	for name, text := range files {
		raw, err := text()
		if err != nil {
			return fmt.Errorf("report %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o644); err != nil {
			return err
		}
	}
	return nil
}
