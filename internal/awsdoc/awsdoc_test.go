package awsdoc_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsdoc"
)

type doc = awsdoc.Document

func TestEncode_speaksTheNamesOfTheModel(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 13, 0, 0, 250_000_000, time.FixedZone("", 3600))
	for name, c := range map[string]struct {
		in   any
		want doc
	}{
		"lower case, nothing absent": {
			&eks.UpdateNodegroupConfigInput{ClusterName: aws.String("c"), ScalingConfig: &ekstypes.NodegroupScalingConfig{
				DesiredSize: aws.Int32(3), MinSize: aws.Int32(0)}},
			doc{"clusterName": "c", "scalingConfig": doc{"desiredSize": 3.0, "minSize": 0.0}},
		},
		"times, enumerations, lists": {
			cloudwatch.PutMetricDataInput{Namespace: aws.String("n"), MetricData: []cwtypes.MetricDatum{
				{MetricName: aws.String("m"), Timestamp: &at, Unit: cwtypes.StandardUnitCount, Value: aws.Float64(0)},
			}},
			doc{"Namespace": "n", "MetricData": []any{doc{"MetricName": "m", "Timestamp": "2026-03-01T12:00:00.25Z",
				"Unit": "Count", "Value": 0.0}}},
		},
		"an answer without what the SDK keeps": {
			&rds.DescribeGlobalClustersOutput{GlobalClusters: []rdstypes.GlobalCluster{{
				DeletionProtection: aws.Bool(false), GlobalClusterMembers: []rdstypes.GlobalClusterMember{}}}},
			doc{"GlobalClusters": []any{doc{"DeletionProtection": false, "GlobalClusterMembers": []any{}}}},
		},
		"bytes": {
			&sqs.SendMessageInput{MessageAttributes: map[string]sqstypes.MessageAttributeValue{
				"a": {BinaryValue: []byte{0, 255}}}},
			doc{"MessageAttributes": doc{"a": doc{"BinaryValue": "AP8="}}},
		},
	} {
		got, err := awsdoc.Encode(c.in)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, got, name)
	}
}

func TestEncode_refusesWithItsPlace(t *testing.T) {
	t.Parallel()
	for want, in := range map[string]any{
		"Key.pk: it is the union types.AttributeValue": &dynamodb.GetItemInput{
			Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}}},
		"Body: it is a stream":       &s3.PutObjectInput{Body: strings.NewReader("a")},
		"want a struct":              "text",
		"MetricData[0].Value: NaN":   &cloudwatch.PutMetricDataInput{MetricData: []cwtypes.MetricDatum{{Value: aws.Float64(math.NaN())}}},
		"ContentLength: 90071992547": &s3.PutObjectInput{ContentLength: aws.Int64(1<<53 + 1)},
		"encode *rds.Describe":       (*rds.DescribeDBClustersInput)(nil),
	} {
		_, err := awsdoc.Encode(in)
		require.ErrorContains(t, err, want)
	}
}

func TestDecode_refusesWithItsPlace(t *testing.T) {
	t.Parallel()
	for want, in := range map[string]doc{
		"MetricData[1].Worth: types.MetricDatum has no such field": {"MetricData": []any{doc{}, doc{"Worth": 1}}},
		"namespace: cloudwatch.PutMetricDataInput has no such":     {"namespace": "n"},
		"Namespace: it is a number, want text":                     {"Namespace": 1},
		"Namespace: it is null; leave it out":                      {"Namespace": nil},
		"MetricData: it is a document, want a list":                {"MetricData": doc{}},
		"MetricData[0]: it is text, want a document":               {"MetricData": []any{"a"}},
		"MetricData[0].Value: it is text, want a float64":          {"MetricData": []any{doc{"Value": "1"}}},
		"MetricData[0].Timestamp: it is soon, want a time":         {"MetricData": []any{doc{"Timestamp": "soon"}}},
		"MetricData[0].StorageResolution: it is 1.5, want a whole": {"MetricData": []any{doc{"StorageResolution": 1.5}}},
		"an int32 holds":                       {"MetricData": []any{doc{"StorageResolution": 1e10}}},
		"StrictEntityValidation: it is a list": {"StrictEntityValidation": []any{}},
	} {
		require.ErrorContains(t, awsdoc.Decode(in, &cloudwatch.PutMetricDataInput{}), want)
	}
	err := awsdoc.Decode(doc{"A": 1, "Namespace": 2}, &cloudwatch.PutMetricDataInput{})
	require.ErrorContains(t, err, "A: cloudwatch")
	require.ErrorContains(t, err, "Namespace: it is a number", "all that is wrong is told at once")
	require.ErrorContains(t, awsdoc.Decode(doc{"Key": doc{"pk": doc{"S": "a"}}}, &dynamodb.GetItemInput{}),
		"Key.pk: it is the union types.AttributeValue")
	require.ErrorContains(t, awsdoc.Decode(doc{"Body": "a"}, &s3.PutObjectInput{}), "Body: it is a stream")
	require.ErrorContains(t, awsdoc.Decode(doc{}, s3.PutObjectInput{}), "want a pointer to a struct")
}

func TestDecode_takesWhatAPlannerWrites(t *testing.T) {
	t.Parallel()
	var in cloudwatch.DescribeAlarmsInput
	require.NoError(t, awsdoc.Decode(doc{"AlarmNames": []string{"a"}, "MaxRecords": 1e1}, &in))
	assert.Equal(t, cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"a"}, MaxRecords: aws.Int32(10)}, in)
	require.NoError(t, awsdoc.Decode(nil, &in), "an operation may take nothing")
}
