package world

import (
	"cmp"
	"slices"
	"strings"
)

// dynamoOperations are the operations on tables and their items.
func dynamoOperations() map[string]operation {
	return map[string]operation{
		"dynamodb.GetItem":                   {data: true, run: getItem},
		"dynamodb.PutItem":                   {data: true, run: putItem},
		"dynamodb.UpdateItem":                {data: true, run: updateItem},
		"dynamodb.DeleteItem":                {data: true, run: deleteItem},
		"dynamodb.Query":                     {data: true, run: query},
		"dynamodb.DescribeTable":             {run: describeTable},
		"dynamodb.DescribeContinuousBackups": {run: describeContinuousBackups},
		"dynamodb.RestoreTableToPointInTime": {run: restoreTable},
	}
}

// tableFor finds the table that a request names, by name or ARN.
func (t *tx) tableFor(r Request, property string) (*Entity, error) {
	name := str(r.Input, property)
	if i := strings.LastIndex(name, "table/"); strings.HasPrefix(name, "arn:") && i > 0 && regionOfARN(name) == r.Region {
		name = name[i+len("table/"):]
	}
	if e := t.get(kindTable, r.Region, name); e != nil {
		return e, nil
	}
	return nil, missing("ResourceNotFoundException", "Requested resource not found: Table: %s not found", name)
}

// open finds a table whose items can be read and written.
func (t *tx) open(r Request) (*Entity, error) {
	table, err := t.tableFor(r, "TableName")
	if err != nil {
		return nil, err
	}
	if status := str(table.Out, "TableStatus"); status != "ACTIVE" {
		return nil, missing("ResourceNotFoundException", "Requested resource not found: Table: %s is %s", table.ID, status)
	}
	return table, t.sealed(table)
}

// locate finds the table and the key of a request, the key from the property.
func (t *tx) locate(r Request, property string) (table *Entity, key Document, id string, err error) {
	if table, err = t.open(r); err != nil {
		return nil, nil, "", err
	}
	item, _ := r.Input[property].(map[string]any)
	key, id, err = keyOf(table, item)
	if err == nil && property == "Key" && len(item) != len(key) {
		err = refuse(validation, "The provided key element does not match the schema")
	}
	return table, key, id, err
}

// allowed refuses a write whose condition does not hold.
func (t *tx) allowed(table *Entity, id string, in Document) error {
	text := str(in, "ConditionExpression")
	if text == "" {
		return nil
	}
	holds, err := conditionOf(text, in)
	if err != nil {
		return err
	}
	if !holds(t.item(table, id)) {
		return refuse("ConditionalCheckFailedException", "The conditional request failed")
	}
	return nil
}

// getItem is dynamodb GetItem
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html).
func getItem(t *tx, r Request) (Document, error) {
	table, _, id, err := t.locate(r, "Key")
	if err != nil {
		return nil, err
	}
	if item := t.item(table, id); item != nil {
		return Document{"Item": copyDoc(item)}, nil
	}
	return Document{}, nil
}

// putItem is dynamodb PutItem, with its condition.
func putItem(t *tx, r Request) (Document, error) {
	table, _, id, err := t.locate(r, "Item")
	if err != nil {
		return nil, err
	}
	if err := t.allowed(table, id, r.Input); err != nil {
		return nil, err
	}
	t.writeItem(table, id, copyDoc(r.Input["Item"].(map[string]any)))
	return Document{}, nil
}

// updateItem is dynamodb UpdateItem with SET and REMOVE; what is not there yet is made.
func updateItem(t *tx, r Request) (Document, error) {
	table, key, id, err := t.locate(r, "Key")
	if err != nil {
		return nil, err
	}
	if err := t.allowed(table, id, r.Input); err != nil {
		return nil, err
	}
	item := copyDoc(t.item(table, id))
	if item == nil {
		item = copyDoc(key)
	}
	if text := str(r.Input, "UpdateExpression"); text != "" {
		change, err := updateOf(text, r.Input)
		if err != nil {
			return nil, err
		}
		if item, err = change(item); err != nil {
			return nil, err
		}
	}
	if _, now, err := keyOf(table, item); err != nil || now != id {
		return nil, refuse(validation, "Cannot update attribute: it is part of the key")
	}
	t.writeItem(table, id, item)
	if str(r.Input, "ReturnValues") == "ALL_NEW" {
		return Document{"Attributes": copyDoc(item)}, nil
	}
	return Document{}, nil
}

// deleteItem is dynamodb DeleteItem, with its condition.
func deleteItem(t *tx, r Request) (Document, error) {
	table, _, id, err := t.locate(r, "Key")
	if err != nil {
		return nil, err
	}
	if err := t.allowed(table, id, r.Input); err != nil {
		return nil, err
	}
	if t.item(table, id) != nil {
		t.writeItem(table, id, nil)
	}
	return Document{}, nil
}

// query is dynamodb Query on the table or one of its indexes, in the order of
// the sort key. A page ends after Limit items.
func query(t *tx, r Request) (Document, error) {
	table, err := t.open(r)
	if err != nil {
		return nil, err
	}
	hash, sort, err := keysOfIndex(table, str(r.Input, "IndexName"))
	if err != nil {
		return nil, err
	}
	wanted, err := conditionOf(str(r.Input, "KeyConditionExpression"), r.Input)
	if err != nil {
		return nil, err
	}
	var found []Document
	for _, e := range t.itemsOf(table) {
		item := t.item(table, str(e.In, "Key"))
		if item != nil && item[hash] != nil && (sort == "" || item[sort] != nil) && wanted(item) {
			found = append(found, item)
		}
	}
	order := func(a, b Document) int {
		_, ka, _ := keyOf(table, a)
		_, kb, _ := keyOf(table, b)
		return cmp.Or(compare(a[sort], b[sort]), strings.Compare(ka, kb))
	}
	slices.SortFunc(found, order)
	if from, ok := r.Input["ExclusiveStartKey"].(map[string]any); ok {
		found = slices.DeleteFunc(found, func(item Document) bool { return order(item, from) <= 0 })
	}
	out := Document{}
	if limit := int(numOr(r.Input, "Limit", 0)); limit > 0 && len(found) > limit {
		found = found[:limit]
		out["LastEvaluatedKey"] = lastKey(table, found[limit-1], hash, sort)
	}
	items := []any{}
	for _, item := range found {
		items = append(items, copyDoc(item))
	}
	out["Items"], out["Count"] = items, float64(len(items))
	return out, nil
}

// keysOfIndex are the keys that a query goes by.
func keysOfIndex(table *Entity, index string) (hash, sort string, err error) {
	if index == "" {
		return str(table.In, "HashKey"), str(table.In, "RangeKey"), nil
	}
	for _, i := range docs(table.In, "GlobalSecondaryIndexes") {
		if str(i, "Name") == index {
			return str(i, "HashKey"), str(i, "RangeKey"), nil
		}
	}
	return "", "", refuse(validation, "The table does not have the specified index: %s", index)
}

func lastKey(table *Entity, item Document, hash, sort string) Document {
	key, _, _ := keyOf(table, item)
	for _, name := range []string{hash, sort} {
		if name != "" {
			key[name] = item[name]
		}
	}
	return copyDoc(key)
}
