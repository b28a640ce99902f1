package world

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	kindTable        = "AWS::DynamoDB::Table"
	kindTableReplica = "AWS::DynamoDB::TableReplica"
	kindItem         = "AWS::DynamoDB::Item"

	dynamoDoc = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
	dynamoAPI = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"

	validation = "ValidationException"
	// bothImages is the view type that a global table's stream has.
	bothImages = "NEW_AND_OLD_IMAGES"
)

// dynamoKinds: every half of a global table is a Table of its region. A
// TableReplica is how the provider declares that a half exists; it has no ARN
// of its own. Which regions belong together stands in Replicas of each half.
var dynamoKinds = []Kind{
	{
		Name: kindTable, Service: "dynamodb", Source: dynamoAPI + "API_CreateTable.html", Exists: "ResourceInUseException",
		Required: []string{"Name", "HashKey"}, Fixed: []string{"Name", "HashKey", "RangeKey"},
		Protection: "DeletionProtectionEnabled",
		id:         named("Name"), arn: arnOf("dynamodb", "table/{id}"),
		checks:   []check{tableName, tableAttributes, tableRecovery, tableStream, tableKey, tableReplicas},
		computed: tableComputed, after: tableLetsGo, guard: tableGuard, remove: removeTable, seen: tableSeen,
	},
	{
		Name: kindTableReplica, Service: "dynamodb", Source: dynamoDoc + "GlobalTables.html",
		Required: []string{"GlobalTableArn"}, Fixed: []string{"GlobalTableArn", "KmsKeyArn"},
		Protection: "DeletionProtectionEnabled",
		id:         tableReplicaID, endpoints: tableReplicaEndpoints, places: tableReplicaPlaces,
		checks: []check{tableReplicaShape, tableReplicaKey}, computed: tableReplicaComputed, after: tableReplicaAfter,
		remove: removeTableReplica, seen: tableReplicaSeen,
	},
	{
		Name: kindItem, Service: "dynamodb", Source: dynamoAPI + "API_PutItem.html",
		id: func(_ *tx, e *Entity) string { return str(e.In, "Table") + "/" + str(e.In, "Key") },
	},
}

var tableNameForm = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`)

func tableName(_ *tx, e, _ *Entity) error {
	if !tableNameForm.MatchString(e.ID) {
		return refuse(validation, "table name %q is not 3 to 255 letters, digits, _, . or -", e.ID)
	}
	return nil
}

// tableAttributes: the attributes of a declaration are the keys of the table
// and of its indexes, all of them and no others.
func tableAttributes(_ *tx, e, _ *Entity) error {
	keys := []string{}
	for _, path := range []string{
		"HashKey", "RangeKey", "GlobalSecondaryIndexes.HashKey", "GlobalSecondaryIndexes.RangeKey",
		"LocalSecondaryIndexes.RangeKey",
	} {
		keys = append(keys, strs(e.In, path)...)
	}
	defined := strs(e.In, "Attributes.Name")
	for _, key := range keys {
		if !slices.Contains(defined, key) {
			return refuse(validation, "%s: key %q is not among the attributes %v", e.ID, key, defined)
		}
	}
	for _, name := range defined {
		if !slices.Contains(keys, name) {
			return refuse(validation, "%s: attribute %q is no key of the table or an index", e.ID, name)
		}
	}
	return nil
}

// tableRecovery: how many days back recovery reaches is said only where it is on.
func tableRecovery(_ *tx, e, _ *Entity) error {
	if days, ok := num(e.In, "PointInTimeRecovery.RecoveryPeriodInDays"); ok && (days < 1 || days > 35) {
		return refuse(validation, "%s: RecoveryPeriodInDays is %v, want 1 to 35", e.ID, days)
	}
	return nil
}

// tableStream: a global table lives on its stream, which cannot be turned off.
func tableStream(_ *tx, e, old *Entity) error {
	if old == nil || len(replicaRegions(old)) == 0 || len(replicaRegions(e)) == 0 {
		return nil
	}
	if !yes(e.In, "StreamEnabled") || str(e.In, "StreamViewType") != bothImages {
		return refuse(validation, "%s: the stream of a table with replicas must stay on, with %s", e.ID, bothImages)
	}
	return nil
}

func tableKey(t *tx, e, _ *Entity) error {
	return t.keyUsable(e.Region, str(e.In, "ServerSideEncryption.KmsKeyArn"), validation)
}

// tableReplicas refuses replicas that a Table would declare itself: Redoubt
// declares them as TableReplica, and the two ways exclude each other.
func tableReplicas(_ *tx, e, old *Entity) error {
	for _, region := range replicaRegions(e) {
		if old == nil || !slices.Contains(replicaRegions(old), region) {
			return refuse(validation, "%s: a replica in %s that the table itself declares is not simulated", e.ID, region)
		}
	}
	return nil
}

func tableComputed(t *tx, e *Entity) {
	set(e, "TableStatus", "ACTIVE")
	def(e, "BillingMode", "PROVISIONED")
	def(e, "TableClass", "STANDARD")
	def(e, "ReadCapacity", 0.0)
	def(e, "WriteCapacity", 0.0)
	def(e, "PointInTimeRecovery", Document{"Enabled": false})
	if days, given := num(e.In, "PointInTimeRecovery.RecoveryPeriodInDays"); recovers(e) && (!given || days == 0) {
		e.Out["PointInTimeRecovery"] = Document{"Enabled": true, "RecoveryPeriodInDays": 35.0}
	}
	if !recovers(e) {
		delete(e.Out, recoversSince)
	} else if !has(e.Out, recoversSince) {
		t.stampNow(e, recoversSince)
	}
	if !yes(e.In, "StreamEnabled") {
		e.Out[streamArn], e.Out[streamLabel] = "", ""
		def(e, "StreamViewType", "")
		return
	}
	delete(e.Out, "StreamViewType") // from before the stream was on
	if e.Out[streamLabel] != true {
		e.Out[streamArn] = true
		t.stampNow(e, streamLabel)
	}
}

func recovers(table *Entity) bool { return yes(table.In, "PointInTimeRecovery.Enabled") }

// replicaRegions are the regions of the table's other halves.
func replicaRegions(table *Entity) []string { return strs(table.In, "Replicas.RegionName") }

// tableLetsGo deletes the replicas that an update no longer names, as AWS does
// on a request of the provider that does not ignore them.
func tableLetsGo(t *tx, e, old *Entity) error {
	if old == nil {
		return nil
	}
	for _, region := range replicaRegions(old) {
		if !slices.Contains(replicaRegions(e), region) {
			t.separate(e.ID, region)
		}
	}
	return nil
}

// tableGuard keeps a table that has replicas, and for a day one that a replica
// was made from (GlobalTables.html, on deleting).
func tableGuard(t *tx, e *Entity) error {
	if others := replicaRegions(e); len(others) > 0 {
		return refuse(validation, "%s has replicas in %s, which are deleted first", e.ID, strings.Join(others, ", "))
	}
	if e.Out[sourceUntil] != true {
		return nil
	}
	if until := t.stampedAt(e.stampRef(sourceUntil)).Truncate(time.Second); until.After(t.clock()) {
		return refuse(validation, "%s was the source of a new replica less than 24 hours ago, until %s", e.ID,
			until.Format(timeFormat))
	}
	return nil
}

// removeTable takes the items along.
func removeTable(t *tx, e *Entity) error {
	for _, i := range t.itemsOf(e) {
		t.drop(i)
	}
	t.drop(e)
	return nil
}

// tableSeen shows the other halves as DescribeTable does.
func tableSeen(t *tx, e *Entity) {
	list := []any{}
	for _, region := range replicaRegions(e) {
		other := t.get(kindTable, region, e.ID)
		if other == nil {
			continue
		}
		list = append(list, Document{
			"RegionName": region, "Arn": other.ARN, "KmsKeyArn": str(other.In, "ServerSideEncryption.KmsKeyArn"),
			"PointInTimeRecovery": recovers(other), "PropagateTags": false,
		})
		if one := list[len(list)-1].(Document); t.notes == nil { // no act that is remembered looks at a view's stream
			label := t.stampedText(other, streamLabel)
			one[streamLabel], one[streamArn] = label, ""
			if label != "" {
				one[streamArn] = streamOf(other.ARN, label)
			}
		}
	}
	if len(list) > 0 {
		e.Out["Replicas"] = list
	}
}
