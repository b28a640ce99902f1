//go:build apps

package probe

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/lock"
	"redoubt/internal/awsmetrics"
	"redoubt/internal/mototest"
	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

var endpoint string

// TestMain starts moto for what goes over the wire.
func TestMain(m *testing.M) {
	os.Exit(mototest.Main("the prober over the wire", []string{"MOTO_ACCOUNT_ID=123456789012"}, func(at string) int {
		endpoint = at
		return m.Run()
	}))
}

// stand makes in moto what the inventory names of a table, a ledger, a bucket, the control bucket and a key.
func stand(t *testing.T, inv *inventory.Inventory) {
	t.Helper()
	ctx := t.Context()
	for _, home := range system.Homes {
		of := inv.Homes[home]
		cfg := config(endpoint)
		cfg.Region = of.Region
		db, objects := dynamodb.NewFromConfig(cfg), s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
		for table, keys := range map[string][]string{of.Stores["sessions"].Name: {inventory.RecordsKey, inventory.RecordsSort},
			of.Stores["work"].LedgerTable: {inventory.LedgerKey}, of.Control.LockTable: {inventory.LocksKey}} {
			in := &dynamodb.CreateTableInput{TableName: &table, BillingMode: types.BillingModePayPerRequest}
			for n, key := range keys {
				in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &key, AttributeType: "S"})
				in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: &key, KeyType: []types.KeyType{"HASH", "RANGE"}[n]})
			}
			_, err := db.CreateTable(ctx, in)
			require.NoError(t, err)
		}
		for _, bucket := range []string{of.Stores["artifacts"].Name, of.Control.Bucket} {
			_, err := objects.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
				LocationConstraint: s3types.BucketLocationConstraint(of.Region)}})
			require.NoError(t, err)
		}
		key, err := kms.NewFromConfig(cfg).CreateKey(ctx, &kms.CreateKeyInput{})
		require.NoError(t, err)
		of.Keys = map[string]string{"data": *key.KeyMetadata.Arn}
		inv.Homes[home] = of
		peers := *inv
		peers.Home = home
		raw, err := inventory.Encode(peers)
		require.NoError(t, err)
		for _, in := range system.Homes {
			if bucket := inv.Homes[in].Control.Bucket; in == home || home == system.Secondary {
				_, err = objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(inventory.ObjectKey(home)), Body: strings.NewReader(string(raw))})
				require.NoError(t, err)
			}
		}
	}
}

// TestOpen_overTheWire has the eyes of the secondary home look at moto, which plays AWS: what stands there is seen, marks
// of a system that serves here come back, and what is published can be read.
func TestOpen_overTheWire(t *testing.T) {
	t.Parallel()
	e, _ := theEyes(t, system.Primary)
	inv := e.Inventory
	stand(t, &inv)
	cfg := config(endpoint)
	opened, put, err := Open(e.System, system.Primary, inv, cfg, e.Cluster)
	require.NoError(t, err)
	for _, name := range []string{"sessions", "work", "artifacts"} {
		m := opened.Stores[name]
		m.once(t.Context(), opened.Clock, e.Active)
		ok, lately, err := m.last(opened.Clock.Now())
		require.NoError(t, err, name)
		assert.True(t, ok && lately, name)
		at, err := m.Cell.Read(t.Context())
		require.NoError(t, err, name)
		assert.WithinDuration(t, opened.Clock.Now(), at, time.Minute, name)
	}
	for _, l := range append(opened.keys(), opened.records()...) {
		saw, err := l.see(t.Context())
		require.NoError(t, err, l.what)
		s := empty()
		if saw != nil {
			saw(&s)
			assert.True(t, s.Keys["data"])
		}
	}
	saw, err := opened.differs(t.Context())
	require.NoError(t, err)
	s := empty()
	saw(&s)
	assert.False(t, *s.Differs)
	given := arbiter.Word{Active: system.Primary, Generation: 2, Judged: 2, At: opened.Clock.Now(), Version: 5}
	cfg.Region = inv.Homes[system.Primary].Region
	table := lock.Words(dynamodb.NewFromConfig(cfg), inv.Homes[system.Primary].Control.LockTable)
	require.NoError(t, table.Replace(t.Context(), arbiter.First(), given))
	saw, err = opened.word(t.Context())
	require.NoError(t, err)
	saw(&s)
	assert.True(t, *s.TakenOver)
	puts := []prober.Put{{Into: system.Primary, Metric: watch.Probed(e.System, watch.Alive, "primary"), Value: 1}}
	require.NoError(t, Put(t.Context(), put, puts, opened.Clock.Now()))
	assert.True(t, listed(t.Context(), t, awsmetrics.Client(cfg), "Alive"))
}

func listed(ctx context.Context, t *testing.T, c *cloudwatch.Client, name string) bool {
	t.Helper()
	out, err := c.ListMetrics(ctx, &cloudwatch.ListMetricsInput{Namespace: aws.String(watch.Namespace), MetricName: &name})
	require.NoError(t, err)
	return len(out.Metrics) == 1 && len(out.Metrics[0].Dimensions) == 2
}
