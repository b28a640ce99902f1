package homes

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
)

// Arbiter is that of homes which have one.
var Arbiter = inventory.Arbiter{Region: "eu-north-1", Table: "atlas-arbiter"}

// Regions say where each home of the example lives.
var Regions = map[system.Home]string{system.Primary: Ireland, system.Secondary: Frankfurt}

// Keep changes what both homes keep of each, as an update would that changes nothing else.
func (h *Homes) Keep(t testing.TB, change func(*inventory.Home)) {
	t.Helper()
	inv := h.Inventory(t)
	for of, home := range inv.Homes {
		change(&home)
		raw, err := inventory.Encode(inventory.New(inv.System, of, home))
		require.NoError(t, err)
		for _, region := range Regions {
			h.Ask(t, region, "s3", "PutObject", world.Document{"Bucket": "atlas-control-" + Account + "-" + region,
				"Key": inventory.ObjectKey(of), "Body": string(raw)})
		}
	}
}

// Arbitrate gives both homes an arbiter that has never said a word: the inventories that they keep name it.
func (h *Homes) Arbitrate(t testing.TB) {
	t.Helper()
	h.Keep(t, func(home *inventory.Home) { home.Control.Arbiter = &Arbiter })
	require.NoError(t, drive.Third(h.World, h.Inventory(t)))
}

// Word is what the arbiter says.
func Word(t testing.TB, port plan.Port) arbiter.Word {
	t.Helper()
	w, err := arbiter.Table{Port: port, Home: plan.Arbiter, Name: Arbiter.Table}.Word(context.Background())
	require.NoError(t, err)
	return w
}

// Say lets the word name a home, as the judge does.
func Say(t testing.TB, port plan.Port, home system.Home, now time.Time) {
	t.Helper()
	_, err := port.Call(context.Background(), arbiter.Appoint(Arbiter.Table, home, now, "a test"))
	require.NoError(t, err)
}

// Ready lets the word say that the home which does not serve may be appointed without a person.
func Ready(t testing.TB, port plan.Port, active system.Home) {
	t.Helper()
	_, err := port.Call(context.Background(), arbiter.Release(Arbiter.Table, active))
	require.NoError(t, err)
}

// Judge is one look of the observers outside the primary home, and one of the judge, as the programs of the arbiter take
// them: to be called each arbiter.Rules.Every.
func Judge(ctx context.Context, w drive.World, rules arbiter.Rules) error {
	third := arbiter.Table{Port: w, Home: plan.Arbiter, Name: Arbiter.Table}
	clock := drive.Clock{World: w.World}
	asks := func(ctx context.Context, home system.Home, _ diagnose.Aspect) error {
		_, err := w.Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "s3", Operation: "HeadObject",
			Input: plan.Document{"Bucket": w.Inventory.Homes[home].Control.Bucket, "Key": inventory.ObjectKey(home)}})
		return err
	}
	for _, name := range []string{string(system.Secondary), arbiter.Name} {
		o := arbiter.Observer{Name: name, Rules: rules, Clock: clock, Look: asks, Own: third}
		if err := o.Once(ctx); err != nil {
			return err
		}
	}
	return arbiter.Bench{Rules: rules, Clock: clock, Table: third}.Once(ctx)
}
