package stacks

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func TestDeploy_reportsMayBeWritten(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	c.Adopt.ConfigRecorder = true // whose bucket is somebody else's
	r := pulumitest.Run(t, deploy(c, example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	bucket := r.Get(t, "aws:s3/bucketV2:BucketV2", "bucket-audit-bucket").Values()["bucket"].(string)
	policy := r.Get(t, "aws:s3/bucketPolicy:BucketPolicy", "bucket-audit-policy").Values()["policy"].(string)
	for _, p := range r.OfType("aws:backup/reportPlan:ReportPlan") {
		to := p.Values()["reportDeliveryChannel"].(map[string]any)
		assert.Equal(t, bucket, to["s3BucketName"])
		assert.Contains(t, policy, fmt.Sprintf(`"Resource":"arn:aws:s3:::%s/%s/*"`, bucket, to["s3KeyPrefix"]))
	}
	assert.Len(t, r.OfType("aws:backup/reportPlan:ReportPlan"), 5)
}
