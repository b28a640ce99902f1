package awsdoc_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsdoc"
	"redoubt/internal/awsport"
	"redoubt/internal/repeat"
)

// TestDocument_roundTrips fills each input and answer that the port knows at
// random, writes it, reads it back and compares; then writes the document again.
func TestDocument_roundTrips(t *testing.T) {
	t.Parallel()
	seed := repeat.Seed(t)
	cases := 0
	for _, name := range awsport.Operations() {
		service, operation, _ := strings.Cut(name, ".")
		shape, _ := awsport.ShapeOf(service, operation)
		for _, of := range []reflect.Type{shape.Input, shape.Output} {
			for n := range uint64(20) {
				f := filler{rand.New(rand.NewPCG(seed, n))} //nolint:gosec // a test
				in := reflect.New(of)
				f.fill(in.Elem(), 0)
				doc, err := awsdoc.Encode(in.Interface())
				require.NoError(t, err, "%s seed %d case %d", of, seed, n)
				raw, err := json.Marshal(doc)
				require.NoError(t, err)
				var read awsdoc.Document
				require.NoError(t, json.Unmarshal(raw, &read))
				require.Equal(t, doc, read, "a document is what it is after being written and read")
				out := reflect.New(of)
				require.NoError(t, awsdoc.Decode(read, out.Interface()), "%s seed %d case %d", of, seed, n)
				require.Equal(t, in.Interface(), out.Interface(), "%s seed %d case %d", of, seed, n)
				cases++
			}
		}
	}
	t.Logf("%d round trips", cases)
	assert.Greater(t, cases, 2000)
}

// filler fills structs of the SDK at random.
type filler struct{ r *rand.Rand }

var timeType = reflect.TypeFor[time.Time]()

func (f filler) fill(v reflect.Value, depth int) {
	for _, m := range awsdoc.Members(v.Type()) {
		if f.r.IntN(3) > 0 && depth < 6 {
			f.value(v.FieldByIndex(m.Field.Index), depth+1)
		}
	}
}

func (f filler) value(v reflect.Value, depth int) {
	switch {
	case v.Type() == timeType:
		v.Set(reflect.ValueOf(time.UnixMilli(f.r.Int64N(4e12)).UTC()))
		return
	case v.Kind() == reflect.Interface:
		return // a union or stream; forms_test.go of the port tries those
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), depth)
	case reflect.Struct:
		f.fill(v, depth)
	case reflect.Slice:
		f.list(v, depth)
	case reflect.Map:
		f.entries(v, depth)
	case reflect.String:
		v.SetString(f.text())
	case reflect.Bool:
		v.SetBool(f.r.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(f.r.Int64N(1<<31) - 1<<30)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(f.r.IntN(1000)) / 8)
	default:
		panic("the SDK has a kind of field that nobody knows: " + v.Type().String())
	}
}

func (f filler) list(v reflect.Value, depth int) {
	of := v.Type().Elem()
	if of.Kind() == reflect.Interface {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), f.r.IntN(3), 3))
	if of.Kind() == reflect.Uint8 {
		v.SetBytes([]byte(f.text()))
		return
	}
	for n := range v.Len() {
		f.value(v.Index(n), depth)
	}
}

func (f filler) entries(v reflect.Value, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	if v.Type().Elem().Kind() == reflect.Interface {
		return
	}
	for range f.r.IntN(3) {
		value := reflect.New(v.Type().Elem()).Elem()
		f.value(value, depth)
		v.SetMapIndex(reflect.ValueOf(f.text()).Convert(v.Type().Key()), value)
	}
}

func (f filler) text() string {
	const letters = "abzÄ€\"\\<>&\n 09"
	out := make([]rune, f.r.IntN(6))
	for n := range out {
		all := []rune(letters)
		out[n] = all[f.r.IntN(len(all))]
	}
	return string(out)
}
