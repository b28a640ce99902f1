package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch/prober"
)

// Snapshots is what is needed of a client of S3 to see a cache's exports.
type Snapshots interface {
	s3.ListObjectsV2APIClient
	HeadObject(context.Context, *s3.HeadObjectInput, ...func(*s3.Options)) (*s3.HeadObjectOutput, error)
}

// mostExports is how many of the newest exports are asked where they come from.
const mostExports = 20

// exported sees the exported snapshots of a cache, which AWS Backup does not know: the newest of this home, the newest that
// replication brought from the other, and when the machine that exports and restores them last ended well.
func (e *Eyes) exported(ctx context.Context, st system.Store, of inventory.Store, now time.Time) (prober.Kept, error) {
	restored, err := e.machineEnded(ctx, st, now)
	k := prober.Kept{Restored: restored}
	if of.SnapshotBucket == "" {
		return k, errors.Join(err, errors.New("the inventory knows no bucket of its snapshots"))
	}
	all, err2 := e.exports(ctx, of.SnapshotBucket, now)
	for _, o := range all[:min(len(all), mostExports)] {
		head, err3 := e.Clients.Snapshots.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(of.SnapshotBucket), Key: o.Key})
		if err3 != nil {
			return k, errors.Join(err, err3)
		}
		at := aws.ToTime(o.LastModified)
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
		if head.ReplicationStatus == s3types.ReplicationStatusReplica {
			k.Copied = latest(k.Copied, at)
		} else {
			k.Backup = latest(k.Backup, at)
		}
		if !k.Copied.IsZero() && !k.Backup.IsZero() {
			break
		}
	}
	return k, errors.Join(err, err2)
}

// exports are the objects of the last days in a bucket, the newest first.
func (e *Eyes) exports(ctx context.Context, bucket string, now time.Time) ([]s3types.Object, error) {
	var out []s3types.Object
	pages := s3.NewListObjectsV2Paginator(e.Clients.Snapshots, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			if now.Sub(aws.ToTime(o.LastModified)) < lookBack {
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b s3types.Object) int { return aws.ToTime(b.LastModified).Compare(aws.ToTime(a.LastModified)) })
	return out, nil
}

// Metrics is what is needed of a client of CloudWatch to read.
type Metrics interface {
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
}

// machineEnded is when the state machine of a cache's snapshots last ended well, to the hour, as its metric tells:
// https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
func (e *Eyes) machineEnded(ctx context.Context, st system.Store, now time.Time) (time.Time, error) {
	own := e.own()
	scope := naming.Scope{System: e.System.Name, Home: e.Home, Region: own.Region, Account: own.Account}
	arn := scope.ARN("states", "stateMachine:"+scope.StateMachine(naming.Snapshots(st.Name)))
	out, err := e.Clients.Metrics.GetMetricData(ctx, &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(now.Add(-lookBack).Truncate(time.Hour)), EndTime: aws.Time(now), ScanBy: cwtypes.ScanByTimestampDescending,
		MetricDataQueries: []cwtypes.MetricDataQuery{{Id: aws.String("ended"), MetricStat: &cwtypes.MetricStat{
			Stat: aws.String("Sum"), Period: aws.Int32(int32(time.Hour / time.Second)),
			Metric: &cwtypes.Metric{Namespace: aws.String("AWS/States"), MetricName: aws.String("ExecutionsSucceeded"),
				Dimensions: []cwtypes.Dimension{{Name: aws.String("StateMachineArn"), Value: aws.String(arn)}}},
		}}},
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("restore tests: %w", err)
	}
	var at time.Time
	for _, r := range out.MetricDataResults {
		for n, value := range r.Values {
			if value > 0 {
				at = latest(at, r.Timestamps[n])
			}
		}
	}
	return at, nil
}
