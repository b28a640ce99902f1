package endtoend

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/sim/catalog"
	"redoubt/tools/judge/names"
	"redoubt/tools/judge/upstream"
)

// kind is one resource type under its names in pulumi-aws and in the bridge.
type kind struct {
	token, bridge string
	// nodes are nil where both name and shape every property the same.
	nodes names.Nodes
}

// kinds are the types of the catalog by their tokens.
type kinds map[string]*kind

// kindsOf asks the provider for its schema, from which the bridge's names follow.
func kindsOf(p *upstream.Provider) (kinds, error) {
	out := kinds{}
	for _, t := range catalog.Types() {
		block, ok := p.Block(t.Upstream)
		if !ok {
			return nil, fmt.Errorf("upstream has no type %q for %s", t.Upstream, t.Token)
		}
		nodes, faults := names.Match(t, names.Of(block))
		if len(faults) > 0 {
			return nil, fmt.Errorf("%s: %s", t.Token, strings.Join(faults, "; "))
		}
		k := &kind{token: t.Token, bridge: names.BridgeToken(t.Upstream)}
		if nodes.Renamed() {
			k.nodes = nodes
		}
		out[t.Token] = k
	}
	return out, nil
}

// of finds the type of a resource.
func (k kinds) of(urn string) (*kind, error) {
	token := string(resource.URN(urn).Type())
	if found, ok := k[token]; ok {
		return found, nil
	}
	return nil, fmt.Errorf("type %q is not in the catalog", token)
}

// urn is the resource's URN with the bridge's token as its own type.
func (k *kind) urn(urn string) string {
	u := resource.URN(urn)
	return strings.Replace(urn, k.token+"::"+u.Name(), k.bridge+"::"+u.Name(), 1)
}

// wire is how properties travel: unknown and secret values stay what they are.
var wire = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true, PropagateNil: true}

// toBridge and fromBridge rename properties where that is needed.
func (k *kind) toBridge(in *structpb.Struct) (*structpb.Struct, error) {
	return k.rename(in, names.Nodes.ToBridge)
}

func (k *kind) fromBridge(in *structpb.Struct) (*structpb.Struct, error) {
	return k.rename(in, names.Nodes.FromBridge)
}

func (k *kind) rename(in *structpb.Struct, by func(names.Nodes, resource.PropertyMap) resource.PropertyMap,
) (*structpb.Struct, error) {
	if k.nodes == nil || in == nil {
		return in, nil
	}
	props, err := plugin.UnmarshalProperties(in, wire)
	if err != nil {
		return nil, fmt.Errorf("%s: read properties: %w", k.token, err)
	}
	return plugin.MarshalProperties(by(k.nodes, props), wire)
}

// nameOf renames the first part of a property's path.
func (k *kind) nameOf(path string) string {
	end := strings.IndexAny(path, ".[")
	if k.nodes == nil {
		return path
	}
	if end < 0 {
		end = len(path)
	}
	return k.nodes.NameFromBridge(path[:end]) + path[end:]
}
