package docs

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// pages are the documents of the repository, by their path in it.
func pages(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, f := range tracked(t) {
		if strings.HasSuffix(f, ".md") && !strings.Contains(f, "testdata/") {
			out = append(out, f)
		}
	}
	require.Contains(t, out, "README.md")
	return out
}

// tracked are the files of the repository that exist, new ones included.
func tracked(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	list, err := cmd.Output()
	require.NoError(t, err, "the tests of the documents need git and the repository")
	var out []string
	for _, f := range strings.Split(strings.TrimRight(string(list), "\x00"), "\x00") {
		if info, err := os.Stat(filepath.Join(root, f)); err == nil && info.Mode().IsRegular() {
			out = append(out, f)
		}
	}
	return out
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	return string(text)
}

func exists(file string) bool {
	_, err := os.Stat(filepath.Join(root, file))
	return err == nil
}

var (
	inBackticks = regexp.MustCompile("`([^`\n]+)`")
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fenced      = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	// pathLike is a word that could be a path in the repository.
	pathLike = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*/?$`)
)

// prose is a page without its blocks.
func prose(t *testing.T, page string) string { return fenced.ReplaceAllString(read(t, page), "") }

// paths are the words of a page in backticks that begin with a folder or a
// file at the top of the repository.
func paths(t *testing.T, text string) []string {
	t.Helper()
	tops := map[string]bool{}
	for _, f := range tracked(t) {
		top, rest, inside := strings.Cut(f, "/")
		tops[top] = tops[top] || inside || strings.Contains(f, ".") && rest == ""
	}
	var out []string
	for _, m := range inBackticks.FindAllStringSubmatch(text, -1) {
		top, _, inside := strings.Cut(m[1], "/")
		if pathLike.MatchString(m[1]) && tops[top] && (inside || strings.Contains(m[1], ".")) {
			out = append(out, m[1])
		}
	}
	return out
}

func TestPages_everyPathExists(t *testing.T) {
	t.Parallel()
	found := 0
	for _, page := range pages(t) {
		for _, p := range paths(t, prose(t, page)) {
			found++
			assert.True(t, exists(p), "%s names `%s`, which is not there", page, p)
		}
	}
	assert.Greater(t, found, 50, "the documents name paths")
}

func TestPages_everyLinkResolves(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(prose(t, page), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				assert.True(t, strings.HasPrefix(target, "https://"), "%s links to %s", page, target)
				continue
			}
			file := page
			if target != "" {
				file = path.Join(path.Dir(page), target)
			}
			if assert.True(t, exists(file), "%s links to %s, which is not there", page, m[1]) && anchor != "" {
				assert.Contains(t, anchors(t, file), anchor, "%s links to %s", page, m[1])
			}
		}
	}
}

// TestPages_everyLinkIsOne holds that nothing looks like a link and is none, so that no target stays unseen.
func TestPages_everyLinkIsOne(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		assert.Empty(t, noLinks(prose(t, page)), "%s: a target has no space, and ends with the link", page)
	}
	assert.Equal(t, []string{"](b c)"}, noLinks("[a](b) `x](y z)` [`d`](e) [f](b c)"))
}

// noLinks are the places of a text that begin like a link's target and are none.
func noLinks(text string) []string {
	text = link.ReplaceAllString(codeSpans.ReplaceAllString(text, ""), "")
	return regexp.MustCompile(`\]\([^)\n]*\)?`).FindAllString(text, -1)
}

var heading = regexp.MustCompile(`(?m)^#+ (.+)$`)

// anchors are the names of a page's headings, as hosts of Markdown make them.
func anchors(t *testing.T, page string) []string {
	t.Helper()
	var out []string
	for _, m := range heading.FindAllStringSubmatch(prose(t, page), -1) {
		name := strings.ToLower(strings.ReplaceAll(m[1], " ", "-"))
		out = append(out, regexp.MustCompile(`[^a-z0-9_-]`).ReplaceAllString(name, ""))
	}
	return out
}

func TestPages_everyPageIsReachedFromTheReadme(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	var visit func(page string)
	visit = func(page string) {
		if seen[page] || !strings.HasSuffix(page, ".md") || !exists(page) {
			return
		}
		seen[page] = true
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if !strings.Contains(target, "://") && target != "" {
				visit(path.Join(path.Dir(page), target))
			}
		}
	}
	visit("README.md")
	for _, page := range pages(t) {
		assert.True(t, seen[page], "no page leads from README.md to %s", page)
	}
}
