package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"gopkg.in/yaml.v3"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/stacks"
	"redoubt/system"
)

func (w *workspace) settingsFile(h system.Home) string {
	return w.Path("work", "Pulumi."+string(h)+".yaml")
}

// settings copies the project's settings into the workspace, keeps what the
// simulator added before (the made-up password, peerReady, the generations of restored stores), and lays changes over.
func (w *workspace) settings(h system.Home, changes map[string]any) error {
	if err := os.MkdirAll(w.Path("work"), 0o755); err != nil {
		return err
	}
	if err := os.MkdirAll(w.Path("state"), 0o755); err != nil {
		return err
	}
	program, err := os.ReadFile(filepath.Join(w.Dir, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(w.Path("work", "Pulumi.yaml"), program, 0o644); err != nil {
		return err
	}
	given, err := project.Read(filepath.Join(w.Dir, "Pulumi."+string(h)+".yaml"))
	if err != nil {
		return exit.With(exit.Usage, err, "redoubt system check")
	}
	kept, err := project.Read(w.settingsFile(h))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	given.EncryptionSalt = kept.EncryptionSalt
	for _, key := range []string{passwordKey, peerReadyKey} {
		if v, ok := kept.Config[key]; ok {
			given.Config[key] = v
		}
	}
	if err := adopted(given.Config, kept.Config); err != nil {
		return err
	}
	for k, v := range changes {
		given.Config[k] = v
	}
	text, err := yaml.Marshal(given)
	if err != nil {
		return err
	}
	return os.WriteFile(w.settingsFile(h), text, 0o644)
}

const (
	passwordKey  = stacks.Namespace + ":databasePassword"
	peerReadyKey = stacks.Namespace + ":peerReady"
	protectKey   = stacks.Namespace + ":protect"
)

// peerReady tells what the workspace's settings say.
func (w *workspace) peerReady(h system.Home) bool {
	doc, err := project.Read(w.settingsFile(h))
	return err == nil && fmt.Sprint(doc.Config[peerReadyKey]) == "true" // the engine writes it back as text
}

// password sets a made-up database password once.
func (w *workspace) password(ctx context.Context, s auto.Stack, h system.Home) error {
	doc, err := project.Read(w.settingsFile(h))
	if err != nil {
		return err
	}
	if _, has := doc.Config[passwordKey]; has {
		return nil
	}
	return s.SetConfig(ctx, passwordKey, auto.ConfigValue{Value: "simulated-Passw0rd-1", Secret: true})
}

func or(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}

// generations are those of the stores, as the project's settings or an adoption say.
func (w *workspace) generations(h system.Home) (map[string]int, error) {
	given, err := project.Read(filepath.Join(w.Dir, "Pulumi."+string(h)+".yaml"))
	if err != nil {
		return nil, err
	}
	kept, err := project.Read(w.settingsFile(h))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err := adopted(given.Config, kept.Config); err != nil {
		return nil, err
	}
	return generationsOf(given.Config)
}

// adopted keeps the generations that an adoption set before, where the project's settings have no later one.
func adopted(given, kept map[string]any) error {
	before, err := generationsOf(kept)
	if err != nil || len(before) == 0 {
		return err
	}
	now, err := generationsOf(given)
	if err != nil {
		return err
	}
	for store, n := range before {
		now[store] = max(n, now[store])
	}
	given[generationsKey] = now
	return nil
}

// generationsOf reads the setting, which the engine may have written as text.
func generationsOf(config map[string]any) (map[string]int, error) {
	out := map[string]int{}
	var err error
	switch v := config[generationsKey].(type) {
	case nil:
	case string:
		err = yaml.Unmarshal([]byte(v), &out)
	default:
		var text []byte
		if text, err = yaml.Marshal(v); err == nil {
			err = yaml.Unmarshal(text, &out)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", generationsKey, err)
	}
	return out, nil
}
