// Package needs finds what the judges stand on and the repository does not hold.
package needs

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"redoubt/internal/kubetest"
	"redoubt/tools/judge/iam"
	"redoubt/tools/judge/offered"
	"redoubt/tools/judge/upstream"
)

// BridgeVariable names the environment variable that points at the bridge.
const BridgeVariable = "REDOUBT_BRIDGE"

// ErrNoBridge is returned by Bridge when nobody built it, ErrNoMoto by Moto
// when there is none.
var (
	ErrNoBridge = errors.New("the bridge is not on this machine: make bridge")
	ErrNoMoto   = errors.New("moto_server (moto 5.2.1) is not on PATH")
)

// Bridge returns the path of Pulumi's bridge: the one named by REDOUBT_BRIDGE,
// else the one that make bridge put into the folder of tools.
func Bridge(tools string) (string, error) {
	path := os.Getenv(BridgeVariable)
	if path == "" {
		path = filepath.Join(tools, "bridge")
	}
	if _, err := os.Stat(path); err != nil {
		return "", ErrNoBridge
	}
	return path, nil
}

// Moto returns the path of moto_server.
func Moto() (string, error) {
	path, err := exec.LookPath("moto_server")
	if err != nil {
		return "", ErrNoMoto
	}
	return path, nil
}

// Missing says of each judge that is not here who it is and why; tools is the
// folder of tools.
func Missing(tools string) []error {
	var out []error
	for _, judge := range []struct {
		name string
		find func() error
	}{
		{"AWS's own provider", second(upstream.Find)},
		{"the engine's way to it", func() error { _, err := Bridge(tools); return err }},
		{"the emulator of AWS", second(Moto)},
		{"the judge of policies", func() error { _, err := iam.Find(tools); return err }},
		{"the judge of what AWS offers", second(offered.Find)},
		{"the judge of Kubernetes objects", kubetest.Missing},
	} {
		if err := judge.find(); err != nil {
			out = append(out, fmt.Errorf("%s: %w", judge.name, err))
		}
	}
	return out
}

// second drops what was found.
func second[T any](find func() (T, error)) func() error {
	return func() error { _, err := find(); return err }
}

// Absent reports whether an error says that something is not here, rather than broken.
func Absent(err error) bool {
	for _, one := range []error{upstream.ErrAbsent, ErrNoBridge, ErrNoMoto, iam.ErrAbsent, offered.ErrAbsent} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}
