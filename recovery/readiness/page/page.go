// Package page shows a readiness to people as a web page: what is asked under stress first, then every reason, then the
// parts. The page works without its script, and then asks again by itself.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strings"
	"time"

	"redoubt/recovery/readiness"
)

// Files are the page's own style and script; nothing else is ever loaded.
//
//go:embed page.css page.js
var Files embed.FS

//go:embed page.html.tmpl
var text string

var pages = template.Must(template.New("").Parse(text))

// View is what the page shows.
type View struct {
	// Readiness is the last one; nil while there is none.
	Readiness *readiness.Readiness
	// Notice says why what is shown is old, or why there is nothing; it may be empty.
	Notice string
}

// HTML writes the whole page.
func HTML(v View) ([]byte, error) { return v.write("page") }

// Main writes what is inside the page's main part, which is what changes.
func Main(v View) ([]byte, error) { return v.write("main") }

func (v View) write(name string) ([]byte, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, v); err != nil {
		return nil, fmt.Errorf("write the page: %w", err)
	}
	return b.Bytes(), nil
}

// Title is the verdict first, so that a tab tells it.
func (v View) Title() string {
	if v.Readiness == nil {
		return "Nothing is known yet: redoubt"
	}
	return Upper(string(v.Readiness.Verdict)) + ": " + v.Readiness.System
}

// Say is what a screen reader is told when it changes.
func (v View) Say() string {
	if v.Readiness == nil {
		return v.Notice
	}
	return strings.TrimSpace(Upper(string(v.Readiness.Verdict)) + ". " + v.Readiness.Headline.Can + " " + v.Notice)
}

// Tone is the class of the verdict.
func (v View) Tone() string {
	if v.Readiness == nil {
		return "unknown"
	}
	return map[readiness.Verdict]string{readiness.Ready: "good", readiness.Attention: "look", readiness.NotReady: "bad"}[v.Readiness.Verdict]
}

// Verdict is the verdict as a heading.
func (v View) Verdict() string { return Upper(string(v.Readiness.Verdict)) }

// At is when the homes were looked at.
func (v View) At() string { return v.Readiness.At.UTC().Format(time.DateTime) + " UTC" }

// Word is a state in a word that stands beside its sign.
func (View) Word(s readiness.State) string {
	return map[readiness.State]string{readiness.Good: "good", readiness.Unknown: "unknown", readiness.Late: "look at it",
		readiness.Bad: "bad"}[s]
}

// Can says in two words whether a move is possible.
func (View) Can(m readiness.Move) string {
	switch {
	case m.Why != "":
		return "no plan"
	case m.Possible && len(m.Asks) > 0:
		return "possible, once a person approves"
	case m.Possible:
		return "possible"
	}
	return "refused"
}

// MoveState is the state of a move.
func (View) MoveState(m readiness.Move) readiness.State {
	if m.Possible {
		return readiness.Good
	}
	return readiness.Bad
}

// Upper begins a text with a capital.
func Upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
