package provider

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/sim/catalog"
)

// form is what a value is made of.
type form int

const (
	formAny form = iota
	formBool
	formInt
	formNumber
	formString
	formAsset
	formList
	formMap
	formObject
)

// String returns the name of the form as a fault names it.
func (f form) String() string {
	return [...]string{"anything", "a boolean", "a whole number", "a number", "a string", "an asset",
		"a list", "a map", "an object"}[f]
}

// shape is what a property may hold, read off the SDK's own Go type. The keys
// of an object are names of properties, those of a map are data.
type shape struct {
	form form
	// elem is the shape of a list's or map's elements.
	elem *shape
	// props are the properties of an object; required are those without a pointer in Go.
	props    map[string]*shape
	required map[string]bool
}

// typeShapes are the argument and the state shape of one resource type.
type typeShapes struct{ args, state *shape }

var (
	shapesMu sync.Mutex
	shapes   = map[string]*typeShapes{}
	assetTyp = reflect.TypeFor[pulumi.AssetOrArchive]()
)

// sdkTypes is every AWS resource type that the simulator knows, by token.
var sdkTypes = func() map[string]catalog.Type {
	out := map[string]catalog.Type{}
	for _, t := range catalog.Types() {
		out[t.Token] = t
	}
	return out
}()

// shapesOf returns the shapes of the type with the token.
func shapesOf(token string) (*typeShapes, error) {
	shapesMu.Lock()
	defer shapesMu.Unlock()
	if s, ok := shapes[token]; ok {
		return s, nil
	}
	t, ok := sdkTypes[token]
	if !ok {
		return nil, fmt.Errorf("type %q is not simulated%s", token, didYouMean(token, sortedKeys(sdkTypes)))
	}
	seen := map[reflect.Type]*shape{}
	s := &typeShapes{args: shapeOf(t.Args, seen), state: shapeOf(t.State, seen)}
	shapes[token] = s
	return s, nil
}

func shapeOf(t reflect.Type, seen map[reflect.Type]*shape) *shape {
	if s, ok := seen[t]; ok {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shapeOf(t.Elem(), seen)
	case reflect.Bool:
		return &shape{form: formBool}
	case reflect.Int:
		return &shape{form: formInt}
	case reflect.Float64:
		return &shape{form: formNumber}
	case reflect.String:
		return &shape{form: formString}
	case reflect.Slice:
		return &shape{form: formList, elem: shapeOf(t.Elem(), seen)}
	case reflect.Map:
		return &shape{form: formMap, elem: shapeOf(t.Elem(), seen)}
	case reflect.Interface:
		if t.Implements(assetTyp) {
			return &shape{form: formAsset}
		}
		return &shape{form: formString} // the SDK's "anything" is a text upstream, such as a policy or a name
	case reflect.Struct:
		return objectShape(t, seen)
	}
	return &shape{}
}

func objectShape(t reflect.Type, seen map[reflect.Type]*shape) *shape {
	s := &shape{form: formObject, props: map[string]*shape{}, required: map[string]bool{}}
	seen[t] = s
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		if name == "" {
			continue
		}
		s.props[name] = shapeOf(field.Type, seen)
		switch field.Type.Kind() {
		case reflect.Bool, reflect.Int, reflect.Float64, reflect.String, reflect.Struct:
			s.required[name] = true
		}
	}
	return s
}

// at returns the shape of a property of an object; nil when there is none.
func (s *shape) at(name string) *shape {
	if s == nil {
		return nil
	}
	return s.props[name]
}

// didYouMean returns a hint with the nearest known name, or nothing when none is near.
func didYouMean(name string, known []string) string {
	best, distance := "", len(name)/2+1
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
