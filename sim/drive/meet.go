package drive

import (
	"context"
	"errors"
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/sim/world"
	"redoubt/system"
)

// Answers says why an agent does not answer in a home, or nothing.
func (w World) Answers(ctx context.Context, home system.Home, agent string) error {
	if why := w.answers(ctx, home, w.Inventory.Homes[home], agent); why != "" {
		return errors.New(why)
	}
	return nil
}

// Level is the level that a plan told an agent to work at in a home: that of the latest deployment of its flag that
// was not taken back; full where nobody tells.
func (w World) Level(ctx context.Context, home system.Home, agent string) system.Level {
	of := w.Inventory.Homes[home].Agents[agent].Levels
	if of == nil {
		return system.Full
	}
	w.still = true
	out, err := w.Call(ctx, ask(home, "appconfig", "ListDeployments", plan.Document{
		"ApplicationId": of.ApplicationID, "EnvironmentId": of.EnvironmentID}))
	if err != nil {
		return system.Full
	}
	items, _ := out["Items"].([]any)
	for _, one := range items {
		d, _ := one.(plan.Document)
		if d["State"] != "COMPLETE" {
			continue
		}
		for level, version := range of.Versions {
			if version == d["ConfigurationVersion"] {
				return level
			}
		}
		return system.Full
	}
	return system.Full
}

// Takes says why a store acknowledges no write in a home, or nothing: what a client of its data plane meets there,
// whoever the store follows.
func (w World) Takes(ctx context.Context, home system.Home, store string) error {
	of := w.Inventory.Homes[home]
	s, known := of.Stores[store]
	if !known {
		return fmt.Errorf("the inventory of the %s home has no store %s", home, store)
	}
	for _, c := range touches(home, s) {
		if _, err := w.Call(ctx, c); err != nil && !noObject(err) {
			return err
		}
	}
	if s.Kind != system.Postgres && s.Kind != system.Cache {
		return nil
	}
	if w.From != "" && w.World.Apart(w.From, of.Region) {
		return fmt.Errorf("%s is cut from %s", w.From, of.Region)
	}
	return w.World.Writes(of.Region, s.Name)
}

// touches are calls of a store's data plane that change nothing. A table, a bucket and a queue take writes where
// they answer; a queue's work is accepted once its ledger has it.
func touches(home system.Home, s inventory.Store) []plan.Call {
	item := func(table string) plan.Call {
		key := plan.Document{inventory.RecordsKey: plan.Document{"S": "redoubt"}, inventory.RecordsSort: plan.Document{"S": "-"}}
		if table == s.LedgerTable {
			key = plan.Document{inventory.LedgerKey: plan.Document{"S": "redoubt"}}
		}
		return ask(home, "dynamodb", "GetItem", plan.Document{"TableName": table, "Key": key})
	}
	switch s.Kind {
	case system.Table:
		return []plan.Call{item(s.Name)}
	case system.Queue:
		return []plan.Call{item(s.LedgerTable), ask(home, "sqs", "GetQueueAttributes",
			plan.Document{"QueueUrl": s.URL, "AttributeNames": []any{"QueueArn"}})}
	case system.Bucket:
		return []plan.Call{ask(home, "s3", "HeadObject", plan.Document{"Bucket": s.Name, "Key": "redoubt/observed"})}
	}
	return nil
}

// noObject reports whether a bucket answered that it does not have the object.
func noObject(err error) bool {
	var refused *world.Error
	return errors.As(err, &refused) && refused.Status == 404 && refused.Code != "NoSuchBucket" && refused.Code != "ResourceNotFoundException"
}
