// Package awsmetrics makes clients of CloudWatch's metrics, for all who put or read them.
package awsmetrics

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"
)

// Client is a client of CloudWatch that speaks the query protocol. Of the three
// that the service has, it is the one that can be tried against moto; the switch and the watch
// stand on these calls, so what was tried is what is used.
func Client(cfg aws.Config, o ...func(*cloudwatch.Options)) *cloudwatch.Client {
	return cloudwatch.NewFromConfig(cfg, append(o, func(o *cloudwatch.Options) {
		o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801)
	})...)
}
