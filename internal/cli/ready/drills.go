package ready

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"redoubt/internal/cli/target"
	"redoubt/recovery/drill"
	"redoubt/recovery/readiness"
	"redoubt/witness"
)

// drills are the reports that redoubt drill keeps in the project. What cannot be read is told, and is no error: it says
// nothing of the homes.
func drills(t target.Target) (all []readiness.Drilled, unread []string, err error) {
	files, err := filepath.Glob(filepath.Join(t.Project().Path("drills"), "*.json"))
	if err != nil {
		return nil, nil, err
	}
	for _, file := range files {
		if filepath.Base(file) == "index.json" || strings.HasSuffix(file, ".plan.json") {
			continue // those of all drills, and the plan of one
		}
		d, err := readDrill(file, witness.Kind(t.Kind()))
		if err != nil {
			unread = append(unread, fmt.Sprintf("%s: %v", filepath.Join(filepath.Base(filepath.Dir(file)), filepath.Base(file)), err))
			continue
		}
		all = append(all, d)
	}
	return all, unread, nil
}

// readDrill reads one report. The times in it are those of the place where the drill was; where that is not the place
// that is looked at, the file's own time says when it was.
func readDrill(file string, here witness.Kind) (readiness.Drilled, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return readiness.Drilled{}, err
	}
	var r drill.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return readiness.Drilled{}, err
	}
	if len(r.Phases) == 0 {
		return readiness.Drilled{}, fmt.Errorf("it has no phases")
	}
	d := readiness.Drilled{Report: r, At: r.Phases[0].From}
	if r.Kind != here {
		info, err := os.Stat(file)
		if err != nil {
			return d, err
		}
		d.At = info.ModTime()
	}
	return d, nil
}
