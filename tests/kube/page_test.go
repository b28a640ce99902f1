//go:build apps

package kube

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// says expects a figure on the page about what was judged here.
func says(t *testing.T, format string, args ...any) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs", "judged-kubernetes.md"))
	require.NoError(t, err)
	want := fmt.Sprintf(format, args...)
	assert.Contains(t, strings.Join(strings.Fields(string(page)), " "), want, "docs/judged-kubernetes.md is stale")
}
