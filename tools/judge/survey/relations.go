package survey

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"redoubt/sim/schema"
	"redoubt/tools/judge/names"
)

var (
	conflicting = regexp.MustCompile(`"([\w.]+)": conflicts with ([\w.]+)`)
	onlyOne     = regexp.MustCompile("only one of `([\\w.,]+)` can be specified")
	atLeastOne  = regexp.MustCompile("one of `([\\w.,]+)` must be specified")
	together    = regexp.MustCompile("all of `([\\w.,]+)` must be specified")
)

// object is one level of a resource: the resource itself or a block.
type object struct {
	resource string
	top      []names.Field
	way      []step
	fields   []names.Field
	props    map[string]*schema.Prop
}

func (o object) path() string {
	if len(o.way) == 0 {
		return o.resource
	}
	return o.way[len(o.way)-1].path
}

// config returns a configuration in which this object holds the values.
func (o object) config(values map[string]any) map[string]any {
	if len(o.way) == 0 {
		return values
	}
	if o.way[len(o.way)-1].field.Collection() {
		return config(o.resource, o.top, o.way, []any{values})
	}
	return config(o.resource, o.top, o.way, values)
}

// names maps upstream names of this object, also written with the path before
// them, to Pulumi names; nil when one belongs to another object.
func (o object) names(upstream []string) []string {
	var out []string
	for _, full := range upstream {
		last := full[strings.LastIndexByte(full, '.')+1:]
		if strings.Count(full, ".") > 2*len(o.way) {
			return nil
		}
		i := len(out)
		for name, prop := range o.props {
			if prop.Upstream == last {
				out = append(out, name)
			}
		}
		if len(out) == i {
			return nil
		}
	}
	slices.Sort(out)
	return out
}

// relations reads off which properties of an object exclude, need or replace
// one another.
func (p *Prober) relations(ctx context.Context, o object) ([]schema.Group, error) {
	all := map[string]any{}
	for _, f := range o.fields {
		if f.Optional || f.Required {
			all[f.Name] = sample(o.path()+"."+f.Name, f, 0)
		}
	}
	said, err := p.validate(ctx, o.resource, o.config(all))
	if err != nil {
		return nil, err
	}
	full := strings.Join(said, "\n")
	for _, found := range conflicting.FindAllStringSubmatch(full, -1) {
		o.exclude(found[1], found[2])
	}
	if err := p.needs(ctx, o); err != nil {
		return nil, err
	}
	return p.groups(ctx, o, full)
}

func (o object) exclude(one, other string) {
	pair := o.names([]string{one, other})
	if len(pair) != 2 {
		return
	}
	for i, name := range pair {
		prop := o.props[name]
		if !slices.Contains(prop.Conflicts, pair[1-i]) {
			prop.Conflicts = append(prop.Conflicts, pair[1-i])
			slices.Sort(prop.Conflicts)
		}
	}
}

// needs sets each optional property alone and reads what it wants beside it.
func (p *Prober) needs(ctx context.Context, o object) error {
	for _, f := range o.fields {
		if !f.Optional {
			continue
		}
		alone := minimal(o.path(), o.fields)
		alone[f.Name] = sample(o.path()+"."+f.Name, f, 0)
		said, err := p.validate(ctx, o.resource, o.config(alone))
		if err != nil {
			return err
		}
		for _, found := range together.FindAllStringSubmatch(strings.Join(said, "\n"), -1) {
			own := o.names([]string{f.Name})
			group := o.names(strings.Split(found[1], ","))
			if len(own) == 1 && slices.Contains(group, own[0]) {
				o.props[own[0]].Needs = slices.DeleteFunc(group, func(name string) bool { return name == own[0] })
			}
		}
	}
	return nil
}

// groups reads which properties stand for one another. full is what the
// provider said when all were given.
func (p *Prober) groups(ctx context.Context, o object, full string) ([]schema.Group, error) {
	bare := minimal(o.path(), o.fields)
	said, err := p.validate(ctx, o.resource, o.config(bare))
	if err != nil {
		return nil, err
	}
	text := full + "\n" + strings.Join(said, "\n")
	var out []schema.Group
	add := func(list string, one bool) {
		of := o.names(strings.Split(list, ","))
		known := slices.ContainsFunc(out, func(g schema.Group) bool { return slices.Equal(g.Of, of) })
		if len(of) > 1 && !known {
			out = append(out, schema.Group{Of: of, One: one})
		}
	}
	for _, found := range onlyOne.FindAllStringSubmatch(text, -1) {
		add(found[1], true)
	}
	for _, found := range atLeastOne.FindAllStringSubmatch(text, -1) {
		add(found[1], false)
	}
	slices.SortFunc(out, func(a, b schema.Group) int { return slices.Compare(a.Of, b.Of) })
	return out, nil
}
