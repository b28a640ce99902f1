package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/witness"
)

// The names of what a drill or a run leaves, in its folder of the archive.
const (
	planName    = "plan.json"
	journalName = "journal"
	reportName  = "report.json"
	witnessName = "witness.json"
)

// OfRun are a plan and its journal below a folder of the archive.
func OfRun(folder string, r drill.Ran) ([]Member, error) {
	text, err := plan.Encode(r.Plan)
	if err != nil {
		return nil, err
	}
	lines, err := journal.EncodeAll(r.Records)
	return []Member{{path.Join(folder, planName), text}, {path.Join(folder, journalName), lines}}, err
}

// Figures is the word of the witness, taken out of a report for who reads nothing else.
type Figures struct {
	Kind   witness.Kind  `json:"kind"`
	Tiers  []drill.Tier  `json:"tiers"`
	Stores []drill.Store `json:"stores"`
}

// OfReport are a report and the witness's word in it below a folder of the archive: for machines, for people, for a browser.
func OfReport(folder string, r drill.Report) ([]Member, error) {
	raw, err := report.JSON(r)
	if err != nil {
		return nil, err
	}
	page, err := report.HTML(r)
	if err != nil {
		return nil, err
	}
	figures, err := json.MarshalIndent(Figures{r.Kind, r.Tiers, r.Stores}, "", "  ")
	return []Member{{path.Join(folder, reportName), raw}, {path.Join(folder, "report.html"), page},
		{path.Join(folder, "report.md"), []byte(report.Markdown(r))}, {path.Join(folder, witnessName), append(figures, '\n')}}, err
}

// consistent holds what members say of each other: a report's plan is the one beside it, and a journal is whole and
// of that plan.
func (m Manifest) consistent(members []Member) error {
	var errs []error
	bodies := map[string][]byte{}
	for _, one := range members {
		bodies[one.Name] = one.Body
	}
	for _, one := range members {
		if path.Base(one.Name) != planName {
			continue
		}
		errs = append(errs, together(path.Dir(one.Name), one.Body, bodies))
	}
	return errors.Join(errs...)
}

// together holds a plan against the journal and the report of its folder.
func together(folder string, text []byte, bodies map[string][]byte) error {
	p, err := plan.Decode(text)
	if err != nil {
		return fmt.Errorf("member %s/%s: %w", folder, planName, err)
	}
	hash, err := p.Hash()
	if err != nil {
		return fmt.Errorf("member %s/%s: %w", folder, planName, err)
	}
	var errs []error
	if raw, has := bodies[path.Join(folder, reportName)]; has {
		var r drill.Report
		if err := json.Unmarshal(raw, &r); err != nil {
			errs = append(errs, fmt.Errorf("member %s/%s: %w", folder, reportName, err))
		} else if r.Plan.Hash != hash {
			errs = append(errs, fmt.Errorf("%s: the report is of plan %s, the plan beside it is %s", folder, r.Plan.Hash, hash))
		}
	}
	raw, has := bodies[path.Join(folder, journalName)]
	if !has {
		return errors.Join(append(errs, fmt.Errorf("%s: there is a plan and no journal", folder))...)
	}
	records, read, err := journal.Decode(raw)
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("member %s/%s: %w", folder, journalName, err))
	case read != len(raw):
		errs = append(errs, fmt.Errorf("member %s/%s: it ends within a record", folder, journalName))
	case len(records) == 0 || records[0].Plan != hash:
		errs = append(errs, fmt.Errorf("%s: the journal does not begin with plan %s, which stands beside it", folder, hash))
	}
	return errors.Join(errs...)
}
