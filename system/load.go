package system

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxFile is the largest system file that is read, in bytes. A system of a
// thousand agents takes less than a quarter of it.
const maxFile = 4 << 20

// Load reads and checks the system file at path. When the file could be read
// the error is a *Faults that holds everything wrong with it.
func Load(path string) (*System, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read system: %w", err)
	}
	return Parse(path, data)
}

// Parse reads and checks a system file. Name is what the faults call the file.
// The error is a *Faults; the system is nil unless it is free of faults.
func Parse(name string, data []byte) (*System, error) {
	src := newSource(name)
	root := src.document(data)
	if root == nil {
		return nil, src.faults.err()
	}
	sys := decodeSystem(src, root)
	check(sys, src)
	if err := src.faults.err(); err != nil {
		return nil, err
	}
	return sys, nil
}

// source is what is known about the text that a system came from.
type source struct {
	name   string
	faults Faults
	// at holds the place of every value by its path, such as agents[2].tier.
	at map[string]place
	// broken holds the paths whose value could not be read. Rules say nothing
	// about them, so that one slip is one fault.
	broken map[string]bool
	// flat holds the mappings whose merge keys are resolved.
	flat map[*yaml.Node]mapping
}

// place is a position in the file; both count from 1.
type place struct{ line, col int }

func newSource(name string) *source {
	return &source{
		name:   name,
		at:     map[string]place{"": {1, 1}},
		broken: map[string]bool{},
		flat:   map[*yaml.Node]mapping{},
	}
}

// fault records one fault.
func (s *source) fault(p place, hint, cause string) {
	s.faults = append(s.faults, Fault{File: s.name, Line: max(p.line, 1), Col: max(p.col, 1), Cause: cause, Hint: hint})
}

// document parses the one document of the file. It returns nil after
// recording why when there is none to check.
func (s *source) document(data []byte) *yaml.Node {
	if len(data) > maxFile {
		s.fault(place{}, "split the system in two",
			fmt.Sprintf("file has %d bytes, want at most %d", len(data), maxFile))
		return nil
	}
	if at := firstInvalid(data); at >= 0 {
		s.fault(placeOf(data, at), "save the file as UTF-8", "not a text file: this byte is not UTF-8")
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && isNull(doc.Content[0]) {
		s.fault(place{}, "declare name, domain, tiers, stores and agents", "file declares nothing")
		return nil
	}
	if err == nil {
		err = decoder.Decode(&second)
	}
	switch {
	case errors.Is(err, io.EOF):
		return doc.Content[0]
	case err != nil:
		s.syntax(data, err)
		return nil
	default:
		s.fault(place{second.Line, second.Column}, "one file declares one system", "a second document begins here")
		return doc.Content[0]
	}
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or -1.
func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return -1
}

// lineBreak is what the parser takes as the end of a line.
var lineBreak = regexp.MustCompile("\r\n|[\r\n\u0085\u2028\u2029]")

// lineOf returns the number of the line that holds a byte of the file, and
// the offset at which that line starts.
func lineOf(data []byte, offset int) (number, start int) {
	breaks := lineBreak.FindAllIndex(data[:offset], -1)
	if len(breaks) == 0 {
		return 1, 0
	}
	return len(breaks) + 1, breaks[len(breaks)-1][1]
}

// placeOf is the place of a byte of the file.
func placeOf(data []byte, offset int) place {
	line, start := lineOf(data, offset)
	return place{line, utf8.RuneCount(data[start:offset]) + 1}
}

var (
	yamlPrefix    = regexp.MustCompile(`^yaml: (line \d+: )?`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// syntax records why the file is not YAML. The parser names the line where
// the surrounding block began, or none; the place where reading stopped is
// more use, so the file is read again a byte at a time.
func (s *source) syntax(data []byte, err error) {
	cause := yamlPrefix.ReplaceAllString(err.Error(), "")
	hint := "check the indentation, the colons and the quotes of this line and the one before"
	at := stoppedAt(data)
	anchor := unknownAnchor.FindStringSubmatch(cause)
	switch {
	case anchor != nil:
		hint = fmt.Sprintf("mark the value that is meant with &%s, before this line", anchor[1])
		at = max(bytes.Index(data, []byte("*"+anchor[1])), 0)
	case strings.HasPrefix(cause, "control characters"):
		hint = "take the invisible character out"
	default:
		at = lineStart(data, at) // the parser looks some characters ahead
	}
	s.fault(placeOf(data, at), hint, "not YAML: "+strings.TrimSpace(cause))
}

// lineStart is the offset of the first character after the spaces that begin
// the line of another offset.
func lineStart(data []byte, offset int) int {
	_, start := lineOf(data, offset)
	for start < offset && data[start] == ' ' {
		start++
	}
	return start
}

// stoppedAt returns the offset of the last byte that the parser asked for.
func stoppedAt(data []byte) int {
	reader := &slowReader{data: data}
	decoder := yaml.NewDecoder(reader)
	for {
		var node yaml.Node
		if err := decoder.Decode(&node); err != nil {
			return max(reader.next-1, 0)
		}
	}
}

// slowReader hands out a byte at a time.
type slowReader struct {
	data []byte
	next int
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.next >= len(r.data) {
		return 0, io.EOF
	}
	p[0] = r.data[r.next]
	r.next++
	return 1, nil
}
