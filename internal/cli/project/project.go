// Package project reads the files that make a folder a project: the settings
// of both homes and the system file that they name. Reading touches nothing.
package project

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"gopkg.in/yaml.v3"

	"redoubt/internal/cli/exit"
	"redoubt/internal/naming"
	"redoubt/system"
)

// Namespace is the namespace of the program's settings: the project's name.
const Namespace = "redoubt"

// Folder is where a project keeps what this machine alone has: the simulated
// regions, and the runs of plans.
const Folder = ".redoubt"

// Project is what the current folder's files say.
type Project struct {
	Dir    string
	System *system.System
	// File is the system's file, as the settings name it from Dir.
	File string
	// Regions and Accounts say where each home lives; what its settings do not say is missing.
	Regions, Accounts map[system.Home]string
	// Production is true unless both homes' settings say false, as the program reads them; Allowed says that both let
	// experiments into production.
	Production, Allowed bool
	// Switch is how traffic moves between the homes, as the primary's settings say; empty is the program's own choice.
	Switch string
}

// Open reads and checks the current folder's files.
func Open() (*Project, error) { return OpenIn(".") }

// OpenIn reads and checks a folder's files.
func OpenIn(folder string) (*Project, error) {
	dir, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(folder, "Pulumi.yaml")); err != nil {
		return nil, exit.Errorf(exit.Usage, "go to the project's folder, where Pulumi.yaml is, and run it there",
			"no Pulumi.yaml in %s", filepath.Base(dir))
	}
	p := &Project{Dir: dir, Allowed: true, Regions: map[system.Home]string{}, Accounts: map[system.Home]string{}}
	file := ""
	for _, h := range system.Homes {
		s, err := Read(filepath.Join(folder, "Pulumi."+string(h)+".yaml"))
		if err != nil {
			return nil, exit.With(exit.Usage, err, "the project has a settings file for each home; restore it")
		}
		name := or(s.Text("system"), "system.yaml")
		if file != "" && name != file {
			return nil, exit.Errorf(exit.Usage, "give both settings files the same redoubt:system",
				"the homes name two system files: %s and %s", file, name)
		}
		file = name
		if h == system.Primary {
			p.Switch = s.Text("switch")
		}
		p.Production = p.Production || !s.says("production", false)
		p.Allowed = p.Allowed && s.says("experimentsInProduction", true)
		keep(p.Regions, h, s.Text("region"))
		keep(p.Accounts, h, s.Text("accountId"))
	}
	p.File = file
	if !filepath.IsAbs(file) {
		file = filepath.Join(folder, file)
	}
	if p.System, err = loadSystem(file); err != nil {
		return nil, err
	}
	return p, nil
}

func keep(in map[system.Home]string, h system.Home, text string) {
	if text != "" {
		in[h] = text
	}
}

// Path is a path below the project's own folder.
func (p *Project) Path(parts ...string) string {
	return filepath.Join(append([]string{p.Dir, Folder}, parts...)...)
}

// Scope is what the names of a home are made of.
func (p *Project) Scope(h system.Home) naming.Scope {
	return naming.Scope{System: p.System.Name, Home: h, Region: p.Regions[h], Account: p.Accounts[h]}
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

// Settings is a Pulumi stack file.
type Settings struct {
	EncryptionSalt string         `yaml:"encryptionsalt,omitempty"`
	Config         map[string]any `yaml:"config"`
}

// Read reads a stack file.
func Read(path string) (Settings, error) {
	s := Settings{Config: map[string]any{}}
	text, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err := yaml.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if s.Config == nil {
		s.Config = map[string]any{}
	}
	return s, nil
}

// Text is a setting of the program; empty when it is not there.
func (s Settings) Text(key string) string {
	v, _ := s.Config[Namespace+":"+key].(string)
	return v
}

// says reports whether a setting of the program is there and has the value. What is neither true nor false says nothing.
func (s Settings) says(key string, want bool) bool {
	v, err := strconv.ParseBool(fmt.Sprint(s.Config[Namespace+":"+key]))
	return err == nil && v == want
}

func or(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}
