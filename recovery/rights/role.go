// Package rights says which actions of IAM the calls of plans need, and on what: for the role of the function that
// makes them, and for the proof that the role suffices and has nothing else.
package rights

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"redoubt/internal/iampolicy"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Place is the system in its two homes, as ARNs name it.
type Place struct {
	System, Account string
	// Regions say where each home lives. Without a peer there is one.
	Regions map[system.Home]string
	// Keys are the ARNs of the keys in both regions that stores and logs are encrypted with, Zones the ids of the
	// zones of the private names in which plans change records.
	Keys, Zones []string
	// Namespace is that of the metrics which move the traffic (inventory.Entry).
	Namespace string
}

// held are the conditions under which an action is allowed, beside what it works on: operator, key, values.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
func (p Place) held(action string) map[string]map[string][]string {
	switch action {
	case "cloudwatch:PutMetricData":
		return map[string]map[string][]string{"StringEquals": {"cloudwatch:namespace": {p.Namespace}}}
	case "iam:PassRole":
		return map[string]map[string][]string{"StringEquals": {
			"iam:PassedToService": {"backup.amazonaws.com", "monitoring.rds.amazonaws.com"}}}
	}
	return nil
}

func (p Place) fill(form string, home system.Home) string {
	if form != "*" && !strings.HasPrefix(form, "arn:") {
		form = "arn:aws:" + form
	}
	return strings.NewReplacer("{region}", p.Regions[home], "{account}", p.Account, "{system}", p.System).Replace(form)
}

// Need is one action on one resource, as IAM is asked for it.
type Need struct{ Action, Resource string }

// Needs are all that the call asks of IAM. A call that the table does not know is an error: it would be denied on the
// day.
func (p Place) Needs(c plan.Call) ([]Need, error) {
	rights, known := calls[c.Service+"."+c.Operation]
	if c.Operation == "VerifyStore" {
		kind, _ := c.Input["Kind"].(string)
		rights, known = verified[kind]
	}
	if !known {
		return nil, fmt.Errorf("%s: nothing says which actions it needs; add it to recovery/rights/calls.go", c)
	}
	var out []Need
	for _, r := range rights {
		for _, arn := range r.on.named(p, c) {
			out = append(out, Need{r.action, arn})
		}
	}
	return out, nil
}

// Operations lists what the table knows, as service.operation.
func Operations() []string { return slices.Sorted(maps.Keys(calls)) }

// Actions lists every action that some call needs.
func Actions() []string {
	seen := map[string]bool{}
	for _, rows := range []map[string][]right{calls, verified} {
		for _, row := range rows {
			for _, r := range row {
				seen[r.action] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Role is what the role of the function may do: every action of the table on the system's own resources of that kind
// in both regions, grouped by what they work on. The actions that know no resource stand on "*".
func (p Place) Role() iampolicy.Document {
	by := map[[2]string]map[string]bool{} // resources, and the action where it has conditions of its own -> actions
	for _, rows := range []map[string][]right{calls, verified} {
		for _, row := range rows {
			for _, r := range row {
				group := [2]string{strings.Join(p.everywhere(r.on), " "), ""}
				if group[0] == "" {
					continue
				}
				if p.held(r.action) != nil {
					group[1] = r.action
				}
				if by[group] == nil {
					by[group] = map[string]bool{}
				}
				by[group][r.action] = true
			}
		}
	}
	if p.Regions[plan.Arbiter] != "" { // the word and the lease there, and nothing else
		by[[2]string{strings.Join(table.patterns(p, plan.Arbiter), " "), ""}] = map[string]bool{
			"dynamodb:GetItem": true, "dynamodb:UpdateItem": true}
	}
	return p.statements(by)
}

func (p Place) statements(by map[[2]string]map[string]bool) iampolicy.Document {
	groups := slices.SortedFunc(maps.Keys(by), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var doc iampolicy.Document
	for n, group := range groups {
		doc.Statements = append(doc.Statements, iampolicy.Statement{Sid: fmt.Sprintf("Calls%d", n+1),
			Actions: slices.Sorted(maps.Keys(by[group])), Resources: strings.Fields(group[0]),
			Conditions: p.held(group[1])})
	}
	return doc
}

// everywhere are the ARNs of a kind in both homes.
func (p Place) everywhere(r resource) []string {
	var out []string
	for _, home := range system.Homes {
		if p.Regions[home] != "" {
			out = append(out, r.patterns(p, home)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
