// Package declared reads what a program declares as embedded YAML, a file a thing: each file is named after its thing, a
// field that is not known is refused, and all that is wrong with all files is told at once.
package declared

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// All are the things of a folder, in the order of their names.
func All[T any](files fs.FS, folder string, parse func(name string, text []byte) (T, error)) ([]T, error) {
	names, err := fs.Glob(files, folder+"/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []T
	var errs []error
	for _, file := range names {
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		one, err := parse(strings.TrimSuffix(path.Base(file), ".yaml"), text)
		errs = append(errs, err)
		out = append(out, one)
	}
	return out, errors.Join(errs...)
}

// Decode reads a text into a thing and refuses fields that it does not have. What says what the thing is, such as
// "scenario zone-loss".
func Decode(what string, text []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
