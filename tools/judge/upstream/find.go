// Package upstream speaks to the real provider that pulumi-aws wraps
// (terraform-provider-aws): it starts the provider's own binary, asks for its
// schema, and asks what it says of a configuration and of a change. Nothing
// of this needs an account or a network.
package upstream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
)

// Version is the release of terraform-provider-aws that pulumi-aws 6.83.2 wraps.
const Version = "5.100.0"

// PathVariable names the environment variable that points at the binary.
const PathVariable = "REDOUBT_UPSTREAM_PROVIDER"

// ErrAbsent is returned by Find when the provider is not on this machine.
var ErrAbsent = errors.New("terraform-provider-aws " + Version + " is not on this machine: set " + PathVariable +
	" to its path, or put it into a plugin mirror with `terraform providers mirror`")

// Find returns the path of the provider's binary: the one named by
// REDOUBT_UPSTREAM_PROVIDER, else the first in the usual plugin mirrors.
func Find() (string, error) {
	if path := os.Getenv(PathVariable); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", fmt.Errorf("%s: %w", PathVariable, err)
		}
		return path, nil
	}
	for _, mirror := range mirrors() {
		pattern := filepath.Join(mirror, "registry.terraform.io", "hashicorp", "aws", Version,
			runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-aws_v"+Version+"*")
		if found, _ := filepath.Glob(pattern); len(found) > 0 { // the pattern is constant: never malformed
			sort.Strings(found)
			return found[0], nil
		}
	}
	return "", ErrAbsent
}

// mirrors lists the folders in which Terraform itself and packagers keep plugins.
func mirrors() []string {
	var out []string
	if cache := os.Getenv("TF_PLUGIN_CACHE_DIR"); cache != "" {
		out = append(out, cache)
	}
	if home, err := os.UserHomeDir(); err == nil {
		out = append(out, filepath.Join(home, ".terraform.d", "plugins"), filepath.Join(home, ".terraform.d", "plugin-cache"))
	}
	roots := []string{"/usr/local/share/terraform", "/usr/share/terraform", "/opt/terraform"}
	for _, root := range roots {
		out = append(out, filepath.Join(root, "plugins"))
	}
	others, _ := filepath.Glob("/opt/*plugins*")
	return append(out, others...)
}
