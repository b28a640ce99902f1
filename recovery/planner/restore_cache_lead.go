package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"redoubt/inventory"
	"redoubt/inventory/directory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

const recordSource = "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html"

// namesOf are the private names of a store with a writer: of where it is written, and of where it is read.
func namesOf(inv inventory.Inventory, s system.Store) []string {
	return []string{directory.Host(inv.System, s.Name, s.Kind), directory.ReaderHost(inv.System, s.Name, s.Kind)}
}

// askRecord asks for a home's record of a private name: the first that is listed.
func askRecord(inv inventory.Inventory, from system.Home, name string, home system.Home) plan.Call {
	return aws(from, "route53", "ListResourceRecordSets", plan.Document{
		"HostedZoneId": inv.Homes[from].Discovery.ZoneID, "StartRecordName": name, "StartRecordType": "CNAME",
		"StartRecordIdentifier": string(home)})
}

// The late values of the new groups' endpoints: what they are called in a plan.
func writerName(home system.Home) string { return "late-writer-" + string(home) }
func readerName(home system.Home) string { return "late-reader-" + string(home) }

// endpoints are the endpoints of the new groups that stand in a text.
func (c cacheRestore) endpoints(text string) []plan.Late {
	var out []plan.Late
	for _, home := range system.Homes {
		for name, path := range map[string]plan.Path{writerName(home): "PrimaryEndpoint", readerName(home): "ReaderEndpoint"} {
			if strings.Contains(text, name) {
				out = append(out, plan.Late{Name: name, Call: askGroup(home, c.name(home)),
					Path: "ReplicationGroups[0].NodeGroups[0]." + path + ".Address"})
			}
		}
	}
	slices.SortFunc(out, func(a, b plan.Late) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// document is the directory of a home after the restore, with the late values in it.
func (c cacheRestore) document(home system.Home) directory.Document {
	after := c.after(c.restoring, func(home system.Home, s *inventory.Store) {
		s.Name, s.Arn = c.name(home), scopeOf(c.Inventory, home).ARN("elasticache", "replicationgroup:"+c.name(home))
		s.Endpoint, s.ReaderEndpoint = writerName(home), readerName(home)
	})
	after.Home = home
	return directory.Of(after)
}

// straight is the directory in which the cache is found by AWS's own names.
func (c cacheRestore) straight(home system.Home) directory.Document {
	d := c.document(home)
	d.Stores = maps.Clone(d.Stores)
	s := d.Stores[c.store.Name]
	s.Host, s.TLSNames = writerName(c.where), []string{writerName(c.where)}
	s.ReaderHost, s.ReaderTLSNames = readerName(home), []string{readerName(home)}
	d.Stores[c.store.Name] = s
	return d
}

// direct lets the agents of a home find the restored cache without the private names. The writer is
// that of the home that serves; each home reads its own.
func (c cacheRestore) direct(home system.Home, needs []string) string {
	was := c.Inventory
	was.Home = home
	s := c.tells(home, c.straight(home), directory.Of(was), needs)
	s.ID = c.idAt("direct", home)
	s.Title = fmt.Sprintf("Tell the agents of the %s home where %s is", home, c.store.Name)
	s.Why = "Agents look their stores up there. The private names still lead to the damaged cache, and only one " +
		"region can change them: nobody waits for that."
	return c.add(s)
}

// settled writes the directory as the next update would: the agents find the cache by the names that follow the switch.
func (c cacheRestore) settled(home system.Home, needs []string) string {
	s := c.tells(home, c.document(home), c.straight(home), needs)
	s.ID = c.idAt("settle", home)
	s.Title = fmt.Sprintf("Let the agents of the %s home find %s by the name that follows the switch", home, c.store.Name)
	s.Why = "By AWS's own names nobody finds the cache after a move to the other home."
	s.OnFailure = plan.Report
	return c.add(s)
}

// tells is a step that writes a directory of a home, and takes it back to what it was.
func (c cacheRestore) tells(home system.Home, now, was directory.Document, needs []string) plan.Step {
	put := func(d directory.Document) (plan.Call, string) {
		text, err := directory.Encode(d)
		if err != nil {
			c.wrong("%w", err)
		}
		call := aws(home, "ssm", "PutParameter", plan.Document{"Name": c.home(home).Discovery.Parameter, "Value": text,
			"Type": "String", "Tier": directory.Tier, "Overwrite": true})
		call.Late = c.endpoints(text)
		return call, text
	}
	call, text := put(now)
	undo, _ := put(was)
	look := aws(home, "ssm", "GetParameter", plan.Document{"Name": c.home(home).Discovery.Parameter})
	look.Late = call.Late
	return plan.Step{Role: plan.Swap, Subject: plan.Subject{Store: c.store.Name}, Needs: needs, Source: parameterSource,
		Call: call, Undo: &undo, Condition: holds(look, is("Parameter.Value", text)),
		Budget: timings.K8SConfigmap, Timeout: minutes(10), OnFailure: plan.Stop}
}

// named leads the private names of a home to its new group. Users do not wait for it: Route 53 is
// changed in one fixed region.
func (c cacheRestore) named(home system.Home, needs []string) string {
	var changes, before []any
	for n, name := range namesOf(c.Inventory, c.store) {
		sets := listed(c.answer(askRecord(c.Inventory, c.where, name, home)), "ResourceRecordSets")
		if len(sets) == 0 || sets[0]["Name"] != name+"." || sets[0]["SetIdentifier"] != string(home) {
			c.wrong("the private zone has no record %s of the %s home", name, home)
			return ""
		}
		now := maps.Clone(sets[0])
		now["ResourceRecords"] = []any{plan.Document{"Value": []string{writerName(home), readerName(home)}[n]}}
		changes = append(changes, plan.Document{"Action": "UPSERT", "ResourceRecordSet": now})
		before = append(before, plan.Document{"Action": "UPSERT", "ResourceRecordSet": sets[0]})
	}
	change := func(all []any) plan.Call {
		return aws(c.where, "route53", "ChangeResourceRecordSets", plan.Document{
			"HostedZoneId": c.home(c.where).Discovery.ZoneID, "ChangeBatch": plan.Document{"Changes": all}})
	}
	s := plan.Step{ID: c.idAt("name", home), Role: plan.Swap, Subject: plan.Subject{Store: c.store.Name}, Needs: needs,
		Title:  fmt.Sprintf("Lead the private names of %s in the %s home to the restored group", c.store.Name, home),
		Why:    "The names follow the switch when the homes change places. They must lead to what is restored before that.",
		Source: recordSource, Budget: timings.R53TTL, Timeout: minutes(60), OnFailure: plan.Report}
	undo := change(before)
	s.Call, s.Undo = change(changes), &undo
	s.Call.Late = c.endpoints(writerName(home) + readerName(home))
	look := askRecord(c.Inventory, c.where, namesOf(c.Inventory, c.store)[0], home)
	look.Late = c.endpoints(writerName(home))
	s.Condition = holds(look, is("ResourceRecordSets[0].ResourceRecords[0].Value", writerName(home)))
	return c.add(s)
}
