// Package awsdoc turns the typed structs of the AWS SDK into documents and
// back. A document holds maps, lists, strings, truths and float64 only, under
// the names of AWS's own API models: the names that plans, the simulated regions
// and the AWS command line use.
package awsdoc

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/smithy-go/middleware"
)

// Document is what Encode returns and Decode takes.
type Document = map[string]any

// Codec says what becomes of Go types that have no one form in a document. The
// zero Codec refuses unions and streams.
type Codec struct {
	// Adapters hold the form of an interface type, such as that of a stream.
	Adapters map[reflect.Type]Adapter
}

// Adapter is the form of one interface type in a document.
type Adapter struct {
	// Encode is given the value that the interface holds, never nil, and Plain for
	// what lies inside. It returns a value of a document.
	Encode func(in any, plain func(any) (any, error)) (any, error)
	// Decode returns a value that has the interface's type. Typed reads what lies
	// inside a value of a document into what a pointer points to.
	Decode func(in any, typed func(in any, out any) error) (any, error)
}

// Encode writes a struct of the AWS SDK as a document. See Codec.Encode.
func Encode(in any) (Document, error) { return Codec{}.Encode(in) }

// Decode reads a document into a struct of the AWS SDK. See Codec.Decode.
func Decode(in Document, out any) error { return Codec{}.Decode(in, out) }

// lowerCase are the services whose API models begin their members in lower case.
var lowerCase = map[string]bool{
	"arczonalshift": true, "cloudwatchlogs": true, "ecr": true, "eks": true, "fis": true,
}

const servicePath = "github.com/aws/aws-sdk-go-v2/service/"

// member returns the name that the API model gives to the field of a struct.
func member(t reflect.Type, field string) string {
	if in, ok := strings.CutPrefix(t.PkgPath(), servicePath); ok {
		if service, _, _ := strings.Cut(in, "/"); lowerCase[service] {
			return strings.ToLower(field[:1]) + field[1:]
		}
	}
	return field
}

// Member is a field of a struct under its name in the API model.
type Member struct {
	Name  string
	Field reflect.StructField
}

var metadata = reflect.TypeFor[middleware.Metadata]()

// Members lists the fields of a struct that belong to the API: not what the
// SDK keeps beside the answer.
func Members(t reflect.Type) []Member {
	var out []Member
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() && !f.Anonymous && f.Type != metadata {
			out = append(out, Member{Name: member(t, f.Name), Field: f})
		}
	}
	return out
}

// place is where in a document something is: names joined by dots, [n] in lists.
type place string

func (p place) field(name string) place {
	if p == "" {
		return place(name)
	}
	return p + place("."+name)
}

func (p place) entry(n int) place { return p + place(fmt.Sprintf("[%d]", n)) }

func (p place) errorf(format string, args ...any) error {
	at := p
	if at == "" {
		at = "the document"
	}
	return fmt.Errorf("%s: "+format, append([]any{at}, args...)...)
}
