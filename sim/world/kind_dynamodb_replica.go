package world

import (
	"slices"
	"strings"
	"time"
)

// tableReplicaID is the provider's id: the table's name and the region of the
// table that it was made from.
func tableReplicaID(_ *tx, e *Entity) string {
	arn := str(e.In, "GlobalTableArn")
	return arn[strings.LastIndex(arn, "/")+1:] + ":" + regionOfARN(arn)
}

// tableReplicaEndpoints: a replica is made by UpdateTable in the region of the
// table that it is made from.
func tableReplicaEndpoints(region string, in Document) []string {
	return []string{regionOfARN(str(in, "GlobalTableArn")), region}
}

// tableReplicaPlaces: reading, changing and deleting it goes there too.
func tableReplicaPlaces(region, id string) []string {
	_, source, _ := strings.Cut(id, ":")
	return []string{source, region}
}

func tableReplicaShape(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	arn := str(e.In, "GlobalTableArn")
	source := t.arn(arn)
	switch {
	case source == nil || source.Kind != kindTable:
		return missing("ResourceNotFoundException", "Requested resource not found: Table: %s not found", arn)
	case source.Region == e.Region:
		return refuse(validation, "%s is in %s already", arn, e.Region)
	case str(source.Out, "TableStatus") != "ACTIVE":
		return refuse("ResourceInUseException", "%s is %s", arn, str(source.Out, "TableStatus"))
	case t.get(kindTable, e.Region, source.ID) != nil:
		return refuse(validation, "failed to create the new replica of %s: a table of that name already exists in %s",
			source.ID, e.Region)
	case t.cut(source.Region, e.Region):
		return &Error{Code: "InternalServerError", Status: 500, Message: source.Region + " does not reach " + e.Region}
	}
	return nil
}

// tableReplicaKey: a replica is encrypted as its source is, with a key of its own region.
func tableReplicaKey(t *tx, e, _ *Entity) error {
	source, key := t.arn(str(e.In, "GlobalTableArn")), str(e.In, "KmsKeyArn")
	if source == nil { // deleted since
		return nil
	}
	switch own := str(source.In, "ServerSideEncryption.KmsKeyArn"); {
	case own != "" && key == "":
		return refuse(validation, "%s: KMSMasterKeyId must be specified for each replica", e.ID)
	case own == "" && key != "":
		return refuse(validation, "%s: a replica of a table with a key of AWS takes no other key", e.ID)
	}
	return t.keyUsable(e.Region, key, validation)
}

func tableReplicaComputed(t *tx, e *Entity) {
	name, _, _ := strings.Cut(e.ID, ":")
	e.Out["Arn"] = arnOf("dynamodb", "table/"+name)(t, e)
	def(e, "PointInTimeRecovery", false)
	def(e, "DeletionProtectionEnabled", false)
	def(e, "TableClassOverride", "")
}

// tableReplicaAfter makes the half of the region, with all that the source
// holds (that the first copy takes no time is assumed), or changes its settings.
func tableReplicaAfter(t *tx, e, old *Entity) error {
	name, _, _ := strings.Cut(e.ID, ":")
	if old != nil {
		half := t.get(kindTable, e.Region, name)
		if half == nil {
			return missing("ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
		}
		half = t.edit(half)
		ownSettings(half, e.In)
		tableComputed(t, half)
		return nil
	}
	source := t.edit(t.arn(str(e.In, "GlobalTableArn")))
	source.In["StreamEnabled"], source.In["StreamViewType"] = true, bothImages
	source.Out[sourceUntil] = true
	t.stamp(source.stampRef(sourceUntil), t.birth().Add(24*time.Hour))
	tableComputed(t, source)
	half := &Entity{Kind: kindTable, Region: e.Region, ID: name, ARN: str(e.Out, "Arn"), Created: t.birth(),
		In: copyDoc(source.In), Out: Document{"Arn": str(e.Out, "Arn")}}
	delete(half.In, "Tags")
	ownSettings(half, e.In)
	tableComputed(t, half)
	t.save(half)
	t.unite(name, append(replicaRegions(source), source.Region, e.Region))
	for _, i := range t.itemsOf(source) {
		c := i.clone()
		c.Region = e.Region
		t.save(c)
		t.stampAs(c.ref(), i.ref())
		for _, v := range docs(c.Out, "Versions") {
			t.stampAs(arrivedRef(c, v), arrivedRef(i, v))
		}
	}
	return nil
}

// ownSettings are what does not replicate.
func ownSettings(half *Entity, in Document) {
	half.In["DeletionProtectionEnabled"] = yes(in, "DeletionProtectionEnabled")
	half.In["PointInTimeRecovery"] = Document{"Enabled": yes(in, "PointInTimeRecovery")}
	delete(half.In, "ServerSideEncryption")
	if key := str(in, "KmsKeyArn"); key != "" {
		half.In["ServerSideEncryption"] = Document{"Enabled": true, "KmsKeyArn": key}
	}
	delete(half.In, "Tags")
	if tags, ok := in["Tags"]; ok {
		half.In["Tags"] = copyValue(tags)
	}
}

// unite writes into each half which other regions have one.
func (t *tx) unite(name string, regions []string) {
	regions = slices.Compact(sorted(regions))
	for _, region := range regions {
		half := t.edit(t.get(kindTable, region, name))
		others := []any{}
		for _, other := range regions {
			if other != region {
				others = append(others, Document{"RegionName": other})
			}
		}
		half.In["Replicas"] = others
		if len(others) == 0 {
			delete(half.In, "Replicas")
		}
	}
}

// separate deletes the half of a region, and its declaration.
func (t *tx) separate(name, region string) {
	half := t.get(kindTable, region, name)
	if half == nil {
		return
	}
	others := replicaRegions(half)
	for _, e := range t.list(kindTableReplica, region) {
		if strings.HasPrefix(e.ID, name+":") {
			t.drop(e)
		}
	}
	_ = removeTable(t, half) // drops, and refuses nothing
	t.unite(name, others)
}

func removeTableReplica(t *tx, e *Entity) error {
	name, _, _ := strings.Cut(e.ID, ":")
	t.separate(name, e.Region)
	t.drop(e)
	return nil
}

// tableReplicaSeen shows what the half says now, whoever changed it.
func tableReplicaSeen(t *tx, e *Entity) {
	name, _, _ := strings.Cut(e.ID, ":")
	half := t.get(kindTable, e.Region, name)
	if half == nil {
		return
	}
	e.Out["PointInTimeRecovery"] = recovers(half)
	e.Out["DeletionProtectionEnabled"] = yes(half.In, "DeletionProtectionEnabled")
	e.Out["KmsKeyArn"] = str(half.In, "ServerSideEncryption.KmsKeyArn")
}
