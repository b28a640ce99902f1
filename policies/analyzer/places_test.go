package analyzer

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// touch makes empty files below a folder of its own.
func touch(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	return dir
}

func TestPlaces_fromPathAndFromALanguageHost(t *testing.T) {
	t.Parallel()
	dir := touch(t, "project/policies/PulumiPolicy.yaml", "project/Pulumi.yaml", "project/system.yaml")
	project := filepath.Join(dir, "project")
	pack := filepath.Join(project, "policies")
	assert.Equal(t, pack, packFolder(pack, "policies"),
		"on PATH it runs in the pack's folder, and is told another's view of it")
	assert.Equal(t, pack, packFolder(project, "policies"), "a language host runs it in the program's folder")
	assert.Equal(t, pack, packFolder("elsewhere", pack))
	assert.Equal(t, filepath.Join(project, "system.yaml"), systemFile(pack, pack, "", ""))
	assert.Equal(t, filepath.Join(project, "other.yaml"), systemFile(pack, pack, "", "other.yaml"), "the settings name it")
	assert.Equal(t, filepath.Join(project, "third.yaml"), systemFile(pack, pack, "third.yaml", "other.yaml"),
		"the pack's configuration wins")
	assert.Equal(t, "/a/system.yaml", systemFile(pack, pack, "", "/a/system.yaml"))
	assert.Equal(t, project, projectFolder(pack, pack))
}

func TestPlaces_ofAPackElsewhere(t *testing.T) {
	t.Parallel()
	dir := touch(t, "packs/ours/PulumiPolicy.yaml", "project/Pulumi.yaml", "project/system.yaml")
	project, pack := filepath.Join(dir, "project"), filepath.Join(dir, "packs", "ours")
	assert.Equal(t, filepath.Join(project, "system.yaml"), systemFile(pack, project, "", ""))
	assert.Equal(t, project, projectFolder(pack, project))
}
