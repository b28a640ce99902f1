package sim

import (
	"errors"
	"os"
	"path/filepath"

	"redoubt/internal/cli/exit"
	"redoubt/stacks"
	"redoubt/system"
)

// project is what the current folder's files say. Reading it touches nothing.
type project struct {
	dir    string
	system *system.System
	// account is the account id of the simulated regions.
	account string
}

// openProject reads and checks the current folder's files.
func openProject() (*project, error) {
	dir, err := filepath.Abs(".")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat("Pulumi.yaml"); err != nil {
		return nil, exit.Errorf(exit.Usage, "go to the project's folder, where Pulumi.yaml is, and run it there",
			"no Pulumi.yaml in %s", filepath.Base(dir))
	}
	p := &project{dir: dir}
	file := ""
	for _, h := range system.Homes {
		doc, err := readSettings("Pulumi." + string(h) + ".yaml")
		if err != nil {
			return nil, exit.With(exit.Usage, err, "the project has a settings file for each home; restore it")
		}
		name := or(doc.text("system"), "system.yaml")
		if file != "" && name != file {
			return nil, exit.Errorf(exit.Usage, "give both settings files the same redoubt:system",
				"the homes name two system files: %s and %s", file, name)
		}
		file, p.account = name, or(p.account, doc.text("accountId"))
	}
	if p.system, err = loadSystem(file); err != nil {
		return nil, err
	}
	return p, nil
}

// loadSystem reads the system file, or tells its faults as they are.
func loadSystem(file string) (*system.System, error) {
	s, err := system.Load(file)
	var faults *system.Faults
	if errors.As(err, &faults) {
		return nil, exit.Faults(err)
	}
	return s, exit.With(exit.Usage, err, "redoubt:system in the settings files names the system file")
}

// path is a path below the simulator's folder.
func (p *project) path(parts ...string) string {
	return filepath.Join(append([]string{p.dir, Folder}, parts...)...)
}

// text is a setting of the program; empty when it is not there.
func (d settingsDoc) text(key string) string {
	v, _ := d.Config[stacks.Namespace+":"+key].(string)
	return v
}
