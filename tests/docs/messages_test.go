package docs

import (
	"go/scanner"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guide is the page that tells what messages mean.
const guide = "docs/troubleshooting.md"

var (
	// seen is what a row of the guide quotes first: what somebody sees.
	seen = regexp.MustCompile("(?m)^\\| ([^|]*`[^|]*) \\|")
	// variable is what a message says otherwise each time, and where one text is put into another.
	variable = regexp.MustCompile(`…|\.\.\.|\b[A-Z]{2,}\b|: `)
	// command begins what somebody types, which other tests hold.
	command = regexp.MustCompile(`^(make|redoubt) `)
)

// TestTroubleshooting_messagesAreInTheCode holds every message that the guide quotes against the text of the code without its
// tests: what stands between the parts that vary is said somewhere.
func TestTroubleshooting_messagesAreInTheCode(t *testing.T) {
	t.Parallel()
	texts := literals(t)
	found := 0
	for _, row := range seen.FindAllStringSubmatch(read(t, guide), -1) {
		for _, m := range inBackticks.FindAllStringSubmatch(row[1], -1) {
			if command.MatchString(m[1]) {
				continue
			}
			found++
			for _, piece := range variable.Split(m[1], -1) {
				piece = strings.TrimSpace(piece)
				assert.Contains(t, texts, piece, "%s quotes `%s`: no text of the code says %q", guide, m[1], piece)
			}
		}
	}
	assert.Greater(t, found, 15, "the guide quotes messages")
}

// literals are the texts of the code without its tests, one a line; what is added up from several is one.
func literals(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, f := range tracked(t) {
		if strings.HasSuffix(f, ".go") && !strings.HasSuffix(f, "_test.go") && !strings.HasPrefix(f, "tests/") {
			texts(t, f, &out)
		}
	}
	return out.String()
}

// texts writes the texts of one file.
func texts(t *testing.T, file string, out *strings.Builder) {
	t.Helper()
	src := []byte(read(t, file))
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile(file, -1, len(src)), src, nil, 0)
	for {
		_, tok, lit := s.Scan()
		switch tok {
		case token.EOF:
			out.WriteString("\n")
			return
		case token.STRING:
			text, err := strconv.Unquote(lit)
			require.NoError(t, err, file)
			out.WriteString(strings.ReplaceAll(text, "\n", " "))
		case token.ADD:
		default:
			out.WriteString("\n")
		}
	}
}
