package awsport

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/recovery/plan"
)

var (
	attributeType  = reflect.TypeFor[types.AttributeValue]()
	readerType     = reflect.TypeFor[io.Reader]()
	readCloserType = reflect.TypeFor[io.ReadCloser]()
	timeType       = reflect.TypeFor[time.Time]()
)

// attributeMembers are the forms of an attribute, each under the name that the
// API gives it:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
var attributeMembers = map[string]reflect.Type{
	"B": reflect.TypeFor[types.AttributeValueMemberB](), "BOOL": reflect.TypeFor[types.AttributeValueMemberBOOL](),
	"BS": reflect.TypeFor[types.AttributeValueMemberBS](), "L": reflect.TypeFor[types.AttributeValueMemberL](),
	"M": reflect.TypeFor[types.AttributeValueMemberM](), "N": reflect.TypeFor[types.AttributeValueMemberN](),
	"NS": reflect.TypeFor[types.AttributeValueMemberNS](), "NULL": reflect.TypeFor[types.AttributeValueMemberNULL](),
	"S": reflect.TypeFor[types.AttributeValueMemberS](), "SS": reflect.TypeFor[types.AttributeValueMemberSS](),
}

// encodeAttribute writes an attribute as the API does: a document with one field.
func encodeAttribute(in any, plain func(any) (any, error)) (any, error) {
	of := reflect.ValueOf(in).Elem()
	for name, t := range attributeMembers {
		if t == of.Type() {
			value, err := plain(of.FieldByName("Value").Interface())
			return plan.Document{name: value}, err
		}
	}
	return nil, fmt.Errorf("%s is no form of an attribute", of.Type())
}

func decodeAttribute(in any, typed func(any, any) error) (any, error) {
	doc, _ := in.(plan.Document)
	if len(doc) != 1 {
		return nil, errors.New("want one field such as S or N with the attribute's value")
	}
	for name, value := range doc {
		t, known := attributeMembers[name]
		if !known {
			return nil, fmt.Errorf("%s is no form of an attribute", name)
		}
		out := reflect.New(t)
		return out.Interface(), typed(value, out.Elem().FieldByName("Value").Addr().Interface())
	}
	return nil, nil
}

// bodyLimit is the most of an object that an answer holds. Plans read their
// own configuration; nobody means to read a store through them.
const bodyLimit = 1 << 20

// encodeBody reads an object's content as text and closes it.
func encodeBody(in any, _ func(any) (any, error)) (any, error) {
	r, ok := in.(io.Reader)
	if !ok {
		return nil, fmt.Errorf("a %T is no stream", in)
	}
	if c, ok := in.(io.Closer); ok {
		defer c.Close()
	}
	raw, err := io.ReadAll(io.LimitReader(r, bodyLimit+1))
	switch {
	case err != nil:
		return nil, err
	case len(raw) > bodyLimit:
		return nil, fmt.Errorf("the object has more than %d bytes", bodyLimit)
	case !utf8.Valid(raw) || slices.Contains(raw, 0):
		return nil, errors.New("the object is no text")
	}
	return string(raw), nil
}

func decodeBody(in any, _ func(any, any) error) (any, error) {
	text, ok := in.(string)
	if !ok {
		return nil, errors.New("want text")
	}
	return body{strings.NewReader(text)}, nil
}

// body can be read twice, which signing needs.
type body struct{ *strings.Reader }

// Close does nothing.
func (body) Close() error { return nil }
