package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"redoubt/witness/run/segments"
)

// Objects is what a bucket of segments needs of a client of S3.
type Objects interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

// bucket keeps segments in a bucket of S3.
type bucket struct {
	client Objects
	name   string
}

var _ segments.Objects = bucket{}

// Bucket keeps the segments of a witness in a bucket of S3.
func Bucket(client Objects, name string) segments.Objects { return bucket{client, name} }

// Create puts an object on the condition that there is none of its key. Of two who try at once, one is answered 409:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
func (b bucket) Create(ctx context.Context, key string, body []byte) error {
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: bytes.NewReader(body),
		IfNoneMatch: aws.String("*")})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "PreconditionFailed" {
		return segments.ErrExists
	}
	return err
}

// List lists all pages.
func (b bucket) List(ctx context.Context, prefix string) ([]segments.Object, error) {
	var out []segments.Object
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			out = append(out, segments.Object{Key: aws.ToString(o.Key), Put: aws.ToTime(o.LastModified)})
		}
	}
	return out, nil
}

// largest is the most of an object that is read: a segment or an inventory is far smaller.
const largest = 32 << 20

// Get reads an object whole.
func (b bucket) Get(ctx context.Context, key string) ([]byte, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(out.Body, largest+1))
	if err == nil && len(raw) > largest {
		err = fmt.Errorf("%s has more than %d bytes", key, largest)
	}
	return raw, err
}
