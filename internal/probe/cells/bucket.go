package cells

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"redoubt/system"
	"redoubt/watch/prober"
)

// Objects is what a bucket's cell needs of a client of S3.
type Objects interface {
	PutObject(context.Context, *s3.PutObjectInput, ...func(*s3.Options)) (*s3.PutObjectOutput, error)
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

// Bucket keeps the mark as an object of a few bytes, which replication takes to the other home. A bucket keeps versions,
// so that it is written no more than once a minute (watch.Beat).
type Bucket struct {
	Home    system.Home
	Clients map[system.Home]Objects
	// Names are the buckets of the homes.
	Names map[system.Home]string
}

var _ Cell = (*Bucket)(nil)

// Write puts the object into the bucket of the home that serves.
func (b *Bucket) Write(ctx context.Context, serves system.Home, at time.Time) error {
	client, there := b.Clients[serves]
	if !there {
		return fmt.Errorf("the inventory knows no such bucket in the %s home", serves)
	}
	_, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(b.Names[serves]), Key: aws.String(prober.BucketKey(b.Home)), Body: strings.NewReader(encode(at))})
	return err
}

// Read gets the object from the home's own bucket.
func (b *Bucket) Read(ctx context.Context) (time.Time, error) {
	text, err := Object(ctx, b.Clients[b.Home], b.Names[b.Home], prober.BucketKey(b.Home))
	if missing := (*types.NoSuchKey)(nil); errors.As(err, &missing) {
		return time.Time{}, ErrNone
	}
	if err != nil {
		return time.Time{}, err
	}
	return decode(string(text))
}

// largest is the most of an object that is read: an inventory is far smaller.
const largest = 8 << 20

// Object reads a small object whole.
func Object(ctx context.Context, client Objects, bucket, key string) ([]byte, error) {
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(out.Body, largest+1))
	if err == nil && len(raw) > largest {
		err = fmt.Errorf("%s/%s has more than %d bytes", bucket, key, largest)
	}
	return raw, err
}

// Close does nothing: the clients are the caller's.
func (b *Bucket) Close() {}
