package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"redoubt/recovery/drill"
)

//go:embed page.html.tmpl
var pageText string

//go:embed style.css
var style string

var pages = template.Must(template.New("").Parse(pageText))

// page is what the template shows.
type page struct {
	Title    string
	State    state
	Style    template.CSS
	Overview *overview
	Drills   []*view
}

// sub is a heading below a drill's own.
type sub struct {
	Level    int
	ID, Text string
}

// Sub makes the heading of a part of the view.
func (v *view) Sub(id, text string) sub { return sub{v.Level + 1, v.ID + "-" + id, text} }

// HTML writes one report as a page that opens without a network.
func HTML(r drill.Report) ([]byte, error) {
	v := viewOf(r, "drill", 1)
	return write(page{Title: fmt.Sprintf("%s: %s", v.State.Word(), v.Title), State: v.State, Drills: []*view{v}})
}

// HTMLOfAll writes many reports as one page, with a table of all of them first.
func HTMLOfAll(all []drill.Report) ([]byte, error) {
	o := overviewOf(all)
	p := page{Title: o.Title, State: o.State, Overview: o}
	for n, r := range all {
		p.Drills = append(p.Drills, viewOf(r, anchorOf(n), 2))
	}
	return write(p)
}

func write(p page) ([]byte, error) {
	p.Style = template.CSS(style) // ours, not a report's
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "page", p); err != nil {
		return nil, fmt.Errorf("write page %q: %w", p.Title, err)
	}
	return b.Bytes(), nil
}
