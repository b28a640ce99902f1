package controllers

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// objects registers each object as a resource of its own, rank by rank.
func (b *builder) objects(all []manifest, identities []pulumi.Resource) error {
	here(all, b.args.Scope)
	before := identities
	for rank := range ranks {
		var now []pulumi.Resource
		for _, m := range all {
			if m.rank() != rank {
				continue
			}
			object, err := b.object(m, before)
			if err != nil {
				return fmt.Errorf("%s: %w", m.part(), err)
			}
			now = append(now, object)
		}
		before = now
	}
	return nil
}

// object registers one object. An update does not wait until a controller runs:
// see components/agents.
func (b *builder) object(m manifest, after []pulumi.Resource) (pulumi.Resource, error) {
	props := pulumi.Map{}
	for key, v := range m {
		props[key] = b.value(v)
	}
	if slices.Contains([]string{"Deployment", "DaemonSet", "Service"}, m.text("kind")) {
		meta := props["metadata"].(pulumi.Map)
		annotations, _ := meta["annotations"].(pulumi.Map)
		if annotations == nil {
			annotations = pulumi.Map{}
		}
		annotations["pulumi.com/skipAwait"] = pulumi.String("true")
		meta["annotations"] = annotations
	}
	var object pulumi.CustomResourceState
	err := b.ctx.RegisterResource(m.token(), b.name+"-"+m.part(), props, &object, b.child(pulumi.DependsOn(after))...)
	return &object, err
}

// blank is a place in a manifest that the home fills in.
var blank = regexp.MustCompile(`\$\{[a-z]+\}`)

// nodeGroups stands in a list for the arguments that name the node groups.
const nodeGroups = "${nodes}"

// groups tells the autoscaler each group of nodes with its least and most, which it then takes instead of the
// group's own (https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md).
func (b *builder) groups() pulumi.Array {
	out, n := pulumi.Array{}, b.args.Nodes
	for _, zone := range slices.Sorted(maps.Keys(n.Groups)) {
		out = append(out, pulumi.Sprintf("--nodes=%d:%d:%s", n.Least, n.Most, n.Groups[zone]))
	}
	return out
}

// value is a part of a manifest as the SDK takes it.
func (b *builder) value(v any) pulumi.Input {
	switch at := v.(type) {
	case map[string]any:
		out := pulumi.Map{}
		for key, child := range at {
			out[key] = b.value(child)
		}
		return out
	case []any:
		out := pulumi.Array{}
		for _, child := range at {
			if child == nodeGroups {
				out = append(out, b.groups()...)
				continue
			}
			out = append(out, b.value(child))
		}
		return out
	case string:
		return b.text(at)
	case int:
		return pulumi.Int(at)
	case bool:
		return pulumi.Bool(at)
	case float64:
		return pulumi.Float64(at)
	case nil:
		return pulumi.Map{} // a field that is there and empty, such as emptyDir
	default:
		return pulumi.Sprintf("%v", at)
	}
}

func (b *builder) text(s string) pulumi.StringInput {
	if !blank.MatchString(s) {
		return pulumi.String(s)
	}
	s = strings.NewReplacer("${cluster}", b.args.ClusterName, "${region}", b.args.Scope.Region).Replace(s)
	before, after, found := strings.Cut(s, "${vpc}")
	if !found {
		return pulumi.String(s)
	}
	return pulumi.Sprintf("%s%s%s", before, b.args.VpcID, after)
}
