package awsdoc

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"
)

// Decode reads a document into the struct that out points to. A field that the
// struct does not have, a null and a value of another kind are refused, each
// with its place; all that is wrong is told at once.
func (c Codec) Decode(in Document, out any) error {
	v := reflect.ValueOf(out)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("decode into %T: want a pointer to a struct", out)
	}
	plain, err := numbers(in)
	if err == nil {
		err = c.decodeStruct("", plain, v.Elem())
	}
	if err != nil {
		return fmt.Errorf("decode %s: %w", v.Elem().Type(), err)
	}
	return nil
}

// numbers is the document as it looks after being written and read, with its
// numbers as they are written.
func numbers(in any) (any, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil || out != nil {
		return out, err
	}
	return Document{}, nil
}

func (c Codec) decodeStruct(at place, in any, out reflect.Value) error {
	doc, ok := in.(Document)
	if !ok {
		return at.errorf("it is %s, want a document", kindOf(in))
	}
	fields := map[string]reflect.StructField{}
	for _, m := range Members(out.Type()) {
		fields[m.Name] = m.Field
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		f, known := fields[name]
		if !known {
			errs = append(errs, at.field(name).errorf("%s has no such field", out.Type()))
			continue
		}
		errs = append(errs, c.decode(at.field(name), doc[name], out.FieldByIndex(f.Index)))
	}
	return errors.Join(errs...)
}

func (c Codec) decode(at place, in any, out reflect.Value) error {
	switch {
	case in == nil:
		return at.errorf("it is null; leave it out")
	case out.Type() == timeType:
		return decodeTime(at, in, out)
	case out.Kind() == reflect.Interface:
		return c.decodeInterface(at, in, out)
	}
	switch out.Kind() {
	case reflect.Pointer:
		to := reflect.New(out.Type().Elem())
		out.Set(to)
		return c.decode(at, in, to.Elem())
	case reflect.Struct:
		return c.decodeStruct(at, in, out)
	case reflect.Slice:
		return c.decodeList(at, in, out)
	case reflect.Map:
		return c.decodeMap(at, in, out)
	default:
		return decodeScalar(at, in, out)
	}
}

func decodeTime(at place, in any, out reflect.Value) error {
	text, _ := in.(string)
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at.errorf("it is %v, want a time in RFC 3339", in)
	}
	out.Set(reflect.ValueOf(t.UTC()))
	return nil
}

func (c Codec) decodeList(at place, in any, out reflect.Value) error {
	if text, ok := in.(string); ok && out.Type().Elem().Kind() == reflect.Uint8 {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return at.errorf("it is no base64: %w", err)
		}
		out.SetBytes(raw)
		return nil
	}
	list, ok := in.([]any)
	if !ok {
		return at.errorf("it is %s, want a list", kindOf(in))
	}
	made := reflect.MakeSlice(out.Type(), len(list), len(list))
	var errs []error
	for n, entry := range list {
		errs = append(errs, c.decode(at.entry(n), entry, made.Index(n)))
	}
	out.Set(made)
	return errors.Join(errs...)
}

func (c Codec) decodeMap(at place, in any, out reflect.Value) error {
	doc, ok := in.(Document)
	if !ok || out.Type().Key().Kind() != reflect.String {
		return at.errorf("it is %s, want a document", kindOf(in))
	}
	made := reflect.MakeMapWithSize(out.Type(), len(doc))
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		value := reflect.New(out.Type().Elem()).Elem()
		errs = append(errs, c.decode(at.field(name), doc[name], value))
		made.SetMapIndex(reflect.ValueOf(name).Convert(out.Type().Key()), value)
	}
	out.Set(made)
	return errors.Join(errs...)
}

// decodeInterface reads a union or stream as its adapter does.
func (c Codec) decodeInterface(at place, in any, out reflect.Value) error {
	adapter, ok := c.Adapters[out.Type()]
	if !ok {
		return at.errorf("%s", c.noForm(out.Type()))
	}
	value, err := adapter.Decode(in, func(inner, to any) error { return c.decode(at, inner, reflect.ValueOf(to).Elem()) })
	if err != nil {
		return at.errorf("%w", err)
	}
	out.Set(reflect.ValueOf(value))
	return nil
}

func decodeScalar(at place, in any, out reflect.Value) error {
	switch out.Kind() {
	case reflect.String:
		if text, ok := in.(string); ok {
			out.SetString(text)
			return nil
		}
		return at.errorf("it is %s, want text", kindOf(in))
	case reflect.Bool:
		if yes, ok := in.(bool); ok {
			out.SetBool(yes)
			return nil
		}
		return at.errorf("it is %s, want true or false", kindOf(in))
	default:
		return decodeNumber(at, in, out)
	}
}

func decodeNumber(at place, in any, out reflect.Value) error {
	number, ok := in.(json.Number)
	if !ok {
		return at.errorf("it is %s, want a %s", kindOf(in), out.Type())
	}
	switch out.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := whole(number)
		if err != nil || out.OverflowInt(n) {
			return at.errorf("it is %s, want a whole number that an %s holds", number, out.Kind())
		}
		out.SetInt(n)
	case reflect.Float32, reflect.Float64:
		f, err := number.Float64()
		if err != nil {
			return at.errorf("it is %s, which is too large", number)
		}
		out.SetFloat(f)
	default:
		return at.errorf("a %s has no form in a document", out.Type())
	}
	return nil
}

// whole reads a number without a fraction, also when it is written as 1e3.
func whole(number json.Number) (int64, error) {
	n, err := number.Int64()
	if err == nil {
		return n, nil
	}
	f, ferr := number.Float64()
	if ferr != nil || f != float64(int64(f)) || f > 1<<53 || f < -(1<<53) {
		return 0, err
	}
	return int64(f), nil
}

// kindOf says in words what a value of a document is.
func kindOf(in any) string {
	switch in.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	default:
		return "a document"
	}
}
