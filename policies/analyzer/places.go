package analyzer

import (
	"cmp"
	"os"
	"path/filepath"
)

// packFolder is the folder of the pack. The engine tells it as it was given, which may be from the engine's own
// folder; an
// analyzer that is found on PATH runs in the pack's.
func packFolder(own, told string) string {
	switch {
	case filepath.IsAbs(told):
		return told
	case exists(filepath.Join(own, "PulumiPolicy.yaml")):
		return own
	}
	return filepath.Join(own, told)
}

// systemFile is the file of the system: as the pack's configuration says, else as the stack's settings do; from
// the folder
// above the pack, else from the one that the analyzer runs in.
func systemFile(packFolder, own, given, setting string) string {
	name := cmp.Or(given, setting, "system.yaml")
	if filepath.IsAbs(name) {
		return name
	}
	beside := filepath.Join(filepath.Dir(packFolder), name)
	if here := filepath.Join(own, name); !exists(beside) && exists(here) {
		return here
	}
	return beside
}

// projectFolder is the folder of the program: the one above the pack, else the one that the analyzer runs in.
func projectFolder(packFolder, own string) string {
	if above := filepath.Dir(packFolder); exists(filepath.Join(above, "Pulumi.yaml")) {
		return above
	}
	return own
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
