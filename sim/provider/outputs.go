package provider

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/sim/world"
)

// outputs is the state of an entity as the upstream provider would read it
// back. Where it says the same as the inputs, it keeps their wording.
func (p *awsProvider) outputs(token string, e *world.Entity, in resource.PropertyMap) (resource.PropertyMap, error) {
	s, err := shapesOf(token)
	if err != nil {
		return nil, err
	}
	out := decode(s.state, e.In)
	for k, v := range decode(s.state, e.Out) {
		out[k] = v
	}
	if s.state.at("arn") != nil && !given(out, "arn") && e.ARN != "" {
		out["arn"] = resource.NewStringProperty(e.ARN)
	}
	p.tagOutputs(token, in, out)
	keepWording(token, s, in, out)
	return guard(token, in, out), nil
}

// keepWording puts an input in the place of an output that means the same, and
// keeps assets, of which the world holds only the text or the hash.
func keepWording(token string, s *typeShapes, in, out resource.PropertyMap) {
	for key, v := range in {
		name := string(key)
		if s.args.at(name) == nil || internalKey(name) {
			continue
		}
		if v, _ := bare(v); v.IsAsset() || v.IsArchive() {
			out[key] = v
			continue
		}
		d := differ{token: token, spec: specs[token]}
		d.value(s.args.at(name), out[key], v, upstreamProps(token)[name], place{}.in(name, upstreamProps(token)[name]))
		if given(out, name) && len(d.changes) == 0 {
			out[key] = worded(out[key], v)
		}
	}
}

// worded is an output in the words of the input that means the same. What AWS
// adds inside a block stays.
func worded(out, in resource.PropertyValue) resource.PropertyValue {
	in, _ = bare(in)
	if !out.IsObject() || !in.IsObject() {
		return in
	}
	block := out.ObjectValue().Copy()
	for k, v := range in.ObjectValue() {
		block[k] = worded(block[k], v)
	}
	return resource.NewObjectProperty(block)
}

// guard marks the outputs that are secret: because the inputs are, or because
// the upstream provider calls them sensitive.
func guard(token string, in, out resource.PropertyMap) resource.PropertyMap {
	up := upstreamProps(token)
	for key, v := range out {
		p := up[string(key)]
		if in[key].ContainsSecrets() || (p != nil && p.Sensitive && !v.IsNull()) {
			out[key] = resource.MakeSecret(v)
		}
	}
	return out
}

// previewed is what is known of a resource before it is made: its inputs; all
// that AWS fills in is unknown.
func (p *awsProvider) previewed(token string, in resource.PropertyMap) (resource.PropertyMap, error) {
	s, err := shapesOf(token)
	if err != nil {
		return nil, err
	}
	out := resource.PropertyMap{}
	for name := range s.state.props {
		key := resource.PropertyKey(name)
		up := upstreamProps(token)[name]
		switch {
		case given(in, name):
			out[key] = in[key]
		case s.args.at(name) == nil || up == nil || up.Computed:
			out[key] = resource.MakeComputed(resource.NewStringProperty(""))
		}
	}
	p.previewTags(token, in, out)
	return guard(token, in, out), nil
}

// previewUpdate is what is known of a resource before it is changed.
func (p *awsProvider) previewUpdate(token string, old, in resource.PropertyMap) (resource.PropertyMap, error) {
	s, err := shapesOf(token)
	if err != nil {
		return nil, err
	}
	out := old.Copy()
	for name := range s.args.props {
		key := resource.PropertyKey(name)
		up := upstreamProps(token)[name]
		switch {
		case given(in, name):
			out[key] = in[key]
		case up != nil && !up.Computed:
			delete(out, key)
		}
	}
	p.previewTags(token, in, out)
	return guard(token, in, out), nil
}

func (p *awsProvider) previewTags(token string, in, out resource.PropertyMap) {
	if !taggable(token) {
		return
	}
	all, known := p.allTags(in["tags"])
	out["tagsAll"] = resource.MakeComputed(resource.NewStringProperty(""))
	if known {
		out["tagsAll"] = resource.NewPropertyValue(all)
	}
}

// readInputs are the inputs that would make the state: the old ones, with what
// has drifted since; or, for a resource never declared before, all it can be given.
func readInputs(token string, old, state resource.PropertyMap) (resource.PropertyMap, error) {
	s, err := shapesOf(token)
	if err != nil {
		return nil, err
	}
	in := resource.PropertyMap{}
	for name := range s.args.props {
		key := resource.PropertyKey(name)
		_, asked := old[key]
		up := upstreamProps(token)[name]
		fresh := len(old) == 0 && up != nil && (up.Required || up.Optional) && !zero(state[key])
		if v, has := state[key]; has && (asked || fresh) {
			in[key] = v
		}
	}
	if v, ok := old[defaultsKey]; ok {
		in[defaultsKey] = v
	}
	return in, nil
}
