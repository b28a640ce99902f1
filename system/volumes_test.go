package system_test

import "testing"

// A replica must be able to start in any zone that is left.
func TestParse_refusesVolumesOfOneZone(t *testing.T) {
	t.Parallel()
	volume := func(fields string) string { return "    port: 9090\n    volumes:\n      - {" + fields + "}\n" }
	const port = "    port: 9090\n"
	checkEdits(t, []edit{
		{
			"kept on a zone's disks", port, volume("name: scratch, kind: §ebs, path: /scratch, sizeMiB: 512"),
			`agent "back": volume "scratch" is "ebs", want ephemeral: a volume that is kept lives in one zone`, "kind: ephemeral",
		},
		{
			"zonal by its own word", port, volume("name: scratch, kind: §zonal, path: /scratch, sizeMiB: 512"),
			"can start in no other, and is lost with it", "in a store",
		},
		{"no kind", port, "    port: 9090\n    volumes:\n      - §{name: scratch, path: /scratch, sizeMiB: 512}\n", "has no kind", "add kind:"},
		{
			"no size", port, volume("name: scratch, kind: ephemeral, path: /scratch, sizeMiB: §0"), "want at least 1", "512",
		},
		{
			"over the root", port, volume("name: scratch, kind: ephemeral, path: §/, sizeMiB: 512"), `path is "/"`, "/scratch",
		},
		{
			"a name of no volume", port, volume("name: §Scratch, kind: ephemeral, path: /scratch, sizeMiB: 512"),
			`volume name "Scratch" is refused by Kubernetes`, "scratch",
		},
		{
			"twice in one place", port,
			volume("name: one, kind: ephemeral, path: /scratch, sizeMiB: 1") +
				"      - §{name: two, kind: ephemeral, path: /scratch, sizeMiB: 1}\n",
			`has a volume at "/scratch" twice`, "",
		},
	})
}
