package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

// Putter is what is needed of a client of CloudWatch to publish.
type Putter interface {
	PutMetricData(context.Context, *cloudwatch.PutMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricDataOutput, error)
}

const (
	// most is how many values one call puts:
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
	most = 1000
	// putWithin is how long one region may take to accept what is put.
	putWithin = 10 * time.Second
)

// Put publishes into both regions at once. That one does not take its values keeps none from the other.
func Put(ctx context.Context, clients map[system.Home]Putter, puts []prober.Put, at time.Time) error {
	ctx, stop := context.WithTimeout(ctx, putWithin)
	defer stop()
	data := map[system.Home][]types.MetricDatum{}
	for _, p := range puts {
		data[p.Into] = append(data[p.Into], datum(p, at))
	}
	done := make(chan error, len(data))
	for home, all := range data {
		go func() { done <- putAll(ctx, clients[home], home, all) }()
	}
	var errs []error
	for range data {
		errs = append(errs, <-done)
	}
	return errors.Join(errs...)
}

func putAll(ctx context.Context, client Putter, home system.Home, all []types.MetricDatum) error {
	if client == nil {
		return fmt.Errorf("publish in the %s home: the inventory knows no region of the %s home", home, home)
	}
	for part := range slices.Chunk(all, most) {
		_, err := client.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String(watch.Namespace), MetricData: part})
		if err != nil {
			return fmt.Errorf("publish in the %s home: %w", home, err)
		}
	}
	return nil
}

func datum(p prober.Put, at time.Time) types.MetricDatum {
	out := types.MetricDatum{MetricName: aws.String(p.Metric.Name), Timestamp: aws.Time(at), Value: aws.Float64(p.Value)}
	for _, name := range slices.Sorted(maps.Keys(p.Metric.Dimensions)) {
		out.Dimensions = append(out.Dimensions, types.Dimension{Name: aws.String(name), Value: aws.String(p.Metric.Dimensions[name])})
	}
	return out
}
