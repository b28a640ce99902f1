package awsport_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/plan"
)

type doc = plan.Document

func TestCodec_writesAttributesAsTheAPIDoes(t *testing.T) {
	t.Parallel()
	in := dynamodb.GetItemOutput{Item: map[string]types.AttributeValue{
		"s": &types.AttributeValueMemberS{Value: ""}, "n": &types.AttributeValueMemberN{Value: "1"},
		"b": &types.AttributeValueMemberB{Value: []byte{1}}, "bool": &types.AttributeValueMemberBOOL{},
		"null": &types.AttributeValueMemberNULL{Value: true}, "ss": &types.AttributeValueMemberSS{Value: []string{"a"}},
		"ns": &types.AttributeValueMemberNS{Value: []string{"2"}}, "bs": &types.AttributeValueMemberBS{Value: [][]byte{{2}}},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: "x"}}},
		"m": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"k": &types.AttributeValueMemberN{Value: "3"}}},
	}}
	got, err := awsport.Codec.Encode(&in)
	require.NoError(t, err)
	assert.Equal(t, doc{"Item": doc{
		"s": doc{"S": ""}, "n": doc{"N": "1"}, "b": doc{"B": "AQ=="}, "bool": doc{"BOOL": false}, "null": doc{"NULL": true},
		"ss": doc{"SS": []any{"a"}}, "ns": doc{"NS": []any{"2"}}, "bs": doc{"BS": []any{"Ag=="}},
		"l": doc{"L": []any{doc{"S": "x"}}}, "m": doc{"M": doc{"k": doc{"N": "3"}}},
	}}, got)
	var back dynamodb.GetItemOutput
	require.NoError(t, awsport.Codec.Decode(got, &back))
	assert.Equal(t, in, back)
}

func TestCodec_refusesWhatIsNoAttribute(t *testing.T) {
	t.Parallel()
	for want, in := range map[string]any{
		"Key.k: want one field such as S or N": doc{"S": "a", "N": "1"},
		"Key.k: Q is no form of an attribute":  doc{"Q": "a"},
		"Key.k: it is a number, want text":     doc{"N": 1},
		"Key.k: want one field":                "a",
	} {
		err := awsport.Codec.Decode(doc{"Key": doc{"k": in}}, &dynamodb.GetItemInput{})
		require.ErrorContains(t, err, want)
	}
	_, err := awsport.Codec.Encode(dynamodb.GetItemOutput{Item: map[string]types.AttributeValue{
		"k": &types.UnknownUnionMember{Tag: "X"}}})
	require.ErrorContains(t, err, "Item.k: types.UnknownUnionMember is no form of an attribute")
}

// stream is a body that remembers that it was closed.
type stream struct {
	io.Reader
	closed bool
}

func (s *stream) Close() error {
	s.closed = true
	return nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("line cut") }

func TestCodec_readsABodyAsText(t *testing.T) {
	t.Parallel()
	s := &stream{Reader: strings.NewReader("a€")}
	got, err := awsport.Codec.Encode(s3.GetObjectOutput{Body: s})
	require.NoError(t, err)
	assert.Equal(t, doc{"Body": "a€"}, got)
	assert.True(t, s.closed)
	for want, r := range map[string]io.Reader{
		"Body: the object is no text":                    strings.NewReader("\xff\xfe"),
		"Body: the object has more than 1048576":         strings.NewReader(strings.Repeat("a", 1<<20+1)),
		"encode s3.GetObjectOutput: Body: line cut":      broken{},
		"encode s3.GetObjectOutput: Body: the object is": strings.NewReader("a\x00"),
	} {
		_, err := awsport.Codec.Encode(s3.GetObjectOutput{Body: &stream{Reader: r}})
		require.ErrorContains(t, err, want)
	}
}

func TestCodec_writesABodyThatCanBeReadTwice(t *testing.T) {
	t.Parallel()
	var in s3.PutObjectInput
	require.NoError(t, awsport.Codec.Decode(doc{"Body": "abc"}, &in))
	for range 2 {
		raw, err := io.ReadAll(in.Body)
		require.NoError(t, err)
		assert.Equal(t, "abc", string(raw))
		_, err = in.Body.(io.Seeker).Seek(0, io.SeekStart)
		require.NoError(t, err)
	}
	require.ErrorContains(t, awsport.Codec.Decode(doc{"Body": 1}, &in), "Body: want text")
}
