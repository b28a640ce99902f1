package main

import (
	"fmt"
	"path"
	"strings"
)

// row writes one line of a table; empty cells get a dash.
func row(b *strings.Builder, cells ...string) {
	for _, c := range cells {
		if c == "" {
			c = "-"
		}
		fmt.Fprintf(b, "| %s ", strings.ReplaceAll(c, "|", `\|`))
	}
	b.WriteString("|\n")
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func codes(names ...string) string {
	var out []string
	for _, n := range names {
		if n != "" {
			out = append(out, code(n))
		}
	}
	return strings.Join(out, ", ")
}

// source is a link with the page's own name, and what is said beside the address; or the words of an assumption.
func source(s string) string {
	if !strings.HasPrefix(s, "https://") {
		return s
	}
	address, beside, _ := strings.Cut(s, " ")
	name, part, _ := strings.Cut(path.Base(strings.TrimSuffix(address, "/")), "#")
	name = strings.TrimSuffix(name, ".html")
	if part != "" && name == "" {
		name = part
	}
	return strings.TrimSpace(fmt.Sprintf("[%s](%s) %s", name, address, beside))
}
