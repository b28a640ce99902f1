// Command export runs in a home's cluster, by a CronJob, and writes the
// Kubernetes objects of the agents into the home's configuration bucket.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"redoubt/internal/export"
)

func main() {
	var o export.Options
	region := flag.String("region", "", "the region of the bucket")
	flag.StringVar(&o.Namespace, "namespace", "", "the namespace to export")
	flag.StringVar(&o.Bucket, "bucket", "", "the bucket to write to")
	flag.StringVar(&o.Key, "key", "", "the key of the object to write")
	flag.Parse()
	if err := run(context.Background(), *region, o); err != nil {
		fmt.Fprintf(os.Stderr, "export: error: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, region string, o export.Options) error {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	cluster, err := export.InCluster(host, port, export.Mount)
	if err != nil {
		return err
	}
	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return err
	}
	done, err := export.Run(ctx, cluster, s3.NewFromConfig(settings), o)
	if err != nil {
		return err
	}
	for _, what := range done.Withheld {
		fmt.Fprintf(os.Stderr, "export: withheld: %s\n", what)
	}
	fmt.Printf("%d objects of %s in %s/%s, version %s\n", done.Objects, o.Namespace, o.Bucket, o.Key, done.Version)
	return nil
}
