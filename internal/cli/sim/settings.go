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
// simulator added before (the made-up password, peerReady), and lays changes over.
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
