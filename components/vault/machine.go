package vault

import (
	"encoding/json"

	"redoubt/system"
)

// checkPrefix starts the identifier of the instance that is run on a restored
// cluster; the job's id follows. checkClass is a small class that Aurora PostgreSQL takes outside
// a global database: docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html.
const (
	checkPrefix = "restore-check-"
	checkClass  = "db.t4g.medium"
)

// The state machine looks every pause seconds, and gives up after looks times.
const (
	pause = 60
	looks = 90
)

// states is a part of the state machine, by the names of its states. The
// language is docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html; what the
// services' operations and parameters are called in it says
// docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html.
type states map[string]map[string]any

// definition returns the state machine that takes the event of a restore,
// looks at what was restored, and tells AWS Backup. It ends in failure when the store is not sound, so
// that whoever listens to the topic hears of it.
func (a *Args) definition() (string, error) {
	all, kinds := states{}, []any{}
	add := func(part states) {
		for name, s := range part {
			all[name] = s
		}
	}
	for _, k := range []struct {
		kind  system.StoreKind
		first string
		part  states
	}{
		{system.Postgres, "RunInstance", a.clusterStates()},
		{system.Table, "SeeTable", tableStates()},
		{system.Bucket, "ListBucket", bucketStates()},
	} {
		if a.has(k.kind) {
			kinds = append(kinds, when("$.kind", "StringEquals", restoredTypes[k.kind], k.first))
			add(k.part)
		}
	}
	add(states{
		"Begin": {"Type": "Pass", "Next": "ByKind", "Parameters": map[string]any{
			"job.$": "$.detail.restoreJobId", "kind.$": "$.detail.resourceType",
			"arn.$": "$.detail.createdResourceArn", "name.$": last("$.detail.createdResourceArn"),
			"detail.$": "$.detail", "tries": map[string]any{"n": 0},
		}},
		"ByKind":  {"Type": "Choice", "Choices": kinds, "Default": "Unknown"},
		"Unknown": verdict("FAILED", "nobody knows how to look at this kind of store", "Report"),
	})
	add(reportStates())
	text, err := json.Marshal(map[string]any{
		"Comment": "Looks at what a restore test restored", "StartAt": "Begin", "States": all.reachable("Begin"),
	})
	return string(text), err
}

// reportStates tell AWS Backup, which then deletes what was restored.
func reportStates() states {
	return states{
		"Sound":      verdict("SUCCESSFUL", "the store is there and answers", "Report"),
		"SoundEmpty": verdict("SUCCESSFUL", "the store is there and answers; it is empty, and so is its source", "Report"),
		"Empty":      verdict("FAILED", "the restored store is empty, its source is not", "Report"),
		"Unsound":    verdict("FAILED", "the restored store is there but is not as it should be", "Report"),
		"Broken":     verdict("FAILED", "the restored store does not answer", "Report"),
		"Report": task("backup:putRestoreValidationResult", map[string]any{
			"RestoreJobId.$": "$.job", "ValidationStatus.$": "$.verdict.status",
			"ValidationStatusMessage.$": "$.verdict.message",
		}, nil, "$.reported", "Judge", ""),
		"Judge": {"Type": "Choice", "Default": "Failed", "Choices": []any{
			when("$.verdict.status", "StringEquals", "SUCCESSFUL", "Tested"),
		}},
		"Tested": {"Type": "Succeed"},
		"Failed": {"Type": "Fail", "Error": "RestoreTestFailed", "CausePath": "$.verdict.message"},
	}
}

// clusterStates run an instance on the restored cluster, which comes without
// one: only then is the volume read. The instance goes before the result is told, because AWS Backup
// cannot delete a cluster that has one.
func (a *Args) clusterStates() states {
	instance := map[string]any{"DbInstanceIdentifier.$": "States.Format('" + checkPrefix + "{}', $.job)"}
	with := func(more map[string]any) map[string]any {
		for k, v := range instance {
			more[k] = v
		}
		return more
	}
	return states{
		"RunInstance": task("rds:createDBInstance", with(map[string]any{
			"DbClusterIdentifier.$": "$.name", "Engine": "aurora-postgresql", "DbInstanceClass": checkClass,
			"DbSubnetGroupName": a.subnetGroup(), "PubliclyAccessible": false,
		}), map[string]any{"status.$": "$.DbInstance.DbInstanceStatus"}, "$.instance", "WaitForInstance", "NoInstance"),
		"WaitForInstance": wait("SeeInstance"),
		"SeeInstance": task("rds:describeDBInstances", instance,
			map[string]any{"status.$": "$.DbInstances[0].DbInstanceStatus"}, "$.instance", "InstanceUp", "NoInstance"),
		"InstanceUp": {"Type": "Choice", "Default": "CountInstance", "Choices": []any{
			when("$.instance.status", "StringEquals", "available", "SeeCluster"),
			when("$.tries.n", "NumericGreaterThan", looks, "NoInstance"),
		}},
		"CountInstance": count("WaitForInstance"),
		"SeeCluster": task("rds:describeDBClusters", map[string]any{"DbClusterIdentifier.$": "$.name"},
			map[string]any{
				"status.$": "$.DbClusters[0].Status", "encrypted.$": "$.DbClusters[0].StorageEncrypted",
			}, "$.cluster", "ClusterSound", "NoInstance"),
		"ClusterSound": {"Type": "Choice", "Default": "UnsoundCluster", "Choices": []any{map[string]any{
			"And": []any{
				map[string]any{"Variable": "$.cluster.status", "StringEquals": "available"},
				map[string]any{"Variable": "$.cluster.encrypted", "BooleanEquals": true},
			}, "Next": "SoundCluster",
		}}},
		"SoundCluster":   verdict("SUCCESSFUL", "an instance runs on the restored cluster", "Recount"),
		"UnsoundCluster": verdict("FAILED", "the restored cluster is not available or not encrypted", "Recount"),
		"NoInstance":     verdict("FAILED", "no instance runs on the restored cluster", "Recount"),
		"Recount":        {"Type": "Pass", "Result": map[string]any{"n": 0}, "ResultPath": "$.tries", "Next": "DeleteInstance"},
		"DeleteInstance": task("rds:deleteDBInstance", with(map[string]any{"SkipFinalSnapshot": true}),
			map[string]any{}, "$.deleted", "WaitForEnd", "WaitForEnd"),
		"WaitForEnd": wait("SeeEnd"),
		"SeeEnd": {
			"Type": "Task", "Resource": sdk + "rds:describeDBInstances", "Parameters": instance,
			"ResultSelector": map[string]any{"status.$": "$.DbInstances[0].DbInstanceStatus"},
			"ResultPath":     "$.instance", "Next": "StillThere",
			"Catch": []any{map[string]any{ // gone, most likely
				"ErrorEquals": []any{"States.ALL"}, "ResultPath": "$.error", "Next": "Report",
			}},
		},
		"StillThere": {"Type": "Choice", "Default": "CountEnd", "Choices": []any{
			when("$.tries.n", "NumericGreaterThan", looks, "Report"),
		}},
		"CountEnd": count("WaitForEnd"),
	}
}

// tableStates read an item of the restored table.
func tableStates() states {
	return states{
		"SeeTable": task("dynamodb:describeTable", map[string]any{"TableName.$": "$.arn"},
			map[string]any{"status.$": "$.Table.TableStatus"}, "$.table", "TableActive", "Broken"),
		"TableActive": {"Type": "Choice", "Default": "Unsound", "Choices": []any{
			when("$.table.status", "StringEquals", "ACTIVE", "ScanTable"),
		}},
		"ScanTable": task("dynamodb:scan", map[string]any{"TableName.$": "$.arn", "Limit": 1},
			map[string]any{"count.$": "$.Count"}, "$.found", "TableFull", "Broken"),
		"TableFull": full("SourceTable"),
		"SourceTable": task("dynamodb:describeTable", map[string]any{"TableName.$": "$.detail.sourceResourceArn"},
			map[string]any{"count.$": "$.Table.ItemCount"}, "$.source", "SourceTableEmpty", "Empty"),
		"SourceTableEmpty": sourceEmpty(),
	}
}

// bucketStates list the restored bucket.
func bucketStates() states {
	list := map[string]any{"count.$": "$.KeyCount"}
	return states{
		"ListBucket": task("s3:listObjectsV2", map[string]any{"Bucket.$": "$.name", "MaxKeys": 1},
			list, "$.found", "BucketFull", "Broken"),
		"BucketFull": full("SourceBucket"),
		"SourceBucket": task("s3:listObjectsV2", map[string]any{"Bucket.$": last("$.detail.sourceResourceArn"), "MaxKeys": 1},
			list, "$.source", "SourceBucketEmpty", "Empty"),
		"SourceBucketEmpty": sourceEmpty(),
	}
}

const sdk = "arn:aws:states:::aws-sdk:"

// task calls one operation; after three repeats an error leads to catch, or
// ends the machine when there is none.
func task(operation string, in, take map[string]any, into, next, catch string) map[string]any {
	out := map[string]any{
		"Type": "Task", "Resource": sdk + operation, "Parameters": in, "ResultPath": into, "Next": next,
		"Retry": []any{map[string]any{
			"ErrorEquals": []any{"States.ALL"}, "IntervalSeconds": pause, "MaxAttempts": 3, "BackoffRate": 2,
		}},
	}
	if take != nil {
		out["ResultSelector"] = take
	}
	if catch != "" {
		out["Catch"] = []any{map[string]any{
			"ErrorEquals": []any{"States.ALL"}, "ResultPath": "$.error", "Next": catch,
		}}
	}
	return out
}

func verdict(status, message, next string) map[string]any {
	return map[string]any{
		"Type": "Pass", "Result": map[string]any{"status": status, "message": message},
		"ResultPath": "$.verdict", "Next": next,
	}
}

func when(variable, test string, value any, next string) map[string]any {
	return map[string]any{"Variable": variable, test: value, "Next": next}
}

func full(otherwise string) map[string]any {
	return map[string]any{
		"Type": "Choice", "Default": otherwise, "Choices": []any{when("$.found.count", "NumericGreaterThan", 0, "Sound")},
	}
}

func sourceEmpty() map[string]any {
	return map[string]any{
		"Type": "Choice", "Default": "Empty", "Choices": []any{when("$.source.count", "NumericEquals", 0, "SoundEmpty")},
	}
}

func wait(next string) map[string]any {
	return map[string]any{"Type": "Wait", "Seconds": pause, "Next": next}
}

// count adds one to the tries.
func count(next string) map[string]any {
	return map[string]any{
		"Type": "Pass", "Parameters": map[string]any{"n.$": "States.MathAdd($.tries.n, 1)"},
		"ResultPath": "$.tries", "Next": next,
	}
}

// last is the intrinsic function for what follows the last colon of an ARN.
// It does not matter to it whether empty parts count.
func last(path string) string {
	parts := "States.StringSplit(" + path + ", ':')"
	return "States.ArrayGetItem(" + parts + ", States.MathAdd(States.ArrayLength(" + parts + "), -1))"
}

// reachable returns the states that can be come to; Step Functions refuses a
// definition with others.
func (s states) reachable(start string) states {
	out, ahead := states{}, []string{start}
	for len(ahead) > 0 {
		name := ahead[0]
		ahead = ahead[1:]
		if _, seen := out[name]; seen {
			continue
		}
		out[name] = s[name]
		next := []any{s[name]}
		for _, list := range []string{"Choices", "Catch"} {
			more, _ := s[name][list].([]any)
			next = append(next, more...)
		}
		for _, n := range next {
			for _, key := range []string{"Next", "Default"} {
				if to, ok := n.(map[string]any)[key].(string); ok {
					ahead = append(ahead, to)
				}
			}
		}
	}
	return out
}
