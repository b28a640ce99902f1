package survey

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"redoubt/sim/schema"
	"redoubt/tools/judge/names"
	"redoubt/tools/judge/upstream"
)

// Prober finds out which changes replace a resource.
type Prober struct {
	provider *upstream.Provider
	// Faults lists the properties of which the provider would not say it.
	Faults []string
}

// NewProber returns a prober that asks the running provider.
func NewProber(p *upstream.Provider) *Prober { return &Prober{provider: p} }

// step is one property on the way from the resource to the one that is probed.
type step struct {
	path  string
	field names.Field
}

// Probe fills in what only questions tell: what replaces, what is taken, what
// goes together and what is planned for a property that is left out.
func (p *Prober) Probe(ctx context.Context, t *schema.Type, fields []names.Field) {
	p.defaults(ctx, t.Upstream, fields, t.Props)
	o := object{resource: t.Upstream, top: fields, fields: fields, props: t.Props}
	t.Groups = p.walk(ctx, o)
}

func (p *Prober) fault(path string, err error) {
	if err != nil {
		p.Faults = append(p.Faults, fmt.Sprintf("%s: %v", path, err))
	}
}

func (p *Prober) walk(ctx context.Context, o object) []schema.Group {
	byName := map[string]names.Field{}
	for _, f := range o.fields {
		byName[f.Name] = f
	}
	for _, prop := range o.props {
		f := byName[prop.Upstream]
		if !f.Required && !f.Optional {
			continue
		}
		path := o.path() + "." + f.Name
		way := append(o.way[:len(o.way):len(o.way)], step{path, f})
		var err error
		prop.ForceNew, err = p.replaces(ctx, o.resource, o.top, way)
		p.fault(path, err)
		p.fault(path, p.limits(ctx, o.resource, o.top, way, prop))
		if len(f.Fields) > 0 {
			p.fault(path, p.remains(ctx, o, way, prop))
			prop.Groups = p.walk(ctx, object{o.resource, o.top, way, f.Fields, prop.Props})
		}
	}
	groups, err := p.relations(ctx, o)
	p.fault(o.path(), err)
	return groups
}

// remains marks an optional block as computed when leaving it out changes nothing.
func (p *Prober) remains(ctx context.Context, o object, way []step, prop *schema.Prop) error {
	last := way[len(way)-1]
	if !last.field.Optional || last.field.Computed {
		return nil
	}
	from, to := ends(o.resource, o.top, way, nil)
	created, err := p.provider.PlanCreate(ctx, o.resource, from)
	if err != nil {
		return err
	}
	changed, err := p.provider.PlanUpdate(ctx, o.resource, upstream.Applied(created), to)
	if err != nil {
		return err
	}
	prop.Computed = changed.Kind == upstream.None
	return nil
}

// defaults records what a creation plans for top-level properties that are left out.
func (p *Prober) defaults(ctx context.Context, resource string, fields []names.Field, props map[string]*schema.Prop) {
	in := minimal(resource, fields)
	created, err := p.provider.PlanCreate(ctx, resource, in)
	if err != nil {
		p.fault(resource, err)
		return
	}
	for _, prop := range props {
		_, given := in[prop.Upstream]
		v := created.Value.GetAttr(prop.Upstream)
		if given || !prop.Optional || !v.IsKnown() || v.IsNull() || len(prop.Props) > 0 {
			continue
		}
		switch v.Type() {
		case cty.String:
			prop.Default = strings.Replace(v.AsString(), "Managed by Terraform", "Managed by Pulumi", 1)
		case cty.Bool:
			prop.Default = v.True()
		case cty.Number:
			prop.Default, _ = v.AsBigFloat().Float64()
		}
	}
}

// replaces changes the last property of the way and reports whether that
// replaces the resource. Of a block it removes one, or adds one where it is
// required.
func (p *Prober) replaces(ctx context.Context, resource string, top []names.Field, way []step) (bool, error) {
	last := way[len(way)-1]
	after := sample(last.path, last.field, 1)
	if len(last.field.Fields) > 0 {
		after = nil
		if last.field.Required || last.field.Computed {
			return p.second(ctx, resource, top, way)
		}
	}
	from, to := ends(resource, top, way, after)
	return p.compare(ctx, resource, from, to)
}

// ends returns two configurations that differ in the last property of the way:
// it has a value, and then the one given.
func ends(resource string, top []names.Field, way []step, after any) (from, to map[string]any) {
	last := way[len(way)-1]
	from = config(resource, top, way, sample(last.path, last.field, 0))
	to = config(resource, top, way, after)
	if both, ok := instead[last.path]; ok {
		maps.Copy(from, both[0])
		maps.Copy(to, both[1])
	}
	maps.DeleteFunc(to, func(_ string, value any) bool { return value == nil })
	return from, to
}

// second is asked of a block that can be neither added nor removed, because it
// is required or because leaving it out means no change: a second one is added
// where the schema allows it.
func (p *Prober) second(ctx context.Context, resource string, top []names.Field, way []step) (bool, error) {
	last := way[len(way)-1]
	if last.field.MaxItems == 1 || !last.field.Collection() {
		return false, nil
	}
	one := sample(last.path, last.field, 0).([]any)[0].(map[string]any)
	two := other(last.path, last.field.Fields, one)
	return p.compare(ctx, resource, config(resource, top, way, []any{one}), config(resource, top, way, []any{one, two}))
}

// other returns an object of the same form as one in which plain values differ.
func other(at string, fields []names.Field, one map[string]any) map[string]any {
	two := maps.Clone(one)
	for _, f := range fields {
		value, set := one[f.Name]
		inner, isList := value.([]any)
		switch path := at + "." + f.Name; {
		case !set:
		case len(f.Fields) == 0:
			two[f.Name] = sample(path, f, 1)
		case isList:
			two[f.Name] = []any{other(path, f.Fields, inner[0].(map[string]any))}
		}
	}
	return two
}

func (p *Prober) compare(ctx context.Context, resource string, from, to map[string]any) (bool, error) {
	created, err := p.provider.PlanCreate(ctx, resource, from)
	if err != nil {
		return false, fmt.Errorf("create: %w", err)
	}
	prior := upstream.Applied(created)
	still, err := p.provider.PlanUpdate(ctx, resource, prior, from)
	if err != nil {
		return false, fmt.Errorf("unchanged: %w", err)
	}
	if still.Kind == upstream.Replace {
		return false, fmt.Errorf("unchanged, yet replaced by %s", strings.Join(still.Replaces, ", "))
	}
	changed, err := p.provider.PlanUpdate(ctx, resource, prior, to)
	if err != nil {
		return false, fmt.Errorf("changed: %w", err)
	}
	return changed.Kind == upstream.Replace, nil
}

// config builds a minimal configuration in which the property at the end of
// the way has the value.
func config(resource string, top []names.Field, way []step, value any) map[string]any {
	out := minimal(resource, top)
	for _, s := range way {
		maps.Copy(out, with[s.path])
	}
	in := out
	for _, s := range way[:len(way)-1] {
		inner := minimal(s.path, s.field.Fields)
		if s.field.Collection() {
			in[s.field.Name] = []any{inner}
		} else {
			in[s.field.Name] = inner
		}
		in = inner
	}
	name := way[len(way)-1].field.Name
	if value == nil {
		delete(in, name)
	} else {
		in[name] = value
	}
	return out
}
