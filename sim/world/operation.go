package world

import "strings"

// Operation says how one operation of Call is served.
type Operation struct {
	// Service and Name are AWS's own names, such as rds and FailoverGlobalCluster.
	Service, Name string
	// DataPlane operations go on while a control plane is impaired.
	DataPlane bool
	// Region is the one whose endpoint serves it wherever it is called from;
	// empty is the region of the request.
	Region string
	// Source is the address of the AWS document that the behaviour is taken from.
	Source string
}

// references are where AWS documents the operations of a service; the
// operation's name and ".html" follow.
var references = map[string]string{
	"appconfig":                appconfigAPI + "API_",
	"arc-zonal-shift":          "https://docs.aws.amazon.com/arc-zonal-shift/latest/api/API_",
	"eks":                      "https://docs.aws.amazon.com/eks/latest/APIReference/API_",
	"backup":                   "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_",
	"cloudwatch":               "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_",
	"ecr":                      ecrAPI + "API_",
	"elasticache":              "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_",
	"dynamodb":                 "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_",
	"elasticloadbalancing":     "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_",
	"fis":                      "https://docs.aws.amazon.com/fis/latest/APIReference/API_",
	"logs":                     "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_",
	"kubernetes":               kubernetesPage,
	"rds":                      "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_",
	"route53":                  "https://docs.aws.amazon.com/Route53/latest/APIReference/API_",
	"route53-recovery-cluster": "https://docs.aws.amazon.com/routing-control/latest/APIReference/API_",
	"s3":                       "https://docs.aws.amazon.com/AmazonS3/latest/API/API_",
	"sqs":                      sqsAPI + "API_",
	"ssm":                      "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_",
}

// kubernetesPage documents what every object of Kubernetes is asked for. It has
// no page for each verb.
const kubernetesPage = "https://kubernetes.io/docs/reference/using-api/api-concepts/"

// OperationNamed returns what is known of service.Operation. Its Source is
// empty when nobody said where the service is documented, which a test refuses.
func OperationNamed(name string) (Operation, bool) {
	op, ok := operations[name]
	if !ok {
		return Operation{}, false
	}
	service, act, _ := strings.Cut(name, ".")
	o := Operation{Service: service, Name: act, DataPlane: op.data, Region: op.at}
	switch base := references[service]; base {
	case "":
	case kubernetesPage:
		o.Source = base
	default:
		o.Source = base + act + ".html"
	}
	return o, true
}
