package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/inventory"
	"redoubt/sim/fault"
	"redoubt/system"
)

func newInject(s *streams.Streams) *cobra.Command {
	o := &Options{Streams: s}
	cmd := &cobra.Command{
		Use:   "inject FAULT...",
		Short: "Break something in the simulated regions",
		Long: "Break something in the simulated regions, until its inverse is injected. A fault is one of:\n\n  " +
			strings.Join(fault.Forms(), "\n  ") + "\n\nDURATION is such as 30m. What fades comes and goes, more and more seldom, " +
			"and is lost in the end.\nSTORE and CLUSTER are a store of system.yaml, such as tasks, or the name of the database, " +
			"cache, table or bucket\nitself. Of a queue it is the ledger. The time that is printed is that of the simulated regions.",
		Example: "  redoubt sim inject region-down eu-west-1\n" +
			"  redoubt sim inject region-up eu-west-1\n" +
			"  redoubt sim inject corrupt tasks eu-west-1",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return Inject(cmd.Context(), o, strings.Join(args, " "))
		},
	}
	o.flags(cmd)
	return cmd
}

// Inject puts one fault, in the fault language, into the stored regions.
func Inject(ctx context.Context, o *Options, line string) error {
	f, err := fault.Parse(line)
	if err != nil {
		return exit.With(exit.Usage, err, "redoubt sim inject --help")
	}
	return use(ctx, o, "redoubt sim inject "+f.String(), func(w *workspace) error {
		stores, err := w.storesIn(f)
		if err != nil {
			return err
		}
		for _, s := range stores {
			if s.own == f.Name {
				f.Name = s.name
				break
			}
		}
		if err := w.world.Inject(f); err != nil {
			return exit.With(exit.Usage, err, or(choices(stores), "redoubt sim inject --help"))
		}
		now := w.world.Now().UTC().Truncate(time.Second)
		if o.JSON {
			return printJSON(o.Streams, map[string]any{"injected": f.String(), "at": now, "faults": w.faults()})
		}
		o.Streams.Printf("injected: %s\nat %s in the simulated regions\n", f, now.Format(time.RFC3339))
		return nil
	})
}

// named is a store by its own name and by that of what holds it.
type named struct{ own, name string }

// aboutStores are the faults that name a store.
var aboutStores = []fault.Kind{fault.Corrupt, fault.Clean, fault.WriterDown, fault.WriterUp, fault.WriterLost, fault.WriterBack}

// storesIn are the stores that a fault may name, in the home of its region and in the order of the system's file; none
// for another fault, or where no home is up.
func (w *workspace) storesIn(f fault.Fault) ([]named, error) {
	if !slices.Contains(aboutStores, f.Kind) {
		return nil, nil
	}
	var out []named
	for _, h := range system.Homes {
		if w.Regions[h] != f.Region {
			continue
		}
		inv, _, err := w.ownInventory(w.System, h)
		if err != nil || inv == nil {
			return nil, err
		}
		own := inv.Own()
		for _, s := range w.System.Stores {
			if of, has := own.Stores[s.Name]; has && (f.Kind == fault.Corrupt || f.Kind == fault.Clean || writes(of.Kind)) {
				out = append(out, named{s.Name, holding(of)})
			}
		}
	}
	return out, nil
}

// writes reports whether one node of a store takes the writes.
func writes(kind system.StoreKind) bool { return kind == system.Postgres || kind == system.Cache }

// holding is what a fault hits of a store: of a queue its ledger.
func holding(of inventory.Store) string {
	if of.Kind == system.Queue {
		return of.LedgerTable
	}
	return of.Name
}

// choices says what may be named; nothing where there is none.
func choices(stores []named) string {
	var out []string
	for _, s := range stores {
		out = append(out, fmt.Sprintf("%s (%s)", s.own, s.name))
	}
	if out == nil {
		return ""
	}
	return "want one of: " + strings.Join(out, ", ")
}
