//go:build apps

package wire

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"
	"github.com/stretchr/testify/require"
)

// ids are what moto called the things that stand before the first call.
type ids struct{ zone, check, queue, group string }

const (
	nodeRole  = "arn:aws:iam::" + account + ":role/nodes"
	table     = "records"
	image     = `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","layers":[]}`
	tableARN  = "arn:aws:dynamodb:" + region + ":" + account + ":table/" + table
	container = "agents/gateway"
)

// versioned makes a bucket that keeps versions.
func versioned(t *testing.T, name string) {
	t.Helper()
	client := s3.NewFromConfig(config())
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name,
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: region}})
	require.NoError(t, err)
	_, err = client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: &name,
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled}})
	require.NoError(t, err)
}

// standing makes what a home has made before a plan calls anything: it is not
// the port's to make.
func standing(t *testing.T) ids {
	t.Helper()
	ctx, cfg := t.Context(), config()
	must := func(_ any, err error) { t.Helper(); require.NoError(t, err) }
	versioned(t, "data")
	must(s3.NewFromConfig(cfg).PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
		Bucket: aws.String("data"), LifecycleConfiguration: &s3types.BucketLifecycleConfiguration{
			Rules: []s3types.LifecycleRule{{ID: aws.String("old-versions"), Status: s3types.ExpirationStatusEnabled,
				Filter:                      &s3types.LifecycleRuleFilter{Prefix: aws.String("")},
				NoncurrentVersionExpiration: &s3types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(35)}}}}}))
	makeTable(t)
	must(ecr.NewFromConfig(cfg).CreateRepository(ctx, &ecr.CreateRepositoryInput{RepositoryName: aws.String(container)}))
	must(cloudwatch.NewFromConfig(cfg, queryProtocol).PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("taken"), Namespace: aws.String("Redoubt"), MetricName: aws.String("Taken"),
		EvaluationPeriods: aws.Int32(1), Period: aws.Int32(60), Threshold: aws.Float64(1),
		Statistic: cwtypes.StatisticMaximum, ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold}))
	vpc, subnets := network(t)
	makeCluster(t, subnets)
	must(elasticache.NewFromConfig(cfg).CreateReplicationGroup(ctx, &elasticache.CreateReplicationGroupInput{
		ReplicationGroupId: aws.String("cache"), ReplicationGroupDescription: aws.String("a cache")}))
	must(rds.NewFromConfig(cfg).CreateDBProxy(ctx, &rds.CreateDBProxyInput{DBProxyName: aws.String("proxy"),
		EngineFamily: rdstypes.EngineFamilyPostgresql, RoleArn: aws.String(nodeRole), VpcSubnetIds: subnets,
		Auth: []rdstypes.UserAuthConfig{{SecretArn: aws.String("arn:aws:secretsmanager:" + region + ":" + account + ":secret:a")}}}))
	return names(t, vpc)
}

// queryProtocol is the one of CloudWatch's that moto speaks.
func queryProtocol(o *cloudwatch.Options) {
	o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801)
}

func makeTable(t *testing.T) {
	t.Helper()
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
	}
	_, err := dynamodb.NewFromConfig(config()).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(table), BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("sk"), KeyType: types.KeyTypeRange}},
		AttributeDefinitions: []types.AttributeDefinition{attribute("pk"), attribute("sk")},
	})
	require.NoError(t, err)
}

func makeCluster(t *testing.T, subnets []string) {
	t.Helper()
	client := eks.NewFromConfig(config())
	_, err := client.CreateCluster(t.Context(), &eks.CreateClusterInput{Name: aws.String("atlas"),
		RoleArn: aws.String(nodeRole), ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: subnets}})
	require.NoError(t, err)
	_, err = client.CreateNodegroup(t.Context(), &eks.CreateNodegroupInput{ClusterName: aws.String("atlas"),
		NodegroupName: aws.String("zone-a"), NodeRole: aws.String(nodeRole), Subnets: subnets,
		ScalingConfig: &ekstypes.NodegroupScalingConfig{DesiredSize: aws.Int32(1), MinSize: aws.Int32(1), MaxSize: aws.Int32(9)}})
	require.NoError(t, err)
}

// names makes what is called by a name that AWS invents.
func names(t *testing.T, vpc string) ids {
	t.Helper()
	ctx, cfg := t.Context(), config()
	zone, err := route53.NewFromConfig(cfg).CreateHostedZone(ctx, &route53.CreateHostedZoneInput{
		Name: aws.String("example.com"), CallerReference: aws.String("a")})
	require.NoError(t, err)
	check, err := route53.NewFromConfig(cfg).CreateHealthCheck(ctx, &route53.CreateHealthCheckInput{
		CallerReference: aws.String("a"), HealthCheckConfig: &r53types.HealthCheckConfig{
			Type: r53types.HealthCheckTypeHttps, FullyQualifiedDomainName: aws.String("example.com")}})
	require.NoError(t, err)
	queue, err := sqs.NewFromConfig(cfg).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("work")})
	require.NoError(t, err)
	group, err := elb.NewFromConfig(cfg).CreateTargetGroup(ctx, &elb.CreateTargetGroupInput{Name: aws.String("gateway"),
		Protocol: elbtypes.ProtocolEnumHttps, Port: aws.Int32(443), VpcId: &vpc, TargetType: elbtypes.TargetTypeEnumIp})
	require.NoError(t, err)
	return ids{zone: strings.TrimPrefix(*zone.HostedZone.Id, "/hostedzone/"), check: *check.HealthCheck.Id,
		queue: *queue.QueueUrl, group: *group.TargetGroups[0].TargetGroupArn}
}

// network is the network that moto gives to every account. It is asked for
// without a client, because EC2 has by far the largest one.
func network(t *testing.T) (vpc string, subnets []string) {
	t.Helper()
	form := url.Values{"Action": {"DescribeSubnets"}, "Version": {"2016-11-15"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization",
		"AWS4-HMAC-SHA256 Credential=test/20260301/"+region+"/ec2/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`<subnetId>([^<]+)`).FindAllStringSubmatch(string(raw), -1) {
		subnets = append(subnets, m[1])
	}
	require.Len(t, subnets, 3, "%s", raw)
	return regexp.MustCompile(`vpc-[0-9a-f]+`).FindString(string(raw)), subnets
}
