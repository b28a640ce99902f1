package report_test

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
)

// TestHTML_isWellFormed holds every sample, by itself and together, to the rules of element.
func TestHTML_isWellFormed(t *testing.T) {
	t.Parallel()
	for _, r := range samples(t) {
		text, err := report.HTML(r)
		require.NoError(t, err)
		p := read(t, text)
		bars := strings.Count(string(text), `class="step `) - 4*strings.Count(string(text), "How the timeline is drawn")
		bars += strings.Count(string(text), `aria-label="not begun"`)
		assert.Equal(t, len(r.Plan.Steps)+back(r), bars, "a bar for each step")
		assert.Contains(t, p.text, map[bool]string{true: "Passed", false: "Failed."}[r.Passed()])
	}
	text, err := report.HTMLOfAll(samples(t))
	require.NoError(t, err)
	p := read(t, text)
	assert.Len(t, p.links, len(sampleNames), "the table leads to each drill")
	for _, r := range samples(t) {
		for _, w := range r.Wrong {
			assert.Contains(t, p.text, w)
		}
	}
	text, err = report.HTMLOfAll(nil)
	require.NoError(t, err)
	read(t, text)
}

func back(r drill.Report) int {
	if r.Failback == nil {
		return 0
	}
	return len(r.Failback.Plan.Steps)
}

// TestHTML_saysWhatWasMissed looks for the words beside the colour: nothing is told by colour alone.
func TestHTML_saysWhatWasMissed(t *testing.T) {
	t.Parallel()
	text, err := report.HTML(sample(t, "lost-queue"))
	require.NoError(t, err)
	p := read(t, text)
	for _, want := range []string{"Failed. 2 expectations did not hold.", "5 min missed",
		"500 % of the objective, simulated", "F1 region-down eu-west-1 0 s", "redoubt drill lost-queue --seed 42"} {
		assert.Contains(t, p.text, want)
	}
	assert.Contains(t, p.names, "5 min ± 1 s, more than the objective of 1 min")
	assert.Contains(t, p.names, "300 marks in the primary home from −5 min to 0 s, of which 300 are lost; "+
		"331 marks in the secondary home from +2 min 37 s to +8 min 8 s")
	assert.Contains(t, p.names, "from +5 min 25 s, took 1 min 22 s, on the critical path")
	text, err = report.HTML(sample(t, "log-lost"))
	require.NoError(t, err)
	assert.Contains(t, read(t, text).names, "unknown, the objective is 1 min")
}

// parsed is a page as a reader without eyes gets it.
type parsed struct {
	// text is all that is said, with single spaces; names are those of the pictures, links where links lead.
	text         string
	names, links []string
}

// elements says which elements a page may have. What is not here came from a report, unescaped.
var elements = strings.Fields(`html head meta title link style body svg defs pattern rect path g line use circle header
	main nav section article aside footer h1 h2 h3 h4 p strong b span code pre ul ol li dl div dt dd a table caption
	colgroup col thead tbody tr th td`)

var attributes = strings.Fields(`lang charset http-equiv content name rel href class id style role scope colspan
	title aria-label aria-labelledby aria-hidden focusable data-label viewbox width height x y x1 x2 y1 y2 cx cy r rx d
	transform patternunits`)

var (
	void     = strings.Fields("meta link col")
	places   = regexp.MustCompile(`^left:\d+(\.\d+)?%(;width:\d+(\.\d+)?%)?$`)
	headings = regexp.MustCompile(`^h[1-4]$`)
	spaces   = regexp.MustCompile(`[\s\x{a0}]+`)
)

// read parses a page and holds it to what every page promises: elements that close, known ones only, unique ids,
// headings in order, names for pictures, headers for tables, places inside their charts.
func read(t *testing.T, page []byte) parsed {
	t.Helper()
	c := &checker{t: t, ids: map[string]int{}, z: html.NewTokenizer(bytes.NewReader(page))}
	for {
		switch c.z.Next() {
		case html.ErrorToken:
			require.ErrorIs(t, c.z.Err(), io.EOF)
			c.end()
			c.out.text = strings.TrimSpace(spaces.ReplaceAllString(c.text.String(), " "))
			return c.out
		case html.StartTagToken:
			token := c.z.Token()
			c.start(token)
			if !slices.Contains(void, token.Data) {
				c.open = append(c.open, token.Data)
			}
		case html.SelfClosingTagToken:
			c.start(c.z.Token())
		case html.EndTagToken:
			c.close(c.z.Token().Data)
		case html.TextToken:
			c.words(c.z.Token().Data)
		}
	}
}

type checker struct {
	t    *testing.T
	z    *html.Tokenizer
	out  parsed
	text strings.Builder
	open []string
	ids  map[string]int
	refs []string
	// level is the last heading's; rows counts headers of the table that is read.
	level, headers int
}

func (c *checker) start(e html.Token) {
	require.Contains(c.t, elements, e.Data, "an element that no template has")
	at := map[string]string{}
	for _, a := range e.Attr {
		require.Contains(c.t, attributes, a.Key, "an attribute of %s that no template has", e.Data)
		at[a.Key] = a.Val
	}
	if id := at["id"]; id != "" {
		c.ids[id]++
		assert.Equal(c.t, 1, c.ids[id], "id %s", id)
	}
	if style, has := at["style"]; has {
		assert.Regexp(c.t, places, style)
	}
	if by := at["aria-labelledby"]; by != "" {
		c.refs = append(c.refs, by)
	}
	c.places(e.Data, at)
	c.meaning(e.Data, at)
}

// meaning checks what a reader without eyes relies on.
func (c *checker) meaning(name string, at map[string]string) {
	switch {
	case headings.MatchString(name):
		level, _ := strconv.Atoi(name[1:])
		assert.LessOrEqual(c.t, level, c.level+1, "heading %s after h%d", name, c.level)
		c.level = level
	case name == "svg" && at["aria-hidden"] != "true":
		assert.Equal(c.t, "img", at["role"])
		assert.NotEmpty(c.t, at["aria-label"])
		c.out.names = append(c.out.names, spaces.ReplaceAllString(at["aria-label"], " "))
	case name == "table":
		c.headers = 0
	case name == "th":
		c.headers++
		assert.Contains(c.t, []string{"col", "row", "rowgroup"}, at["scope"])
	case name == "a" || name == "use":
		assert.True(c.t, strings.HasPrefix(at["href"], "#"), at["href"])
		c.refs = append(c.refs, strings.TrimPrefix(at["href"], "#"))
		if name == "a" {
			c.out.links = append(c.out.links, at["href"])
		}
	case name == "link":
		assert.True(c.t, strings.HasPrefix(at["href"], "data:"), at["href"])
	}
}

// places checks that nothing is drawn outside its chart.
func (c *checker) places(name string, at map[string]string) {
	share := func(key string) float64 {
		number, is := strings.CutSuffix(at[key], "%")
		if !is {
			return 0
		}
		v, err := strconv.ParseFloat(number, 64)
		require.NoError(c.t, err)
		assert.True(c.t, v >= 0 && v <= 100, "%s of %s is %v", key, name, v)
		return v
	}
	if name == "rect" {
		assert.LessOrEqual(c.t, share("x")+share("width"), 100.01)
	}
	share("x1")
	share("x2")
}

func (c *checker) close(name string) {
	require.NotEmpty(c.t, c.open, "</%s> closes nothing", name)
	last := c.open[len(c.open)-1]
	require.Equal(c.t, last, name, "</%s> closes <%s>", name, last)
	c.open = c.open[:len(c.open)-1]
	if name == "table" {
		assert.Positive(c.t, c.headers, "a table without headers")
	}
}

func (c *checker) words(text string) {
	if len(c.open) > 0 && slices.Contains([]string{"style", "title"}, c.open[len(c.open)-1]) {
		return
	}
	assert.NotContains(c.t, text, "ZgotmplZ", "a value that the template refused")
	c.text.WriteString(text + " ")
}

func (c *checker) end() {
	assert.Empty(c.t, c.open, "not closed")
	for _, ref := range c.refs {
		assert.Equal(c.t, 1, c.ids[ref], fmt.Sprintf("reference to #%s", ref))
	}
}
