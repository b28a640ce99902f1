package docs

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// foreign are what belongs to somebody's machine and not into a file of this
// repository. The patterns are cut so that they do not find themselves.
var foreign = []*regexp.Regexp{
	regexp.MustCompile(`(^|[^A-Za-z0-9_.*~)-])/` + `(work|root|home/[a-z]+|Users/[A-Za-z]+)/[a-z.]`),
	regexp.MustCompile(`(^|[^A-Za-z0-9_.)-])/` + `tmp/[a-z]`),
	regexp.MustCompile(`GO` + `PROXY=\S*//`),
	regexp.MustCompile(`https?://[a-z0-9.-]*(artifactory|nexus|proxy)[a-z0-9.-]*[:/]`),
	regexp.MustCompile(`https?://(10|172|192)\.[0-9]+\.[0-9]+\.[0-9]+`),
}

// TestFiles_nameNoMachine looks at every text file of the repository.
func TestFiles_nameNoMachine(t *testing.T) {
	t.Parallel()
	looked := 0
	for _, f := range tracked(t) {
		text := read(t, f)
		if bytes.ContainsRune([]byte(text[:min(len(text), 8000)]), 0) || strings.HasSuffix(f, "go.sum") {
			continue
		}
		looked++
		for _, bad := range foreign {
			assert.Empty(t, bad.FindString(text), "%s names what belongs to one machine", f)
		}
	}
	assert.Greater(t, looked, 200)
}

func TestForeign_findsWhatItShould(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"see /" + "work/main/x": true, "in /" + "root/go": true, "/" + "tmp/x.log": true,
		"GO" + "PROXY=https://goproxy.example": true, "https://" + "artifactory.example.com/x": true,
		"components/" + "work/x": false, "https://" + "proxy.example.com/": true,
		"a/" + "root/b": false, "internal/cli/root/root.go": false,
	} {
		got := false
		for _, bad := range foreign {
			got = got || bad.MatchString(text)
		}
		assert.Equal(t, want, got, text)
	}
}

// notUsed are the words of the glossary's last table that no page may use.
var notUsed = regexp.MustCompile(`(?i)\b(master|slave|dr[ -]site|standby region|workflow)s?\b`)

// foreignWords are addresses, and what GitHub calls a workflow: the word is its own there.
var foreignWords = regexp.MustCompile(`https://\S+|(\.github|tests)/workflows|GitHub workflows?`)

func TestPages_useTheWords(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		if page == "docs/glossary.md" {
			continue
		}
		text := foreignWords.ReplaceAllString(prose(t, page), "")
		assert.Empty(t, notUsed.FindString(text), "%s uses a word that the glossary does not", page)
	}
}
