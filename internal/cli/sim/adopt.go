package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/spf13/cobra"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/streams"
	"redoubt/recovery/adopt"
	"redoubt/sim/world"
	"redoubt/stacks"
	"redoubt/system"
)

const generationsKey = stacks.Namespace + ":storeGenerations"

// AdoptOptions is what adopt takes.
type AdoptOptions struct {
	Options
	// Store is the store that was restored.
	Store string
}

func newAdopt(s *streams.Streams) *cobra.Command {
	o := &AdoptOptions{Options: Options{Streams: s}}
	cmd := &cobra.Command{
		Use:   "adopt STORE",
		Short: "Tell both stacks what a restore has made",
		Long: "adopt does on the simulated regions what docs/recovering.md says for a restore on AWS: it reads what the last steps of\n" +
			"the restore wrote into each home's control bucket, sets the store's generation, writes the restored things into both\n" +
			"states, reads back what exists, and updates both homes. What it sets is kept in .redoubt/, not in the project's files.",
		Example: "  redoubt sim adopt tasks",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Store = args[0]
			return Adopt(cmd.Context(), o)
		},
	}
	o.flags(cmd)
	return cmd
}

// Adopt tells both stacks of the youngest restore of a store.
func Adopt(ctx context.Context, o *AdoptOptions) error {
	return useEngine(ctx, &o.Options, "redoubt sim adopt "+o.Store, func(w *workspace) error {
		if w.goingDown() {
			return exit.Errorf(exit.Stopped, "redoubt sim up", "the last destroy did not end")
		}
		if err := w.settle(ctx); err != nil {
			return err
		}
		all, err := w.adoptions(o.Store)
		if err != nil {
			return err
		}
		for _, h := range system.Homes {
			if err := w.adopt(ctx, h, o.Store, all[h]); err != nil {
				return err
			}
		}
		w.refresh = true
		rounds, err := w.bringUp(ctx)
		if err != nil {
			return err
		}
		return w.report(&o.Options, rounds)
	})
}

// adoptions are what the stacks must learn, as the youngest restore of the store wrote it into each home.
func (w *workspace) adoptions(store string) (map[system.Home]adopt.Adoption, error) {
	out := map[system.Home]adopt.Adoption{}
	for _, h := range system.Homes {
		text, err := w.youngest(h, "adoption/"+store+"-g")
		if err != nil {
			return nil, exit.With(exit.Usage, fmt.Errorf("the %s home: %w", h, err), "redoubt plan restore --store "+store+
				" makes the plan of a restore; redoubt adopt --help is for AWS")
		}
		var a adopt.Adoption
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return nil, fmt.Errorf("what the %s home must learn: %w", h, err)
		}
		out[h] = a
	}
	if a, b := out[system.Primary].Settings, out[system.Secondary].Settings; fmt.Sprint(a) != fmt.Sprint(b) {
		return nil, fmt.Errorf("the homes must learn different things: %v and %v; finish the restore first", a, b)
	}
	return out, nil
}

// youngest is the object of a home's control bucket whose key is the prefix, the greatest number, and .json.
func (w *workspace) youngest(h system.Home, prefix string) (string, error) {
	s := w.Scope(h)
	ask := func(operation, name, value string) (world.Document, error) {
		return w.world.Call(world.Request{Region: s.Region, Service: "s3", Operation: operation,
			Input: world.Document{"Bucket": s.Bucket("control", 1), name: value}})
	}
	list, err := ask("ListObjectVersions", "Prefix", prefix)
	if err != nil {
		return "", err
	}
	key, most := "", 0
	versions, _ := list["Versions"].([]any)
	for _, v := range versions {
		v, _ := v.(map[string]any)
		name, _ := v["Key"].(string)
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, prefix), ".json"))
		if err == nil && n > most {
			key, most = name, n
		}
	}
	if key == "" {
		return "", errors.New("no restore has written what its stack must learn")
	}
	object, err := ask("GetObject", "Key", key)
	if err != nil {
		return "", err
	}
	text, _ := object["Body"].(string)
	return text, nil
}

// adopt tells the stack of one home: its settings and its state.
func (w *workspace) adopt(ctx context.Context, h system.Home, store string, a adopt.Adoption) error {
	generations, err := w.generations(h)
	if err != nil {
		return err
	}
	for _, s := range a.Settings {
		if generations[store], err = strconv.Atoi(s.Value); err != nil || !strings.HasSuffix(s.Path, "."+store) {
			return fmt.Errorf("setting %s = %q is not the generation of %s", s.Path, s.Value, store)
		}
	}
	stack, err := w.stack(ctx, h, map[string]any{generationsKey: generations})
	if err != nil {
		return err
	}
	state, err := stack.Export(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if text, err = a.Apply(text); err != nil {
		return fmt.Errorf("stack %s: %w", h, err)
	}
	var adopted apitype.UntypedDeployment
	if err := json.Unmarshal(text, &adopted); err != nil {
		return err
	}
	w.streams.Above("%s: its stack learns of %d resources of %s; what they stood for stays, in no state\n", h, len(a.Swaps), store)
	return stack.Import(ctx, adopted)
}
