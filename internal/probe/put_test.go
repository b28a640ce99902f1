package probe

import (
	"context"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

// region is CloudWatch of one region.
type region struct {
	mu    sync.Mutex
	calls [][]types.MetricDatum
	err   error
}

func (r *region) PutMetricData(_ context.Context, in *cloudwatch.PutMetricDataInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricDataOutput, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *in.Namespace == watch.Namespace {
		r.calls = append(r.calls, in.MetricData)
	}
	return &cloudwatch.PutMetricDataOutput{}, r.err
}

func TestPut_publishesInBothRegionsWhicheverRefuses(t *testing.T) {
	t.Parallel()
	s := &system.System{Name: "atlas"}
	puts := []prober.Put{{Into: system.Secondary, Metric: watch.Probed(s, watch.Alive, "primary"), Value: 1}}
	for range most + 1 {
		puts = append(puts, prober.Put{Into: system.Primary, Metric: watch.Probed(s, watch.Accepts, "primary", "tasks"), Value: 0})
	}
	own, peers := &region{}, &region{err: errGone}
	err := Put(t.Context(), map[system.Home]Putter{system.Primary: own, system.Secondary: peers}, puts, now)
	require.EqualError(t, err, "publish in the secondary home: gone")
	require.Len(t, own.calls, 2, "so many go into one call")
	assert.Equal(t, types.MetricDatum{MetricName: aws.String("Accepts"), Timestamp: &now, Value: aws.Float64(0),
		Dimensions: []types.Dimension{{Name: aws.String("From"), Value: aws.String("primary")},
			{Name: aws.String("Store"), Value: aws.String("tasks")}, {Name: aws.String("System"), Value: aws.String("atlas")}}}, own.calls[1][0])
	err = Put(t.Context(), map[system.Home]Putter{system.Primary: own}, puts, now)
	require.ErrorContains(t, err, "the inventory knows no region of the secondary home")
}
