package contract

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsdoc"
	"redoubt/internal/awsport"
)

// wholeInText is a number that the models call text.
const wholeInText = "PageMaxItems"

// names compares the members of the SDK's structs, as documents name them, with
// those of the models.
type names struct {
	*Model
	seen     map[string]bool
	newer    map[string]bool // members that are younger than the models
	patterns map[string]bool
	count    int
}

// TestMembers_areNamedAsInTheModels walks the input and the answer of every
// operation of the port: a document that awsdoc writes must be one of the API's.
func TestMembers_areNamedAsInTheModels(t *testing.T) {
	t.Parallel()
	models, err := Find()
	require.NoError(t, err)
	members, newer, patterns := 0, map[string]bool{}, map[string]bool{}
	for _, name := range awsport.Operations() {
		service, operation, _ := strings.Cut(name, ".")
		model, err := models.Service(service)
		require.NoError(t, err, name)
		require.Contains(t, model.Operations, operation, service)
		shape, _ := awsport.ShapeOf(service, operation)
		n := names{Model: model, seen: map[string]bool{}, newer: newer, patterns: patterns}
		n.compare(t, name+" input", model.Operations[operation].Input.Shape, shape.Input)
		n.compare(t, name+" answer", model.Operations[operation].Output.Shape, shape.Output)
		members += n.count
		if shape.Token != "" {
			assert.Contains(t, model.shape(model.Operations[operation].Input.Shape).Members, shape.Token)
		}
	}
	t.Logf("%d members of %d operations; %d of the SDK are younger than the models: %s", members,
		len(awsport.Operations()), len(newer), strings.Join(slices.Sorted(maps.Keys(newer)), " "))
	assert.Greater(t, members, 1500)
	for pattern := range patterns {
		_, err := compiled(pattern)
		assert.NoError(t, err, "%q", pattern)
	}
	t.Logf("%d patterns", len(patterns))
}

func (n *names) compare(t *testing.T, at, name string, of reflect.Type) {
	t.Helper()
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	s := n.shape(name)
	switch s.Type {
	case "structure":
		n.structure(t, at, name, of)
	case "list":
		if assert.Equal(t, reflect.Slice, of.Kind(), at) {
			n.compare(t, at+"[]", s.Member.Shape, of.Elem())
		}
	case "map":
		if assert.Equal(t, reflect.Map, of.Kind(), at) {
			n.compare(t, at+"{}", s.Value.Shape, of.Elem())
		}
	case "string":
		n.patterns[s.Pattern] = true
		assert.True(t, of.Kind() == reflect.String || name == wholeInText, at)
	case "boolean":
		assert.Equal(t, reflect.Bool, of.Kind(), at)
	case "timestamp":
		assert.Equal(t, "time.Time", of.String(), at)
	case "integer", "long":
		assert.Contains(t, []reflect.Kind{reflect.Int32, reflect.Int64}, of.Kind(), at)
	case "double", "float":
		assert.Contains(t, []reflect.Kind{reflect.Float32, reflect.Float64}, of.Kind(), at)
	}
}

func (n *names) structure(t *testing.T, at, name string, of reflect.Type) {
	t.Helper()
	if of.Kind() == reflect.Interface || n.seen[name] {
		return // a union has a form of its own (awsport's forms_test.go)
	}
	n.seen[name] = true
	fields := map[string]reflect.Type{}
	for _, m := range awsdoc.Members(of) {
		fields[m.Name] = m.Field.Type
	}
	for member, in := range n.shape(name).Members {
		n.count++
		if assert.Contains(t, fields, member, at) {
			n.compare(t, at+"."+member, in.Shape, fields[member])
		}
	}
	for field := range fields {
		if _, known := n.shape(name).Members[field]; !known {
			n.newer[of.Name()+"."+field] = true
		}
	}
}

func TestCompiled_readsTheModelsPatterns(t *testing.T) {
	t.Parallel()
	for pattern, texts := range map[string][2]string{
		`[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*`: {"a€ 😀\t", "\x01"},
		`arn:aws:[a-z]+`: {"arn:aws:s", "xarn:aws:s"},
		`^.{1,100000}$`:  {"a\nb", ""},
	} {
		of, err := compiled(pattern)
		require.NoError(t, err)
		assert.True(t, of.MatchString(texts[0]), pattern)
		assert.False(t, of.MatchString(texts[1]), pattern)
	}
}
