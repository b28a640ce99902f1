package provider

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/sim/world"
)

// taggable reports whether the type takes the provider's default tags.
func taggable(token string) bool {
	s, err := shapesOf(token)
	return err == nil && s.args.at("tags") != nil && s.state.at("tagsAll") != nil
}

// allTags merges the provider's default tags with the resource's own, which
// win. It reports whether they are all known.
func (p *awsProvider) allTags(own resource.PropertyValue) (map[string]any, bool) {
	p.mu.Lock()
	all := make(map[string]any, len(p.defaultTags))
	for k, v := range p.defaultTags {
		all[k] = v
	}
	p.mu.Unlock()
	own, known := bare(own)
	if !known || !own.IsObject() {
		return all, known
	}
	for k, v := range own.ObjectValue() {
		v, ok := bare(v)
		if !ok {
			known = false
			continue
		}
		all[string(k)] = v.V
	}
	return all, known
}

// tagChange is the change that the provider's default tags make.
func (p *awsProvider) tagChange(token string, old, new resource.PropertyMap) []change {
	if !taggable(token) {
		return nil
	}
	want, known := p.allTags(new["tags"])
	have := map[string]any{}
	if v, _ := bare(old["tagsAll"]); v.IsObject() {
		for k, e := range v.ObjectValue() {
			e, _ = bare(e)
			have[string(k)] = e.V
		}
	}
	if known && maps.Equal(have, want) {
		return nil
	}
	up := upstreamProps(token)["tagsAll"]
	return []change{{path: "tagsAll", kind: changed, replace: up != nil && up.ForceNew}}
}

// tagDocument puts all tags of a resource into its document.
func (p *awsProvider) tagDocument(token string, in resource.PropertyMap, doc world.Document) {
	if !taggable(token) {
		return
	}
	if all, _ := p.allTags(in["tags"]); len(all) > 0 {
		doc["Tags"] = all
	}
}

// tagOutputs splits the tags of an entity: tagsAll holds them all, tags leaves
// out the default ones unless the inputs name them too.
func (p *awsProvider) tagOutputs(token string, in, out resource.PropertyMap) {
	if !taggable(token) {
		return
	}
	all := resource.PropertyMap{}
	if out["tags"].IsObject() {
		all = out["tags"].ObjectValue()
	}
	given := resource.PropertyMap{}
	if v, _ := bare(in["tags"]); v.IsObject() {
		given = v.ObjectValue()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	own := resource.PropertyMap{}
	for k, v := range all {
		_, named := given[k]
		if d, isDefault := p.defaultTags[string(k)]; named || !isDefault || !v.IsString() || v.StringValue() != d {
			own[k] = v
		}
	}
	out["tagsAll"] = resource.NewObjectProperty(all)
	out["tags"] = resource.NewObjectProperty(own)
	if len(own) == 0 && !in.HasValue("tags") {
		delete(out, "tags")
	}
}
