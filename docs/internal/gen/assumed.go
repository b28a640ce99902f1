package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// assumption is one sentence of a comment that says what is assumed.
type assumption struct{ file, text string }

// simulated are the folders whose comments say what is assumed.
var simulated = []string{"sim/data", "sim/provider", "sim/world"}

// assumptions collects the sentences with the word "assumed" from the comments
// of the simulator's code, in the order of the files.
func assumptions(module string) ([]assumption, error) {
	var out []assumption
	for _, dir := range simulated {
		entries, err := os.ReadDir(filepath.Join(module, dir))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			found, err := assumedIn(filepath.Join(module, dir, e.Name()), path.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
		}
	}
	return out, nil
}

func assumedIn(file, name string) ([]assumption, error) {
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var out []assumption
	for _, group := range tree.Comments {
		for _, s := range sentences(group) {
			if strings.Contains(s, "ssumed") && !strings.Contains(s, "says what is assumed") {
				out = append(out, assumption{name, s})
			}
		}
	}
	return out, nil
}

// sentences splits a comment at the full stops that end a sentence.
func sentences(group *ast.CommentGroup) []string {
	text := strings.Join(strings.Fields(group.Text()), " ")
	var out []string
	for _, s := range strings.SplitAfter(text, ". ") {
		out = append(out, strings.TrimSpace(s))
	}
	return out
}
