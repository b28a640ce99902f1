package cache

import (
	"encoding/json"
	"fmt"
)

// The state machine of the snapshots is data in the Amazon States Language, with JSONata as its
// query language: docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html. It calls
// AWS directly, in its own region:
//
//	Find -> Fresh -> Export -> Exporting <-> Exported -> Restore
//	     -> Restoring <-> Restored -> Settle -> Measure -> Sound -> Sweep
//
// From Restore on every way, good or bad, leads through Sweep, which deletes
// the restored group and looks until it is gone. It judges by lists, never by
// the name of an error.

// The bounds of the waits, in rounds of a minute. Together they keep a run
// shorter than the day between two.
const (
	roundSeconds   = 60
	exportRounds   = 120
	restoreRounds  = 180
	sweepRounds    = 60
	settleSeconds  = 600
	measureMinutes = 10
	// freshHours is how old the newest snapshot may be: the daily window and its length.
	freshHours = 26
)

// places are what the definition names.
type places struct {
	group, test, bucket, key, subnets, access string
}

type (
	state  map[string]any
	states map[string]state
)

// query marks an expression that Step Functions evaluates.
func query(expression string) string { return "{% " + expression + " %}" }

// definition returns the state machine as text. Equal places give equal text.
func (p places) definition() (string, error) {
	all := states{}
	for _, part := range []states{p.export(), p.restore(), p.measure(), p.sweep()} {
		for name, s := range part {
			all[name] = s
		}
	}
	text, err := json.Marshal(map[string]any{
		"Comment":       "Exports the newest snapshot of " + p.group + " and restores it beside, to see that it can be",
		"QueryLanguage": "JSONata", "StartAt": "Find", "States": all,
	})
	if err != nil {
		return "", fmt.Errorf("definition: %w", err)
	}
	return string(text), nil
}

const sdk = "arn:aws:states:::aws-sdk:"

// look is a call that changes nothing, so it is tried again.
func look(action string, arguments, assign map[string]any, next, wrong string) state {
	s := call(action, arguments, assign, next, wrong)
	s["Retry"] = []any{state{
		"ErrorEquals": []string{"States.ALL"}, "IntervalSeconds": 15, "BackoffRate": 2, "MaxAttempts": 4,
	}}
	return s
}

// call is a task: one call of an AWS service. What goes wrong is remembered,
// and the run goes on at the given state.
func call(action string, arguments, assign map[string]any, next, wrong string) state {
	s := state{
		"Type": "Task", "Resource": sdk + action, "Arguments": arguments, "Next": next,
		"Catch": []any{state{
			"ErrorEquals": []string{"States.ALL"}, "Next": wrong,
			"Assign": map[string]any{"failed": query("$states.errorOutput.Error & ': ' & $string($states.errorOutput.Cause)")},
		}},
	}
	if assign != nil {
		s["Assign"] = assign
	}
	return s
}

func wait(seconds int, next string) state {
	return state{"Type": "Wait", "Seconds": seconds, "Next": next}
}

// choose goes to the state of the first condition that holds.
func choose(otherwise string, ways ...[2]string) state {
	var list []any
	for _, w := range ways {
		list = append(list, state{"Condition": query(w[0]), "Next": w[1]})
	}
	return state{"Type": "Choice", "Choices": list, "Default": otherwise}
}

// note remembers what is wrong and goes on.
func note(what, next string) state {
	return state{"Type": "Pass", "Assign": map[string]any{"failed": what}, "Next": next}
}

// export copies the newest automatic snapshot into the bucket, under a name of
// its own: ElastiCache never writes over one. Names of automatic snapshots end
// in their time, so the last one is the newest.
func (p places) export() states {
	return states{
		"Find": look("elasticache:describeSnapshots",
			map[string]any{"ReplicationGroupId": p.group, "SnapshotSource": "system"},
			map[string]any{
				"failed": "", "tries": 0,
				"snapshot": query("$sort($states.result.Snapshots[SnapshotStatus = 'available'], " +
					"function($l, $r) { $l.SnapshotName < $r.SnapshotName })[0]"),
			}, "Fresh", "Failed"),
		"Fresh": choose("Stale", [2]string{fmt.Sprintf(
			"$toMillis($states.context.State.EnteredTime) - $toMillis($snapshot.NodeSnapshots[0].SnapshotCreateTime) < %d",
			freshHours*60*60*1000), "Name"}),
		"Stale": note(fmt.Sprintf("the newest snapshot is older than %d hours", freshHours), "Failed"),
		"Name": state{"Type": "Pass", "Next": "Export", "Assign": map[string]any{
			"object": query("'" + p.group + "-' & $substring($snapshot.NodeSnapshots[0].SnapshotCreateTime, 0, 10) & " +
				"'-' & $substring($states.context.Execution.Name, 0, 8)"),
		}},
		"Export": call("elasticache:copySnapshot", map[string]any{
			"SourceSnapshotName": query("$snapshot.SnapshotName"), "TargetSnapshotName": query("$object"),
			"TargetBucket": p.bucket,
		}, nil, "Exporting", "Failed"),
		"Exporting": wait(roundSeconds, "Look"),
		"Look": look("s3:listObjectsV2", map[string]any{"Bucket": p.bucket, "Prefix": query("$object & '-0001.rdb'")},
			map[string]any{"found": query("$states.result.KeyCount"), "tries": query("$tries + 1")}, "Exported", "Failed"),
		"Exported": choose("Exporting", [2]string{"$found > 0", "Restore"},
			[2]string{fmt.Sprintf("$tries >= %d", exportRounds), "Unexported"}),
		"Unexported": note("the snapshot did not reach the bucket in time", "Failed"),
	}
}

// restore makes a group of one node out of the exported object, which nobody can reach.
func (p places) restore() states {
	return states{
		"Restore": call("elasticache:createReplicationGroup", map[string]any{
			"ReplicationGroupId":          p.test,
			"ReplicationGroupDescription": "A restore test of " + p.group + ", deleted when it is done",
			"Engine":                      engine,
			"EngineVersion":               query("$join($split($snapshot.EngineVersion, '.')[[0..1]], '.')"),
			"CacheNodeType":               query("$snapshot.CacheNodeType"),
			"NumCacheClusters":            1,
			"SnapshotArns":                []any{query("'arn:aws:s3:::" + p.bucket + "/' & $object & '-0001.rdb'")},
			"CacheSubnetGroupName":        p.subnets,
			"SecurityGroupIds":            []any{p.access},
			"AtRestEncryptionEnabled":     true,
			"TransitEncryptionEnabled":    true,
			"KmsKeyId":                    p.key,
		}, map[string]any{"tries": 0}, "Restoring", "Sweep"),
		"Restoring": wait(roundSeconds, "Watch"),
		"Watch": look("elasticache:describeReplicationGroups", map[string]any{"ReplicationGroupId": p.test},
			map[string]any{"restored": query("$states.result.ReplicationGroups[0]"), "tries": query("$tries + 1")},
			"Restored", "Sweep"),
		"Restored": choose("Restoring", [2]string{"$restored.Status = 'available'", "Settle"},
			[2]string{"$restored.Status = 'create-failed'", "Unrestored"},
			[2]string{fmt.Sprintf("$tries >= %d", restoreRounds), "Unrestored"}),
		"Unrestored": note("the group restored from the bucket did not become available", "Sweep"),
	}
}

// measure compares the number of keys with the living cache's, which metrics tell some minutes later.
func (p places) measure() states {
	items := func(id, node string) any {
		return map[string]any{"Id": id, "MetricStat": map[string]any{
			"Metric": map[string]any{"Namespace": "AWS/ElastiCache", "MetricName": "CurrItems",
				"Dimensions": []any{map[string]any{"Name": "CacheClusterId", "Value": node}}},
			"Period": 60, "Stat": "Maximum",
		}}
	}
	most := func(id string) string {
		return query("$max($states.result.MetricDataResults[Id = '" + id + "'].Values)")
	}
	return states{
		"Settle": wait(settleSeconds, "Measure"),
		"Measure": look("cloudwatch:getMetricData", map[string]any{
			"StartTime":         query(fmt.Sprintf("$fromMillis($millis() - %d)", measureMinutes*60*1000)),
			"EndTime":           query("$now()"),
			"MetricDataQueries": []any{items("restored", p.test+"-001"), items("living", p.group+"-001")},
		}, map[string]any{"restoredKeys": most("restored"), "livingKeys": most("living")}, "Sound", "Sweep"),
		"Sound": choose("Unsound", [2]string{"$restored.AtRestEncryptionEnabled and $restored.TransitEncryptionEnabled " +
			"and ($restoredKeys > 0 or $livingKeys = 0)", "Sweep"}),
		"Unsound": note("the restored group is not encrypted, or holds no key where the cache holds some", "Sweep"),
	}
}

// sweep deletes the restored group until it is seen no more, then says how the run went.
func (p places) sweep() states {
	return states{
		"Sweep": state{"Type": "Pass", "Assign": map[string]any{"tries": 0}, "Next": "List"},
		"List": look("elasticache:describeReplicationGroups", map[string]any{"MaxRecords": 100},
			map[string]any{
				"tries": query("$tries + 1"),
				"gone": query("$count($states.result.ReplicationGroups[ReplicationGroupId = '" + p.test + "']) = 0 " +
					"and $not($exists($states.result.Marker))"),
			}, "Swept", "Left"),
		"Swept": choose("Delete", [2]string{"$gone", "Verdict"},
			[2]string{fmt.Sprintf("$tries > %d", sweepRounds), "Left"}),
		// AWS refuses it while the group is being made or deleted; the next look says how it went.
		"Delete": state{
			"Type": "Task", "Resource": sdk + "elasticache:deleteReplicationGroup", "Next": "Sweeping",
			"Arguments": map[string]any{"ReplicationGroupId": p.test},
			"Catch":     []any{state{"ErrorEquals": []string{"States.ALL"}, "Next": "Sweeping"}},
		},
		"Sweeping": wait(roundSeconds, "List"),
		"Verdict":  choose("Failed", [2]string{"$failed = ''", "Done"}),
		"Done":     state{"Type": "Succeed"},
		"Failed":   state{"Type": "Fail", "Error": "SnapshotNotProved", "Cause": query("$failed")},
		"Left": state{
			"Type": "Fail", "Error": "RestoredGroupLeft", "Cause": "delete the replication group " + p.test + " by hand",
		},
	}
}
