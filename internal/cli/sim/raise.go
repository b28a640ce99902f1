package sim

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"

	"redoubt/internal/cli/project"
	plain "redoubt/internal/engine"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

// Raised are both homes of a project, up on a world in this process: by the program itself, and without the Pulumi CLI.
type Raised struct {
	*world.World
	Engine *plain.Engine
}

// Raise brings both homes up on a world, in the three updates that they take. File is the system's file, from the folder; empty takes
// the one that the settings name. Changes are settings of both homes that are others than in their files.
func Raise(ctx context.Context, w *world.World, folder, file string, changes map[string]string) (*Raised, error) {
	r := &Raised{w, plain.New(w)}
	for _, home := range system.Homes {
		settings, err := settingsOf(folder, file, home)
		if err != nil {
			return nil, err
		}
		maps.Copy(settings, changes)
		r.Engine.Add(&plain.Stack{Name: string(home), Config: settings, Secrets: []string{"redoubt:databasePassword"}, Program: stacks.Program})
	}
	for _, round := range []struct {
		home  system.Home
		ready string
	}{{system.Primary, "false"}, {system.Secondary, "true"}, {system.Primary, "true"}} {
		s := r.Engine.Stack(string(round.home))
		s.Config["redoubt:peerReady"] = round.ready
		if _, err := s.Up(ctx); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// settingsOf reads the settings of a home's file as the program gets them.
func settingsOf(folder, file string, home system.Home) (map[string]string, error) {
	s, err := project.Read(filepath.Join(folder, "Pulumi."+string(home)+".yaml"))
	if err != nil {
		return nil, err
	}
	out := map[string]string{"redoubt:databasePassword": "simulated-Passw0rd-1"}
	for key, v := range s.Config {
		text, plain := v.(string)
		if !plain {
			raw, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			text = string(raw)
		}
		out[key] = text
	}
	if file == "" {
		file = s.Text("system")
	}
	if file == "" {
		file = "system.yaml"
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(folder, file)
	}
	out["redoubt:system"] = file
	return out, nil
}
