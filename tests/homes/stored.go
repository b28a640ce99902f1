package homes

import (
	"os"
	"path/filepath"
	"sync"

	"redoubt/sim/disk"
	"redoubt/sim/world"
)

// Folder is where a project keeps its simulated regions.
const Folder = ".redoubt"

// project are the files of the example that a project needs, by where they are.
var project = map[string]string{
	"Pulumi.yaml": "Pulumi.yaml", "Pulumi.primary.yaml": "Pulumi.primary.yaml", "Pulumi.secondary.yaml": "Pulumi.secondary.yaml",
	"system.yaml": filepath.Join("internal", "clitest", "testdata", "small.yaml"),
}

// small is a folder with the small system, up, made once for all tests of a process.
var small = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "redoubt-standing-")
	if err != nil {
		return "", err
	}
	made = dir
	for name, from := range project {
		text, err := os.ReadFile(filepath.Join(root, from))
		if err != nil {
			return dir, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return dir, err
		}
	}
	d, err := disk.Open(filepath.Join(dir, Folder, "world"), world.Config{Seed: 1, Account: Account})
	if err != nil {
		return dir, err
	}
	if _, err := Raise(d.World, dir); err != nil {
		return dir, err
	}
	return dir, d.Close()
})

// Store makes a project of a folder: the small system, up in its simulated
// regions as sim up leaves it, without what the engine keeps.
func Store(dir string) error {
	from, err := small()
	if err != nil {
		return err
	}
	return os.CopyFS(dir, os.DirFS(from))
}

// made is the folder that small has made.
var made string

// Clean removes what Store has made for itself. Call it after the tests.
func Clean() {
	if made != "" {
		_ = os.RemoveAll(made)
	}
}
