package rights

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/recovery/plan"
	"redoubt/system"
)

// resource is a kind of thing that actions work on.
type resource struct {
	// form is the ARN's end after "arn:aws:"; {region}, {account} and {home} stand for the place, {name} for the thing.
	form string
	// all stands for every thing of the kind that is the system's. Empty means {system}-*.
	all string
	// members of a call's input name the things: names, ARNs, or lists of them.
	members []string
	// given says which of them the place tells; nil where names do.
	given func(Place) []string
}

// The kinds. Those whose names or ids AWS or Pulumi makes up are named by the part that is known.
var (
	everything = resource{form: "*"}

	table = resource{form: "dynamodb:{region}:{account}:table/{name}",
		members: []string{"TableName", "ResourceArn"}}
	restored    = resource{form: table.form, members: []string{"TargetTableName"}}
	bothTables  = resource{form: table.form, members: []string{"SourceTableName", "TargetTableName"}}
	bucket      = resource{form: "s3:::{name}", members: []string{"Bucket"}}
	object      = resource{form: "s3:::{name}/*", members: []string{"Bucket"}}
	otherObject = resource{form: "s3:::{name}/*", members: []string{"OtherBucket"}}
	queue       = resource{form: "sqs:{region}:{account}:{name}", members: []string{"QueueUrl"}}
	parameter   = resource{form: "ssm:{region}:{account}:parameter/{name}", all: "{system}/*", members: []string{"Name"}}
	alarm       = resource{form: "cloudwatch:{region}:{account}:alarm:{name}", members: []string{"AlarmNames"}}
	balancer    = resource{form: "elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/*",
		members: []string{"resourceIdentifier"}}
	// shifted is a balancer that a call names by the id of its shift alone.
	shifted = resource{form: balancer.form}
	// zonal is the cluster, whose nodes a shift spares too.
	zonal        = resource{form: "eks:{region}:{account}:cluster/{name}", members: []string{"resourceIdentifier"}}
	shiftedZonal = resource{form: zonal.form}
	nodes        = resource{form: "eks:{region}:{account}:nodegroup/{name}/*", all: "{system}-*",
		members: []string{"clusterName"}}
	logGroup = resource{form: "logs:{region}:{account}:log-group:{name}*", all: "/aws/rds/cluster/{system}-",
		members: []string{"logGroupName"}}
	flags      = resource{form: "appconfig:{region}:{account}:*"}
	backupPlan = resource{form: "backup:{region}:{account}:backup-plan:{name}", all: "*",
		members: []string{"BackupPlanId"}}
	zone = resource{form: "route53:::hostedzone/{name}",
		members: []string{"HostedZoneId"}, given: func(p Place) []string { return p.Zones }}
	routing  = resource{form: "route53-recovery-control::{account}:controlpanel/*/routingcontrol/*"}
	database = resource{form: "rds:{region}:{account}:cluster:{name}",
		members: []string{"DBClusterIdentifier", "SourceDBClusterIdentifier", "TargetDbClusterIdentifier"}}
	globalData = resource{form: "rds::{account}:global-cluster:{name}", members: []string{"GlobalClusterIdentifier"}}
	instance   = resource{form: "rds:{region}:{account}:db:{name}", members: []string{"DBInstanceIdentifier"}}
	instances  = resource{form: instance.form}
	dataGroups = resource{form: "rds:{region}:{account}:subgrp:{name}", all: "postgres-*",
		members: []string{"DBSubnetGroupName"}}
	dataSettings = resource{form: "rds:{region}:{account}:cluster-pg:{name}", all: "postgres-*",
		members: []string{"DBClusterParameterGroupName"}}
	proxy    = resource{form: "rds:{region}:{account}:db-proxy:*"}
	targets  = resource{form: "rds:{region}:{account}:target-group:*"}
	targeted = resource{form: database.form, members: []string{"DBClusterIdentifiers"}}
	cache    = resource{form: "elasticache:{region}:{account}:replicationgroup:{name}",
		members: []string{"ReplicationGroupId", "PrimaryReplicationGroupId"}}
	globalCache = resource{form: "elasticache::{account}:globalreplicationgroup:{name}", all: "*-{system}-*",
		members: []string{"GlobalReplicationGroupId"}}
	// cacheTagged is a group, and logTagged a log group, as the calls that read their tags name them.
	cacheTagged = resource{form: cache.form, members: []string{"ResourceName"}}
	logTagged   = resource{form: logGroup.form, all: logGroup.all, members: []string{"resourceArn"}}
	cacheNode   = resource{form: "elasticache:{region}:{account}:cluster:{name}", members: []string{"CacheClusterId"}}
	// The names of automatic snapshots are AWS's own.
	cacheSnapshots = resource{form: "elasticache:{region}:{account}:snapshot:*"}
	cacheParts     = resource{form: "elasticache:{region}:{account}:{name}"}
	key            = resource{form: "{name}",
		members: []string{"KmsKeyId", "KMSKeyId", "kmsKeyId"}, given: func(p Place) []string { return p.Keys }}
	monitoring = resource{form: "iam::{account}:role/{name}-monitoring-*", all: "{system}-*",
		members: []string{"MonitoringRoleArn"}}
	backupRole = resource{form: "iam::{account}:role/{system}-backup-*"}
)

// patterns are the ARNs that stand for all things of the kind in one home.
func (r resource) patterns(p Place, home system.Home) []string {
	names := []string{r.all}
	if r.all == "" {
		names = []string{"{system}-*"}
	}
	if r.given != nil {
		names = r.given(p)
	}
	var out []string
	for _, name := range names {
		out = append(out, p.fill(strings.ReplaceAll(r.form, "{name}", name), home))
	}
	return out
}

// named are the ARNs of the things of the kind that a call touches; what no member names is an instance of the pattern.
func (r resource) named(p Place, c plan.Call) []string {
	var names []string
	for _, member := range r.members {
		names = append(names, values(c.Input[member])...)
	}
	// What is asked for just before the call is one of the system's things of the kind.
	late := slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "late-") })
	if late {
		return r.patterns(p, c.Home)
	}
	if len(names) == 0 {
		if len(r.members) > 0 && r.given == nil && r.all == "" {
			return nil
		}
		return r.patterns(p, c.Home)
	}
	var out []string
	for _, name := range names {
		out = append(out, r.arn(p, c.Home, name))
	}
	return slices.Compact(out)
}

func (r resource) arn(p Place, home system.Home, name string) string {
	switch {
	case strings.HasPrefix(name, "arn:"):
		return name
	case strings.HasPrefix(name, "https://"): // a queue is named by its address
		name = name[strings.LastIndex(name, "/")+1:]
	}
	name = strings.TrimPrefix(name, "/")
	if strings.Contains(r.all, "/aws/") {
		name = "/" + name
	}
	return p.fill(strings.ReplaceAll(r.form, "{name}", name), home)
}

// values are the texts of a member of an input.
func values(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, fmt.Sprint(e))
		}
		return out
	case []string:
		return v
	}
	return nil
}
