package target

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Known is what the homes themselves tell of each other, each in its own region.
type Known struct {
	Inventory inventory.Inventory
	// At is when each home's inventory was written; a home that is missing told none.
	At map[system.Home]time.Time
	// Silent are the homes that did not answer, and how; their part is the peer's copy.
	Silent map[system.Home]error
	// Alone are the homes that answer and keep no copy of their peer's inventory: they were not updated since it is up.
	Alone []system.Home
	// Told are all that could be told now, by who answers and who does not.
	Told []inventory.Inventory
}

// Made reports whether the inventory with the hash is one of those that could be told now.
func (k Known) Made(hash string) (bool, error) {
	for _, inv := range k.Told {
		for home := range inv.Homes {
			inv.Home = home // whichever of them told it
			got, err := inventory.Hash(inv)
			if err != nil || got == hash {
				return err == nil, err
			}
		}
	}
	return false, nil
}

// Know reads both inventories. A home that does not answer is known by the
// copy that its peer keeps.
func Know(ctx context.Context, t Target) (Known, error) {
	k := Known{At: map[system.Home]time.Time{}, Silent: map[system.Home]error{}}
	if err := placed(t); err != nil {
		return k, err
	}
	own := map[system.Home]inventory.Inventory{}
	for _, home := range system.Homes {
		inv, at, err := fetch(ctx, t.Port(inventory.Inventory{}), t.Project(), home, home)
		switch execute.ClassOf(err) {
		case execute.OK:
			own[home], k.At[home] = inv, at
		case execute.NotFound: // it has never been up
		default:
			k.Silent[home] = err
		}
	}
	for _, home := range []system.Home{system.Secondary, system.Primary} {
		if mine, answers := own[home]; answers {
			if err := k.merge(ctx, t, mine, own[home.Peer()]); err != nil {
				return k, err
			}
		}
	}
	if len(k.Told) == 0 {
		return k, k.nobody()
	}
	k.Inventory = k.Told[0]
	return k, nil
}

// merge joins what a home says with what its peer says, if that answers, and
// with the copy that the home keeps of it.
func (k *Known) merge(ctx context.Context, t Target, mine, peer inventory.Inventory) error {
	of := mine.Home.Peer()
	copied, at, err := fetch(ctx, t.Port(inventory.Inventory{}), t.Project(), mine.Home, of)
	switch execute.ClassOf(err) {
	case execute.OK:
	case execute.NotFound: // a peer that has never been up is none
		k.Alone = append(k.Alone, mine.Home)
	default:
		return err
	}
	first, answers := peer, len(peer.Homes) > 0
	if !answers {
		first, k.At[of] = copied, at
	}
	for _, told := range []inventory.Inventory{first, copied} {
		inv, err := inventory.Merge(mine, told)
		if err != nil {
			return err
		}
		k.Told = append(k.Told, inv)
	}
	return nil
}

func (k *Known) nobody() error {
	if len(k.Silent) == 0 {
		return exit.Errorf(exit.Usage, "redoubt sim up, or pulumi up on AWS", "no home has an inventory: nothing is up")
	}
	var errs []error
	for _, home := range system.Homes {
		if err := k.Silent[home]; err != nil {
			errs = append(errs, fmt.Errorf("the %s home: %w", home, err))
		}
	}
	return exit.With(exit.Unexpected, fmt.Errorf("no home tells its inventory: %w", errors.Join(errs...)),
		"try again when a region answers")
}

// placed requires that the settings say where both homes live.
func placed(t Target) error {
	var errs []error
	for _, home := range system.Homes {
		scope := t.Project().Scope(home)
		for _, f := range []struct{ name, value string }{{"region", scope.Region}, {"accountId", scope.Account}} {
			if f.value == "" {
				errs = append(errs, fmt.Errorf("%s: redoubt:%s is missing", "Pulumi."+string(home)+".yaml", f.name))
			}
		}
	}
	return exit.With(exit.Usage, errors.Join(errs...), "the settings of a home say in which account and region it lives")
}

// fetch reads the inventory of one home from the control bucket at another, or its own.
func fetch(ctx context.Context, port plan.Port, p *project.Project, at, of system.Home) (inventory.Inventory, time.Time, error) {
	body, written, err := object(ctx, port, p, at, inventory.ObjectKey(of))
	if err != nil {
		return inventory.Inventory{}, time.Time{}, err
	}
	inv, err := inventory.Decode([]byte(body))
	if err != nil {
		return inv, time.Time{}, fmt.Errorf("the inventory of the %s home, as the %s home keeps it: %w", of, at, err)
	}
	return inv, written, nil
}

// object reads an object of a home's control bucket, and when it was written:
// zero when nobody says.
func object(ctx context.Context, port plan.Port, p *project.Project, at system.Home, key string) (string, time.Time, error) {
	out, err := port.Call(ctx, plan.Call{
		Kind: plan.AWS, Home: at, Service: "s3", Operation: "GetObject",
		Input: plan.Document{"Bucket": p.Scope(at).Bucket("control", 1), "Key": key},
	})
	if err != nil {
		return "", time.Time{}, err
	}
	body, _ := out["Body"].(string)
	modified, _ := out["LastModified"].(string)
	written, err := time.Parse(time.RFC3339, modified)
	if err != nil {
		written = time.Time{}
	}
	return body, written, nil
}

// Serving is the home that serves now: that to which the domain leads, or the
// one whose act on the switch stands.
func Serving(ctx context.Context, t Target, k Known) (system.Home, error) {
	addresses, domain := map[system.Home]string{}, t.Project().System.Domain
	for home, of := range k.Inventory.Homes {
		addresses[home] = of.Entry.Address
	}
	home, err := t.Leads(ctx, domain, addresses)
	if err == nil && home != "" {
		return home, nil
	}
	if home := standing(ctx, t, k); home != "" {
		return home, nil
	}
	if err == nil {
		err = fmt.Errorf("%s leads to neither home", domain)
	}
	return "", exit.With(exit.Usage, fmt.Errorf("which home serves now cannot be told: %w", err),
		"say it: --active primary or --active secondary")
}
