package plan

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// words are what a person calls one thing that an answer tells. In both texts {Member} stands for that member of the call's
// input.
type words struct {
	// subject names the thing inside a sentence.
	subject string
	// missing says that the answer does not tell it; empty says so of the subject.
	missing string
	// unit is what the number counts, where it is a time.
	unit time.Duration
}

// called are the words for what plans look at, by the operation that tells and the path without its places in lists. What
// stands here or not changes nothing but the text: the rest is called by its path.
var called = map[string]words{
	"cloudwatch.GetMetricStatistics Datapoints.Maximum": {subject: "the metric {MetricName}",
		missing: "CloudWatch has no value of the metric {MetricName} for the time that was asked"},
	"cloudwatch.DescribeAlarms MetricAlarms.StateValue": {subject: "the state of the switch's alarm"},

	"eks.DescribeNodegroup nodegroup.scalingConfig.desiredSize": {subject: "the number of nodes that group {nodegroupName} is to have"},
	"eks.DescribeNodegroup nodegroup.status":                    {subject: "the state of node group {nodegroupName}"},
	"kubernetes.Get status.replicas":                            {subject: "the number of replicas of {Name}"},
	"kubernetes.Get status.readyReplicas":                       {subject: "the number of ready replicas of {Name}"},
	"kubernetes.Get spec.minReplicas":                           {subject: "the least number of replicas of {Name}"},
	"kubernetes.Get spec.minReplicaCount":                       {subject: "the least number of replicas of {Name}"},

	"rds.DescribeDBClusters DBClusters.Status":             {subject: "the state of database {DBClusterIdentifier}"},
	"rds.DescribeDBInstances DBInstances.DBInstanceStatus": {subject: "the state of instance {DBInstanceIdentifier}"},
	"rds.DescribeGlobalClusters GlobalClusters.Status":     {subject: "the state of global database {GlobalClusterIdentifier}"},
	"dynamodb.DescribeTable Table.TableStatus":             {subject: "the state of table {TableName}"},
	"dynamodb.DescribeTable Table.Replicas.ReplicaStatus":  {subject: "the state of the replica of table {TableName}"},
	"dynamodb.GetItem Item.active.S":                       {subject: "the home that the arbiter's word names"},
	"dynamodb.GetItem Item.ready.S":                        {subject: "whether the arbiter's word calls the other home ready"},
	"elasticache.DescribeReplicationGroups ReplicationGroups.Status": {
		subject: "the state of cache {ReplicationGroupId}"},
	"elasticache.DescribeReplicationGroups ReplicationGroups.NodeGroups.Status": {
		subject: "the state of the nodes of cache {ReplicationGroupId}"},
	"elasticache.DescribeGlobalReplicationGroups GlobalReplicationGroups.Status": {
		subject: "the state of datastore {GlobalReplicationGroupId}"},
}

// units are those of metrics that tell a time.
var units = map[string]time.Duration{"AuroraGlobalDBReplicationLag": time.Millisecond}

// place is a part of a path that picks one entry of a list, member a member of a call's input in words.
var (
	place  = regexp.MustCompile(`\[[^\]]*\]`)
	member = regexp.MustCompile(`\{([A-Za-z]+)\}`)
)

// called are the words for what an expectation looks at in the answer to a call.
func (c Call) called(p Path) words {
	w, known := called[c.Service+"."+c.Operation+" "+place.ReplaceAllString(string(p), "")]
	if !known {
		return words{subject: string(p), missing: string(p) + " is missing in the answer"}
	}
	name, _ := c.Input["MetricName"].(string)
	w.unit = units[name]
	w.subject = c.named(w.subject)
	if w.missing = c.named(w.missing); w.missing == "" {
		w.missing = "nothing tells " + w.subject
	}
	return w
}

// named puts members of the input into a text.
func (c Call) named(text string) string {
	return member.ReplaceAllStringFunc(text, func(m string) string { return fmt.Sprint(c.Input[strings.Trim(m, "{}")]) })
}

// value writes a value for people.
func (w words) value(v any) string {
	n, is := v.(float64)
	switch {
	case !is:
		return fmt.Sprint(v)
	case w.unit > 0:
		return time.Duration(n * float64(w.unit)).String()
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// want says what an expectation wants.
func (w words) want(op Op, v any) string {
	before := map[Op]string{Is: "", IsNot: "anything but ", AtMost: "at most ", AtLeast: "at least "}[op]
	return "want " + before + w.value(v)
}
