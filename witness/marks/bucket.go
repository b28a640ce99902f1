package marks

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"redoubt/witness"
)

// Objects is what a bucket's marks need of a client of S3.
type Objects interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	ListObjectsV2(context.Context, *s3.ListObjectsV2Input, ...func(*s3.Options)) (*s3.ListObjectsV2Output, error)
}

// Bucket writes each mark as an object of a few bytes. Marks go when the bucket's
// rules let them: where versions are locked, they stay as long as all that is in it.
//
// A mark is acknowledged when PutObject has answered: it is in three zones of its
// region, and goes to the other region later:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/DataDurability.html
type Bucket struct {
	Witness
	Client Objects
	// Bucket is the bucket's name.
	Bucket string
}

var _ Place = (*Bucket)(nil)

// Write puts one object.
func (b *Bucket) Write(ctx context.Context, seq int64) error {
	_, err := b.Client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(b.Bucket), Key: aws.String(witness.BucketPrefix(b.Name) + digits(seq)),
		Body: strings.NewReader(digits(seq)),
	})
	return err
}

// Read lists the marks in the order of their keys, which is that of their numbers.
func (b *Bucket) Read(ctx context.Context) ([]int64, error) {
	var out []int64
	in := &s3.ListObjectsV2Input{Bucket: aws.String(b.Bucket), Prefix: aws.String(witness.BucketPrefix(b.Name))}
	for {
		answer, err := b.Client.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("read marks: %w", err)
		}
		for _, o := range answer.Contents {
			seq, ok := Number(aws.ToString(o.Key), witness.BucketPrefix(b.Name))
			if !ok {
				return nil, fmt.Errorf("read marks: the object %q is no mark", aws.ToString(o.Key))
			}
			out = append(out, seq)
		}
		if in.ContinuationToken = answer.NextContinuationToken; in.ContinuationToken == nil {
			return out, nil
		}
	}
}

// Close does nothing: the client is the caller's.
func (b *Bucket) Close() error { return nil }
