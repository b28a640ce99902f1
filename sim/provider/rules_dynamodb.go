package provider

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var rulesOfDynamoDB = map[string][]rule{
	"aws:dynamodb/table:Table": {
		matches("name", `^[a-zA-Z0-9_.-]{3,255}$`, "3 to 255 letters, digits, _, . and -"),
		{"", onDemand}, {"", streamed}, {"ttl", expiring}, {"", indexed},
	},
}

func truth(obj resource.PropertyMap, name string) bool {
	v, known := plain(obj[resource.PropertyKey(name)])
	return known && v.IsBool() && v.BoolValue()
}

// onDemand: a table is paid on demand or has capacities, never both. Of one that is restored the provider does not say so.
func onDemand(obj resource.PropertyMap) []Failure {
	mode, known := plain(obj["billingMode"])
	if !known || !mode.IsString() || mode.StringValue() != "PAY_PER_REQUEST" || given(obj, "restoreSourceTableArn") || given(obj, "restoreSourceName") {
		return nil
	}
	if both := together(obj, []string{"readCapacity", "writeCapacity"}); len(both) > 0 {
		return []Failure{{both[0], "has no place beside billingMode PAY_PER_REQUEST"}}
	}
	return nil
}

// streamed: a stream that is on says what it shows.
func streamed(obj resource.PropertyMap) []Failure {
	view, _ := plain(obj["streamViewType"])
	if truth(obj, "streamEnabled") && (!given(obj, "streamViewType") || emptyText(view)) {
		return []Failure{{"streamEnabled", "needs streamViewType"}}
	}
	return nil
}

func expiring(obj resource.PropertyMap) []Failure {
	if truth(obj, "enabled") && !given(obj, "attributeName") {
		return []Failure{{"enabled", "needs attributeName"}}
	}
	return nil
}

// indexed: each attribute is a key of the table or of an index.
func indexed(obj resource.PropertyMap) []Failure {
	keys, all := map[string]bool{}, true
	collect := func(o resource.PropertyMap, _ string) {
		for _, name := range []resource.PropertyKey{"hashKey", "rangeKey"} {
			v, known := plain(o[name])
			all = all && known
			if known && v.IsString() {
				keys[v.StringValue()] = true
			}
		}
	}
	collect(obj, "")
	visit(obj, "globalSecondaryIndexes[]", "", collect)
	visit(obj, "localSecondaryIndexes[]", "", collect)
	var faults []Failure
	visit(obj, "attributes[]", "", func(o resource.PropertyMap, path string) {
		name, known := plain(o["name"])
		if all && known && name.IsString() && !keys[name.StringValue()] {
			faults = append(faults, Failure{join(path, "name"),
				fmt.Sprintf("is %q, which is no key of the table or an index", name.StringValue())})
		}
	})
	return faults
}
