package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var (
	rule      = regexp.MustCompile(`^\|( ?:?-+:? ?\|)+$`)
	codeSpans = regexp.MustCompile("`[^`]*`")
)

// TestPages_tablesAreWhole holds that each table has a rule below its head and
// as many cells in each row.
func TestPages_tablesAreWhole(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		want, above := 0, ""
		for n, line := range strings.Split(prose(t, page), "\n") {
			switch {
			case !strings.HasPrefix(line, "|"):
				want = 0
			case want == 0:
				want = cells(line)
				assert.Empty(t, above, "%s line %d: a table needs an empty line above", page, n+1)
			default:
				assert.Equal(t, want, cells(line), "%s: cells of %q", page, line)
				if strings.HasPrefix(above, "|") && !rule.MatchString(line) && !strings.Contains(above, "---") && first(above, prose(t, page)) {
					assert.Fail(t, "no rule below the head", "%s: %q", page, above)
				}
			}
			above = line
		}
	}
}

// cells counts the cells of a row; an escaped bar ends none.
func cells(line string) int {
	line = strings.ReplaceAll(codeSpans.ReplaceAllString(line, "x"), `\|`, "")
	return strings.Count(strings.TrimSpace(line), "|") - 1
}

// first reports whether the row is the head of its table.
func first(row, text string) bool { return strings.Contains(text, "\n\n"+row+"\n") }
