package kubetest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// built are what make kube builds: the control plane, and what simulates nodes.
func built() (plane, nodes string) {
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "..", "..", ".tools", "kube")
	return filepath.Join(dir, "kube"), filepath.Join(dir, "kwok")
}

// Missing says why no control plane can be started, nil when one can.
func Missing() error {
	plane, nodes := built()
	for _, file := range []string{plane, nodes} {
		if _, err := os.Stat(file); err != nil {
			return fmt.Errorf("the control plane is not built: run make kube (%w)", err)
		}
	}
	return nil
}
