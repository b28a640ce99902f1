package awsdoc

import (
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"reflect"
	"time"
)

var (
	timeType   = reflect.TypeFor[time.Time]()
	readerType = reflect.TypeFor[io.Reader]()
)

// Encode writes a struct of the AWS SDK, or a pointer to one, as a document. A
// nil pointer, list or map is absent, and so is the zero value of a field that is
// no pointer: to the SDK it is the same as nothing. What a pointer points to is
// written also when it is zero. Times are RFC 3339 in UTC, enumerations text,
// bytes base64. A union or stream without an Adapter is refused with its place.
func (c Codec) Encode(in any) (Document, error) {
	v := reflect.ValueOf(in)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil, fmt.Errorf("encode %T: want a struct", in)
	}
	out, err := c.encodeStruct("", v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", v.Type(), err)
	}
	return out, nil
}

func (c Codec) encodeStruct(at place, v reflect.Value) (Document, error) {
	out := Document{}
	for _, m := range Members(v.Type()) {
		field := v.FieldByIndex(m.Field.Index)
		if field.IsZero() {
			continue
		}
		value, err := c.encode(at.field(m.Name), field)
		if err != nil {
			return nil, err
		}
		out[m.Name] = value
	}
	return out, nil
}

func (c Codec) encode(at place, v reflect.Value) (any, error) {
	switch {
	case v.Type() == timeType:
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano), nil
	case v.Kind() == reflect.Interface:
		return c.encodeInterface(at, v)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil, at.errorf("it is nil, which has no form in a document")
		}
		return c.encode(at, v.Elem())
	case reflect.Struct:
		return c.encodeStruct(at, v)
	case reflect.Slice:
		return c.encodeList(at, v)
	case reflect.Map:
		return c.encodeMap(at, v)
	default:
		return encodeScalar(at, v)
	}
}

func (c Codec) encodeList(at place, v reflect.Value) (any, error) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return base64.StdEncoding.EncodeToString(v.Bytes()), nil
	}
	out := make([]any, 0, v.Len())
	for n := range v.Len() {
		value, err := c.encode(at.entry(n), v.Index(n))
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	return out, nil
}

func (c Codec) encodeMap(at place, v reflect.Value) (any, error) {
	if v.Type().Key().Kind() != reflect.String {
		return nil, at.errorf("it is a map by %s, want one by text", v.Type().Key())
	}
	out := Document{}
	for _, key := range v.MapKeys() {
		value, err := c.encode(at.field(key.String()), v.MapIndex(key))
		if err != nil {
			return nil, err
		}
		out[key.String()] = value
	}
	return out, nil
}

// encodeInterface writes a union or stream as its adapter does.
func (c Codec) encodeInterface(at place, v reflect.Value) (any, error) {
	if v.IsNil() {
		return nil, at.errorf("it is nil, which has no form in a document")
	}
	adapter, ok := c.Adapters[v.Type()]
	if !ok {
		return nil, at.errorf("%s", c.noForm(v.Type()))
	}
	out, err := adapter.Encode(v.Interface(), func(inner any) (any, error) { return c.encode(at, reflect.ValueOf(inner)) })
	if err != nil {
		return nil, at.errorf("%w", err)
	}
	return out, nil
}

// noForm says why an interface type has no form in a document.
func (c Codec) noForm(t reflect.Type) string {
	if t.Implements(readerType) {
		return "it is a stream, which has no form in a document"
	}
	return fmt.Sprintf("it is the union %s, which has no form in a document", t)
}

func encodeScalar(at place, v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n := float64(v.Int())
		if int64(n) != v.Int() || math.Abs(n) > 1<<53 {
			return nil, at.errorf("%d has more digits than a document keeps", v.Int())
		}
		return n, nil
	case reflect.Float32, reflect.Float64:
		f := v.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, at.errorf("%v is no number", f)
		}
		return f, nil
	default:
		return nil, at.errorf("a %s has no form in a document", v.Type())
	}
}
