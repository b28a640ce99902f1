package world

import "strings"

// lookOperations are the questions that a restore asks: of what it must make
// alike, and of what it has made.
func lookOperations() map[string]operation {
	return map[string]operation{
		"backup.GetBackupSelection":   {run: getSelection},
		"backup.ListBackupSelections": {run: listSelections},
		"dynamodb.DescribeTimeToLive": {run: describeTimeToLive},
		"dynamodb.ListTagsOfResource": {run: listTableTags},
		"logs.DescribeLogGroups":      {run: describeLogGroups},
		"logs.ListTagsForResource":    {run: listLogTags},
		"rds.DescribeDBProxyTargets":  {run: describeProxyTargets},
	}
}

// getSelection is backup GetBackupSelection.
func getSelection(t *tx, r Request) (Document, error) {
	s := t.get(kindSelection, r.Region, str(r.Input, "SelectionId"))
	if s == nil || str(s.In, "PlanId") != str(r.Input, "BackupPlanId") {
		return nil, kinds[kindSelection].notFound(str(r.Input, "SelectionId"))
	}
	return Document{"BackupPlanId": str(s.In, "PlanId"), "SelectionId": s.ID, "CreationDate": t.madeAt(s),
		"BackupSelection": Document{"SelectionName": str(s.In, "Name"), "IamRoleArn": str(s.In, "IamRoleArn"),
			"Resources": anyList(strs(s.In, "Resources")...)}}, nil
}

// listSelections is backup ListBackupSelections, always in one page (assumed).
func listSelections(t *tx, r Request) (Document, error) {
	plan := str(r.Input, "BackupPlanId")
	list := []any{}
	for _, s := range t.list(kindSelection, r.Region) {
		if str(s.In, "PlanId") == plan {
			list = append(list, Document{"BackupPlanId": plan, "SelectionId": s.ID, "SelectionName": str(s.In, "Name"),
				"IamRoleArn": str(s.In, "IamRoleArn"), "CreationDate": t.madeAt(s)})
		}
	}
	return Document{"BackupSelectionsList": list}, nil
}

// describeTimeToLive is dynamodb DescribeTimeToLive. A change holds at once here; AWS
// may take an hour (assumed to change nothing of a recovery).
func describeTimeToLive(t *tx, r Request) (Document, error) {
	table, err := t.tableFor(r, "TableName")
	if err != nil {
		return nil, err
	}
	d := Document{"TimeToLiveStatus": "DISABLED"}
	if yes(table.In, "Ttl.Enabled") {
		d = Document{"TimeToLiveStatus": "ENABLED", "AttributeName": str(table.In, "Ttl.AttributeName")}
	}
	return Document{"TimeToLiveDescription": d}, nil
}

// listTableTags is dynamodb ListTagsOfResource of one half.
func listTableTags(t *tx, r Request) (Document, error) {
	half := t.arn(str(r.Input, "ResourceArn"))
	if half == nil || half.Kind != kindTable || half.Region != r.Region {
		return nil, missing("ResourceNotFoundException", "Requested resource not found: %s", str(r.Input, "ResourceArn"))
	}
	return Document{"Tags": tagList(half)}, nil
}

// describeLogGroups is logs DescribeLogGroups, always in one page (assumed).
func describeLogGroups(t *tx, r Request) (Document, error) {
	list := []any{}
	for _, g := range t.list(kindLogGroup, r.Region) {
		if !strings.HasPrefix(g.ID, str(r.Input, "logGroupNamePrefix")) {
			continue
		}
		d := Document{"logGroupName": g.ID, "logGroupArn": g.ARN, "arn": g.ARN + ":*"}
		for property, name := range map[string]string{"RetentionInDays": "retentionInDays", "KmsKeyId": "kmsKeyId"} {
			if v, ok := g.In[property]; ok {
				d[name] = v
			}
		}
		list = append(list, d)
	}
	return Document{"logGroups": list}, nil
}

// listLogTags is logs ListTagsForResource of a log group.
func listLogTags(t *tx, r Request) (Document, error) {
	g := t.arn(str(r.Input, "resourceArn"))
	if g == nil || g.Kind != kindLogGroup {
		return nil, missing("ResourceNotFoundException", "%s does not exist", str(r.Input, "resourceArn"))
	}
	tags, _ := g.In["Tags"].(Document)
	return Document{"tags": copyDoc(tags)}, nil
}

// describeProxyTargets is rds DescribeDBProxyTargets: the cluster that a proxy
// follows, and its instances
// (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBProxyTarget.html).
func describeProxyTargets(t *tx, r Request) (Document, error) {
	proxy := str(r.Input, "DBProxyName")
	if t.get(kindProxy, r.Region, proxy) == nil {
		return nil, kinds[kindProxy].notFound(proxy)
	}
	list := []any{}
	for _, target := range t.list(kindProxyTarget, r.Region) {
		cluster := t.get(kindCluster, r.Region, str(target.In, "DbClusterIdentifier"))
		if str(target.In, "DbProxyName") != proxy || cluster == nil {
			continue
		}
		list = append(list, Document{"Type": "TRACKED_CLUSTER", "RdsResourceId": cluster.ID, "TrackedClusterId": cluster.ID})
		for _, i := range t.instancesOf(cluster) {
			state := Document{"State": "AVAILABLE"}
			if str(i.Out, "Status") == "creating" {
				state["State"] = "UNAVAILABLE"
			}
			list = append(list, Document{"Type": "RDS_INSTANCE", "RdsResourceId": i.ID, "TrackedClusterId": cluster.ID,
				"TargetHealth": state})
		}
	}
	return Document{"Targets": list}, nil
}
