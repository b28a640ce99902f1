package docs

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/internal/clitest/console"
)

// TestReadme_systemCommandsPrintWhatIsShown runs what needs no regions; the
// other commands are run by tests/e2e beside its own up.
func TestReadme_systemCommandsPrintWhatIsShown(t *testing.T) {
	shown := console.Read(t, filepath.Join(clitest.Root(t), "README.md"))
	t.Chdir(clitest.Root(t))
	ran := 0
	for _, s := range shown {
		args, ours := s.Redoubt()
		if !ours || args[0] != "system" {
			continue
		}
		ran++
		r := (&clitest.Project{}).Run(t, args...)
		s.Check(t, r.Err+r.Out)
	}
	assert.Positive(t, ran)
}

var (
	version  = regexp.MustCompile(`(?m)^PULUMI_VERSION := (\S+)$`)
	building = regexp.MustCompile(`(?m)^building .*$`)
	tested   = regexp.MustCompile(`(?m)^ok  \tredoubt/(\S+)\t`)
	runs     = regexp.MustCompile("(?:^|[`\n])make ([a-z-]+)")
)

// TestReadme_makeSaysWhatIsShown holds the lines of make itself against the Makefile.
func TestReadme_makeSaysWhatIsShown(t *testing.T) {
	t.Parallel()
	makefile := read(t, "Makefile")
	found := version.FindStringSubmatch(makefile)
	require.NotNil(t, found, "the Makefile pins the Pulumi CLI")
	makefile = strings.ReplaceAll(makefile, "$(PULUMI_VERSION)", found[1])
	readme := read(t, "README.md")
	lines := building.FindAllString(readme, -1)
	require.NotEmpty(t, lines)
	for _, line := range lines {
		assert.Contains(t, makefile, `"`+line+`"`)
	}
	for _, m := range tested.FindAllStringSubmatch(readme, -1) {
		assert.True(t, exists(m[1]), "README.md shows tests of %s, which is not there", m[1])
	}
}

// TestPages_everyMakeTargetExists holds each `make x` against make's own list.
func TestPages_everyMakeTargetExists(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("make", "help")
	cmd.Dir = root
	help, err := cmd.Output()
	require.NoError(t, err)
	for _, page := range pages(t) {
		for _, m := range runs.FindAllStringSubmatch(read(t, page), -1) {
			assert.Regexp(t, `(?m)^  `+m[1]+` `, string(help), "%s says make %s", page, m[1])
		}
	}
}
