package survey

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"redoubt/sim/catalog"
	"redoubt/sim/schema"
	"redoubt/tools/judge/names"
	"redoubt/tools/judge/upstream"
)

// Collect asks about every judged type, or about those with the given upstream
// names only, and returns what it learnt by Pulumi token, with remarks on what
// does not match or could not be told.
func Collect(ctx context.Context, provider *upstream.Provider, only ...string) (map[string]*schema.Type, []string, error) {
	types := map[string]*schema.Type{}
	var remarks []string
	prober := NewProber(provider)
	for _, s := range catalog.Types() {
		if len(only) > 0 && !slices.Contains(only, s.Upstream) {
			continue
		}
		block, ok := provider.Block(s.Upstream)
		if !ok {
			return nil, nil, fmt.Errorf("upstream has no type %q for %s", s.Upstream, s.Token)
		}
		fields := names.Of(block)
		nodes, mismatches := names.Match(s, fields)
		remarks = append(remarks, mismatches...)
		t := nodes.Type(s.Upstream)
		prober.Probe(ctx, t, fields)
		types[s.Token] = t
	}
	sort.Strings(prober.Faults)
	return types, append(remarks, prober.Faults...), nil
}
