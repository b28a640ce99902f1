//go:build apps

package browser

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
)

// TestPages_printOnA4 prints each page without backgrounds, as a browser does when nobody asks for them, and reads
// the sheets: their number, their size, and that every word lies inside the margins.
func TestPages_printOnA4(t *testing.T) {
	b := browser(t)
	all := pages(t)
	for name, want := range map[string]struct{ least, most int }{
		"region-loss": {3, 5}, "lost-queue": {3, 5}, "failback": {7, 10}, "tasks-corrupt": {4, 6}, "log-lost": {3, 5},
		"writer-killed": {1, 2}, "partition-failover": {3, 5},
		"all": {8, 13},
	} {
		t.Run(name, func(t *testing.T) {
			pdf := open(t, b, all[name]).paper(t)
			keep(t, name, pdf)
			sheets := words(t, pdf)
			assert.Len(t, sheets, counted(pdf), "pdftotext and the file's own objects count alike")
			assert.True(t, len(sheets) >= want.least && len(sheets) <= want.most,
				"%d sheets, want %d to %d", len(sheets), want.least, want.most)
			for n, s := range sheets {
				s.holds(t, n)
			}
		})
	}
}

// TestPages_breakBetweenRows marks the beginning and the end of every row's name: both must be on one sheet, which
// has the chart's scale on top.
func TestPages_breakBetweenRows(t *testing.T) {
	b := browser(t)
	r := samples(t)["lost-queue"]
	var marks []string
	mark := func(text *string) {
		n := len(marks)
		marks = append(marks, fmt.Sprintf("q%03d", n))
		*text = fmt.Sprintf("q%03da %s, which is told at such length that it takes several lines q%03dz", n, *text, n)
	}
	for n := range r.Plan.Steps {
		mark(&r.Plan.Steps[n].Title)
	}
	for n := range r.Tiers {
		mark(&r.Tiers[n].Name)
	}
	for n := range r.Stores {
		mark(&r.Stores[n].Missed)
	}
	html, err := report.HTML(r)
	require.NoError(t, err)
	sheets := words(t, open(t, b, html).paper(t))
	for _, m := range marks {
		first, last := where(sheets, m+"a"), where(sheets, m+"z")
		assert.NotEmpty(t, first, "row %s is not printed", m)
		assert.Equal(t, first, last, "row %s is cut by the end of a sheet", m)
	}
	for n := where(sheets, marks[0]+"a")[0]; n <= where(sheets, marks[len(r.Plan.Steps)-1]+"a")[0]; n++ {
		for _, head := range []string{"+3", "+6", "recovering", "Began", "Took"} {
			assert.Contains(t, where(sheets, head), n, "sheet %d has no scale", n+1)
		}
	}
}

// TestPages_standAnyWords lays out a report with words and times that no page is made for.
func TestPages_standAnyWords(t *testing.T) {
	b := browser(t)
	for name, html := range hostile(t) {
		o := open(t, b, html)
		for _, width := range []int64{1280, 390} {
			o.width(t, width)
			fits(t, o, width)
			o.shoot(t, name, width)
		}
		for n, s := range words(t, o.paper(t)) {
			s.holds(t, n)
		}
		assert.Empty(t, o.said, name)
		assert.Equal(t, []string{o.url()}, o.requests, name)
	}
}

// hostile are pages of endless names, of no steps at all, and of durations that no drill has.
func hostile(t *testing.T) map[string][]byte {
	t.Helper()
	long, bare, far := samples(t)["region-loss"], samples(t)["log-lost"], samples(t)["lost-queue"]
	name := strings.Repeat("averylongnamewithoutanyspace", 6) + ` <script>console.error("x")</script>`
	long.Title, long.System, long.Found, long.Wrong = name, name, name, []string{name}
	for n := range long.Plan.Steps {
		long.Plan.Steps[n].Title, long.Plan.Steps[n].Outcome, long.Plan.Steps[n].Why = name, "failed", name
	}
	for n := range long.Tiers {
		long.Tiers[n].Name, long.Tiers[n].Strategy, long.Tiers[n].Missed = name, name, []string{name, name}
	}
	for n := range long.Stores {
		long.Stores[n].Name, long.Stores[n].Missed = name, name
		long.Stores[n].Loss.Acknowledged, long.Stores[n].Loss.Lost = 1<<40, 1<<39
	}
	for n := range long.Phases {
		long.Phases[n].Name = name[:1<<n]
	}
	for n := range 40 {
		long.Moments = append(long.Moments, drill.Moment{At: long.Lost.Add(20 * time.Second << (n % 5)), Line: name})
	}
	bare.Plan, bare.Phases, bare.Stores, bare.Moments = drill.Plan{}, nil, nil, nil
	for n := range far.Tiers {
		far.Tiers[n].Took.Value, far.Tiers[n].Lost.Value, far.Tiers[n].RTO, far.Tiers[n].RPO = 1<<62, 1<<62, 1, 0
	}
	far.Plan.Steps[0].Ended = far.Lost.AddDate(200, 0, 0)
	out := map[string][]byte{}
	for name, r := range map[string]drill.Report{"long": long, "bare": bare, "far": far} {
		html, err := report.HTML(r)
		require.NoError(t, err)
		out[name] = html
	}
	return out
}

// sheet is a printed page as pdftotext reads it.
type sheet struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []struct {
		Left   float64 `xml:"xMin,attr"`
		Right  float64 `xml:"xMax,attr"`
		Top    float64 `xml:"yMin,attr"`
		Bottom float64 `xml:"yMax,attr"`
		Text   string  `xml:",chardata"`
	} `xml:"word"`
}

// words reads a PDF's sheets.
func words(t *testing.T, pdf []byte) []sheet {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.pdf")
	require.NoError(t, os.WriteFile(file, pdf, 0o600))
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-bbox", file, "-").Output()
	require.NoError(t, err, "pdftotext; on Debian: apt-get install -y poppler-utils")
	var doc struct {
		Sheets []sheet `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(bytes.NewReader(out))
	d.Strict, d.Entity = false, xml.HTMLEntity
	require.NoError(t, d.Decode(&doc))
	require.NotEmpty(t, doc.Sheets)
	return doc.Sheets
}

// holds checks the size of the sheet, and that its words lie inside the margins of 14 and 15 mm.
func (s sheet) holds(t *testing.T, n int) {
	t.Helper()
	const point = 72 / 25.4
	assert.InDelta(t, 210*point, s.Width, 1)
	assert.InDelta(t, 297*point, s.Height, 1)
	assert.NotEmpty(t, s.Words, "sheet %d is empty", n+1)
	for _, w := range s.Words {
		inside := w.Left > 14*point-2 && w.Right < s.Width-14*point+2 &&
			w.Top > 15*point-3 && w.Bottom < s.Height-15*point+3
		assert.True(t, inside, "sheet %d: %q leaves the margins: %.0f to %.0f, %.0f to %.0f",
			n+1, w.Text, w.Left, w.Right, w.Top, w.Bottom)
	}
}

func (s sheet) text() string {
	var out []string
	for _, w := range s.Words {
		out = append(out, w.Text)
	}
	return strings.Join(out, " ")
}

// where are the sheets that have the word.
func where(sheets []sheet, word string) []int {
	var out []int
	for n, s := range sheets {
		if strings.Contains(" "+s.text()+" ", " "+word+" ") {
			out = append(out, n)
		}
	}
	return out
}

var pageObject = regexp.MustCompile(`/Type\s*/Page\b`)

// counted is how many page objects the file has.
func counted(pdf []byte) int { return len(pageObject.FindAll(pdf, -1)) }

// keep writes a PDF beside the pictures, where somebody asked for them.
func keep(t *testing.T, name string, pdf []byte) {
	t.Helper()
	if *shots != "" {
		require.NoError(t, os.WriteFile(filepath.Join(*shots, name+".pdf"), pdf, 0o600))
	}
}
