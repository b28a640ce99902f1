package ready

import (
	"redoubt/internal/cli/target"
	"redoubt/recovery/drill/report"
	"redoubt/recovery/readiness"
	"redoubt/witness"
)

// drills are the reports that redoubt drill keeps in the project. What cannot be read is told, and is no error: it says
// nothing of the homes. The times in a report are those of the place where the drill was; where that is not the place that
// is looked at, the file's own time says when it was.
func drills(t target.Target) (all []readiness.Drilled, unread []string, err error) {
	kept, faults, err := report.Folder(t.Project().Path("drills"))
	for _, why := range faults {
		unread = append(unread, why.Error())
	}
	for _, k := range kept {
		d := readiness.Drilled{Report: k.Report, At: k.Phases[0].From}
		if k.Kind != witness.Kind(t.Kind()) {
			d.At = k.Written
		}
		all = append(all, d)
	}
	return all, unread, err
}
