package upstream

import (
	"github.com/zclconf/go-cty/cty"

	"redoubt/tools/judge/protocol"
)

// proposed merges a configuration with the prior state as Terraform does
// before it asks for a plan: what is computed and not configured keeps its
// prior value.
func proposed(block *protocol.Schema_Block, prior, config cty.Value) cty.Value {
	if prior.IsNull() || !prior.IsKnown() {
		return config
	}
	fields := map[string]cty.Value{}
	for _, a := range block.GetAttributes() {
		name := a.GetName()
		fields[name] = config.GetAttr(name)
		if fields[name].IsNull() && a.GetComputed() {
			fields[name] = prior.GetAttr(name)
		}
	}
	for _, nested := range block.GetBlockTypes() {
		name := nested.GetTypeName()
		fields[name] = proposedNested(nested, prior.GetAttr(name), config.GetAttr(name))
	}
	return cty.ObjectVal(fields)
}

func proposedNested(nested *protocol.Schema_NestedBlock, prior, config cty.Value) cty.Value {
	if config.IsNull() || prior.IsNull() || !config.IsKnown() || !prior.IsKnown() {
		return config
	}
	block := nested.GetBlock()
	if config.Type().IsObjectType() {
		return proposed(block, prior, config)
	}
	old := prior.AsValueSlice()
	var items []cty.Value
	for i, item := range config.AsValueSlice() {
		if before, ok := counterpart(nested, old, item, i); ok {
			item = proposed(block, before, item)
		}
		items = append(items, item)
	}
	return collect(nested.GetNesting(), BlockType(block), items)
}

// counterpart finds the prior element that an element of the configuration
// continues: in a list the one at its place, in a set the one that has all it
// configures.
func counterpart(nested *protocol.Schema_NestedBlock, old []cty.Value, item cty.Value, i int) (cty.Value, bool) {
	if nested.GetNesting() != protocol.Schema_NestedBlock_SET {
		if i < len(old) {
			return old[i], true
		}
		return cty.NilVal, false
	}
	for _, before := range old {
		if proposed(nested.GetBlock(), before, item).RawEquals(before) {
			return before, true
		}
	}
	return cty.NilVal, false
}
