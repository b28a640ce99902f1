package arbiter

import (
	"time"

	"redoubt/inventory"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// The calls by which a plan moves the word. They are made at the arbiter's table; a word that names the home already is
// left as it is, so that a plan and the judge never move twice.

// Appoint lets the word name the home, as Word.Move does. At is when the move was decided.
func Appoint(table string, to system.Home, at time.Time, why string) plan.Call {
	return change(table, plan.Document{
		"UpdateExpression": "SET #a = :to, #at = :at, #w = :why, #r = :no, #g = if_not_exists(#g, :zero) + :one, " +
			"#v = if_not_exists(#v, :zero) + :one",
		"ConditionExpression": "attribute_not_exists(#a) OR #a <> :to",
		"ExpressionAttributeNames": plan.Document{
			"#a": activeKey, "#at": atKey, "#w": whyKey, "#r": readyKey, "#g": generationKey, "#v": versionKey},
		"ExpressionAttributeValues": plan.Document{":to": text(string(to)), ":at": text(at.UTC().Format(time.RFC3339Nano)),
			":why": text(why), ":no": text("false"), ":zero": number(0), ":one": number(1)},
	})
}

// Appointed holds while the word names the home. Where no word was ever said, none does.
func Appointed(table string, to system.Home) plan.Condition {
	return plan.Condition{Call: look(table, WordName, plan.Arbiter), All: []plan.Expect{
		{Path: plan.Path("Item." + activeKey + ".S"), Op: plan.Is, Value: string(to), Missing: ""}}}
}

// Release says that the other home than the active one is ready to be appointed without a person, unless the word names
// another home by now.
func Release(table string, active system.Home) plan.Call {
	return change(table, plan.Document{
		"UpdateExpression":         "SET #r = :yes, #v = #v + :one",
		"ConditionExpression":      "#a = :active",
		"ExpressionAttributeNames": plan.Document{"#a": activeKey, "#r": readyKey, "#v": versionKey},
		"ExpressionAttributeValues": plan.Document{
			":active": text(string(active)), ":yes": text("true"), ":one": number(1)},
	})
}

// Released holds while the word says so.
func Released(table string, active system.Home) plan.Condition {
	c := Appointed(table, active)
	c.All = append(c.All, plan.Expect{Path: plan.Path("Item." + readyKey + ".S"), Op: plan.Is, Value: "true", Missing: ""})
	return c
}

// Holds holds while the home has the lease of the active home in a table: the arbiter's (plan.Arbiter), or a home's own.
func Holds(table string, at, home system.Home) plan.Condition {
	return plan.Condition{Call: look(table, LeaseName, at), All: []plan.Expect{
		{Path: plan.Path("Item." + lease.OwnerKey + ".S"), Op: plan.Is, Value: string(home), Missing: ""}}}
}

func look(table, key string, at system.Home) plan.Call {
	return plan.Call{Kind: plan.AWS, Home: at, Service: "dynamodb", Operation: "GetItem", Input: plan.Document{
		"TableName": table, "Key": plan.Document{inventory.LocksKey: text(key)}, "ConsistentRead": true}}
}

func change(table string, in plan.Document) plan.Call {
	in["TableName"], in["Key"] = table, plan.Document{inventory.LocksKey: text(WordName)}
	return plan.Call{Kind: plan.AWS, Home: plan.Arbiter, Service: "dynamodb", Operation: "UpdateItem", Input: in}
}
