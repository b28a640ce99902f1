package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"redoubt/recovery/drill"
)

// Kept is a report that was written into a folder.
type Kept struct {
	drill.Report
	// Written is when its file was, by the clock of that machine.
	Written time.Time
}

// Folder reads the reports of a folder, in the order of their names. What cannot be read is told with its file, and hides
// none of the others; a folder that is not there has none.
func Folder(dir string) (all []Kept, unread []error, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, nil, err
	}
	for _, file := range files {
		if filepath.Base(file) == "index.json" || strings.HasSuffix(file, ".plan.json") {
			continue // those of all drills, and the plan of one
		}
		one, err := read(file)
		if err != nil {
			unread = append(unread, fmt.Errorf("%s: %w", filepath.Join(filepath.Base(dir), filepath.Base(file)), err))
			continue
		}
		all = append(all, one)
	}
	return all, unread, nil
}

func read(file string) (Kept, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Kept{}, err
	}
	var k Kept
	if err := json.Unmarshal(text, &k.Report); err != nil {
		return Kept{}, err
	}
	if len(k.Phases) == 0 {
		return Kept{}, errors.New("it has no phases")
	}
	info, err := os.Stat(file)
	if err != nil {
		return Kept{}, err
	}
	k.Written = info.ModTime()
	return k, nil
}
