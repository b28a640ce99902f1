package provider

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/internal/wire"
	"redoubt/sim/world"
)

// travel is how properties travel: unknown and secret values stay what they are.
var travel = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, PropagateNil: true}

func receive(s *structpb.Struct) (resource.PropertyMap, error) { return wire.Read(s, travel) }

func send(m resource.PropertyMap) (*structpb.Struct, error) { return wire.Write(m, travel) }

// receiveBoth reads two sets of properties.
func receiveBoth(a, b *structpb.Struct) (x, y resource.PropertyMap, err error) {
	if x, err = receive(a); err != nil {
		return nil, nil, err
	}
	y, err = receive(b)
	return x, y, err
}

func failures(faults []Failure) []*pulumirpc.CheckFailure {
	var out []*pulumirpc.CheckFailure
	for _, f := range faults {
		out = append(out, &pulumirpc.CheckFailure{Property: f.Property, Reason: f.Reason})
	}
	return out
}

// diffResponse says what the changes mean to the engine.
func diffResponse(changes []change) *pulumirpc.DiffResponse {
	r := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	seen := map[string]bool{}
	for _, c := range changes {
		r.Changes = pulumirpc.DiffResponse_DIFF_SOME
		r.DetailedDiff[c.path] = &pulumirpc.PropertyDiff{Kind: propertyDiff(c)}
		top := topLevel(c.path)
		if !seen[top] {
			r.Diffs = append(r.Diffs, top)
		}
		if c.replace && !seen[top+"!"] {
			r.Replaces = append(r.Replaces, top)
			seen[top+"!"] = true
		}
		seen[top] = true
	}
	return r
}

func propertyDiff(c change) pulumirpc.PropertyDiff_Kind {
	kinds := map[changeKind][2]pulumirpc.PropertyDiff_Kind{
		added:   {pulumirpc.PropertyDiff_ADD, pulumirpc.PropertyDiff_ADD_REPLACE},
		removed: {pulumirpc.PropertyDiff_DELETE, pulumirpc.PropertyDiff_DELETE_REPLACE},
		changed: {pulumirpc.PropertyDiff_UPDATE, pulumirpc.PropertyDiff_UPDATE_REPLACE},
	}
	if c.replace {
		return kinds[c.kind][1]
	}
	return kinds[c.kind][0]
}

// configuration reads the arguments of a provider: nested ones travel as JSON text.
func configuration(in resource.PropertyMap) (resource.PropertyMap, error) {
	out := resource.PropertyMap{}
	for k, v := range in {
		v, known := bare(v)
		if !known || internalKey(string(k)) {
			continue
		}
		if v.IsString() && len(v.StringValue()) > 0 && (v.StringValue()[0] == '{' || v.StringValue()[0] == '[') {
			var nested any
			if err := json.Unmarshal([]byte(v.StringValue()), &nested); err != nil {
				return nil, fmt.Errorf("provider argument %s: %w", k, err)
			}
			v = resource.NewPropertyValue(nested)
		}
		out[k] = v
	}
	return out, nil
}

// state is the state of an entity as it travels to the engine.
func (p *awsProvider) state(token string, e *world.Entity, in resource.PropertyMap) (*structpb.Struct, error) {
	out, err := p.outputs(token, e, in)
	if err != nil {
		return nil, err
	}
	return send(out)
}
