package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"redoubt/inventory/objects"
)

// Bucket is what takes the document; a client of S3 does.
type Bucket interface {
	PutObject(ctx context.Context, in *s3.PutObjectInput, opts ...func(*s3.Options)) (*s3.PutObjectOutput, error)
}

// Options say what is exported, and where to.
type Options struct {
	// Namespace is what is exported. Required.
	Namespace string
	// Bucket and Key are where the document goes. The bucket encrypts it. Required.
	Bucket, Key string
}

// Result is what an export wrote.
type Result struct {
	Objects int
	// Withheld names the values that were left out because they are secret.
	Withheld []string
	// Version is the version of the object in the bucket.
	Version string
}

// Run exports the namespace once. A cluster without the namespace is an error
// and writes nothing: an empty document must not take the place of a full one.
func Run(ctx context.Context, c *Cluster, b Bucket, o Options) (Result, error) {
	if err := o.check(); err != nil {
		return Result{}, err
	}
	found, err := c.Objects(ctx, o.Namespace)
	if err != nil {
		return Result{}, err
	}
	kept := objects.Keep(o.Namespace, found)
	if len(kept.Items) == 0 || kept.Items[0]["kind"] != "Namespace" {
		return Result{}, fmt.Errorf("the cluster has no namespace %q", o.Namespace)
	}
	doc, err := kept.Encode()
	if err != nil {
		return Result{}, err
	}
	out, err := b.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(o.Bucket), Key: aws.String(o.Key), Body: bytes.NewReader(doc),
		ContentType: aws.String("application/json"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	})
	if err != nil {
		return Result{}, fmt.Errorf("write %s/%s: %w", o.Bucket, o.Key, err)
	}
	return Result{Objects: len(kept.Items), Withheld: kept.Withheld, Version: aws.ToString(out.VersionId)}, nil
}

func (o Options) check() error {
	var errs []error
	for _, in := range []struct{ name, value string }{{"namespace", o.Namespace}, {"bucket", o.Bucket}, {"key", o.Key}} {
		if in.value == "" {
			errs = append(errs, fmt.Errorf("%s is empty", in.name))
		}
	}
	return errors.Join(errs...)
}
