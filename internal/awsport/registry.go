package awsport

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"redoubt/internal/awsdoc"
	"redoubt/recovery/plan"
)

// operation is one operation of AWS as the registry holds it.
type operation struct {
	// token is the member of the input that makes a repeat harmless, empty where
	// the operation has none.
	token string
	// fits says whether an input may carry the token; nil is always.
	fits func(plan.Document) bool

	input, output reflect.Type
	call          func(context.Context, session, plan.Document) (plan.Document, error)
}

// serve makes an operation of a method of an SDK client: the document becomes
// its typed input, its typed output becomes the answer.
func serve[C, O, In, Out any](
	client func(aws.Config, ...func(*O)) *C,
	do func(*C, context.Context, *In, ...func(*O)) (*Out, error),
) operation {
	return operation{
		input: reflect.TypeFor[In](), output: reflect.TypeFor[Out](),
		call: func(ctx context.Context, s session, in plan.Document) (plan.Document, error) {
			var input In
			if err := Codec.Decode(in, &input); err != nil {
				return nil, &badInput{err}
			}
			out, err := do(client(s.Config), ctx, &input)
			if err != nil {
				return nil, err
			}
			return Codec.Encode(out)
		},
	}
}

// with names the member that takes a call's token.
func (o operation) with(token string) operation {
	o.token = token
	return o
}

// when says which inputs may carry the token.
func (o operation) when(fits func(plan.Document) bool) operation {
	o.fits = fits
	return o
}

// placed is the input with the call's token in it.
func (o operation) placed(c plan.Call) plan.Document {
	if c.Token == "" || o.token == "" || c.Input[o.token] != nil || o.fits != nil && !o.fits(c.Input) {
		return c.Input
	}
	in := maps.Clone(c.Input)
	if in == nil {
		in = plan.Document{}
	}
	in[o.token] = c.Token
	return in
}

// Shape is what an operation takes and gives, for those who check plans.
type Shape struct {
	// Input and Output are structs of the SDK.
	Input, Output reflect.Type
	// Token is the member of the input that takes a call's token, if there is one.
	Token string
}

// Operations lists what the port can call, as service.Operation.
func Operations() []string { return slices.Sorted(maps.Keys(registry)) }

// ShapeOf returns what an operation takes and gives.
func ShapeOf(service, operation string) (Shape, bool) {
	o, known := registry[service+"."+operation]
	return Shape{Input: o.input, Output: o.output, Token: o.token}, known
}

// Codec knows the two things in the inputs and answers of AWS that have no
// form of their own: the attributes of DynamoDB and the bodies of S3.
var Codec = awsdoc.Codec{Adapters: map[reflect.Type]awsdoc.Adapter{
	attributeType:  {Encode: encodeAttribute, Decode: decodeAttribute},
	readerType:     {Encode: encodeBody, Decode: decodeBody},
	readCloserType: {Encode: encodeBody, Decode: decodeBody},
}}
