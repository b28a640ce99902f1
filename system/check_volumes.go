package system

import (
	"fmt"
	"path"
	"regexp"
	"slices"
)

// volumeName is what Kubernetes takes as the name of a volume:
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
var volumeName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// checkVolumes holds that no replica is tied to a zone. A volume of EBS lives in
// one zone, and so does every pod that mounts it:
// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes.html
func checkVolumes(c *checker) {
	c.eachAgent(func(at, label string, a Agent) {
		for i, v := range a.Volumes {
			c.volume(fmt.Sprintf("%s.volumes[%d]", at, i), label, v)
		}
		c.twice(at+".volumes", label, "has a volume called", names(a.Volumes, func(v Volume) string { return v.Name }))
		c.twice(at+".volumes", label, "has a volume at", names(a.Volumes, func(v Volume) string { return v.Path }))
	})
}

func (c *checker) volume(at, label string, v Volume) {
	if v.Kind != "" && v.Kind != Ephemeral {
		c.fault(at+".kind", "write kind: ephemeral, and keep what must outlive a replica in a store",
			"%s: volume %q is %q, want ephemeral: a volume that is kept lives in one zone, so its replica can start "+
				"in no other, and is lost with it (https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volumes.html)",
			label, v.Name, v.Kind)
	}
	if v.Name != "" && !volumeName.MatchString(v.Name) {
		c.fault(at+".name", "for instance scratch",
			"%s: volume name %q is refused by Kubernetes, want up to 63 lower-case letters, digits and inner hyphens",
			label, v.Name)
	}
	if v.Path != "" && (!path.IsAbs(v.Path) || path.Clean(v.Path) != v.Path || slices.Contains(takenPaths, v.Path)) {
		c.fault(at+".path", "for instance /scratch", "%s: volume path is %q, want a clean path from the root, not one of %v",
			label, v.Path, takenPaths)
	}
	if c.has(at+".sizeMiB") && v.SizeMiB < 1 {
		c.fault(at+".sizeMiB", "write mebibytes, such as 512", "%s: volume %q has sizeMiB %d, want at least 1",
			label, v.Name, v.SizeMiB)
	}
}

// takenPaths are where nothing can be mounted, or something is already.
var takenPaths = []string{"/", "/tmp"}
