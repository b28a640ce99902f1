// Package differential puts the same inputs before the simulator and before
// the real upstream provider and compares what they say: whether they accept
// them, and what a change of them would do.
package differential

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/sig"

	"redoubt/sim/catalog"
	"redoubt/sim/provider"
	"redoubt/tools/judge/names"
	"redoubt/tools/judge/upstream"
)

// Verdict is what a judge says, with its reason.
type Verdict struct {
	// Says is accepted or refused for inputs; none, update or replace for a change.
	Says   string
	Reason string
}

// The verdicts on inputs.
const (
	Accepted = "accepted"
	Refused  = "refused"
)

// Judged is one resource type before both judges.
type Judged struct {
	catalog.Type
	Nodes    names.Nodes
	provider *upstream.Provider
}

// Types pairs every judged type with its names.
func Types(p *upstream.Provider) (map[string]*Judged, error) {
	out := map[string]*Judged{}
	for _, s := range catalog.Types() {
		block, ok := p.Block(s.Upstream)
		if !ok {
			return nil, fmt.Errorf("upstream has no type %q for %s", s.Upstream, s.Token)
		}
		nodes, faults := names.Match(s, names.Of(block))
		if len(faults) > 0 {
			return nil, fmt.Errorf("%s: %s", s.Token, strings.Join(faults, "; "))
		}
		out[s.Token] = &Judged{Type: s, Nodes: nodes, provider: p}
	}
	return out, nil
}

// translate turns inputs into what pulumi-aws hands to the upstream provider:
// names it makes up are filled in.
func (j *Judged) translate(in map[string]any) map[string]any { return j.Nodes.Upstream(j.named(in)) }

// named fills in the names that are made up where they are left out.
func (j *Judged) named(in map[string]any) map[string]any {
	named := maps.Clone(in)
	for name, node := range j.Nodes {
		if _, set := named[name]; !set && node.Prop.AutoNamed {
			named[name] = "madeup1234567"
		}
	}
	return named
}

// Upstream asks the upstream provider whether it takes the inputs: its
// validators first, then the plan of a creation.
func (j *Judged) Upstream(ctx context.Context, in map[string]any) (Verdict, *upstream.Change, error) {
	translated := j.translate(in)
	err := j.provider.Validate(ctx, j.Type.Upstream, translated)
	if err != nil {
		v, err := refusal(err)
		return v, nil, err
	}
	created, err := j.provider.PlanCreate(ctx, j.Type.Upstream, translated)
	if err != nil {
		v, err := refusal(err)
		return v, nil, err
	}
	return Verdict{Says: Accepted}, created, nil
}

func refusal(err error) (Verdict, error) {
	var refused *upstream.Refusal
	if errors.As(err, &refused) {
		return Verdict{Says: Refused, Reason: refused.Error()}, nil
	}
	return Verdict{}, err
}

// Simulator asks the simulator whether it takes the inputs.
func (j *Judged) Simulator(in map[string]any) Verdict {
	faults := provider.CheckInputs(j.Token, j.properties(in))
	if len(faults) == 0 {
		return Verdict{Says: Accepted}
	}
	var reasons []string
	for _, f := range faults {
		reasons = append(reasons, f.String())
	}
	return Verdict{Says: Refused, Reason: strings.Join(reasons, "; ")}
}

// properties turns plain values into what the engine sends: a path becomes the
// archive that is there.
func (j *Judged) properties(in map[string]any) resource.PropertyMap {
	out := resource.NewPropertyMapFromMap(in)
	for name, node := range j.Nodes {
		if path, isText := in[name].(string); isText && node.Asset {
			out[resource.PropertyKey(name)] = resource.NewArchiveProperty(&archive.Archive{Sig: sig.ArchiveSig, Hash: path, Path: path})
		}
	}
	return out
}

// UpstreamChange asks the upstream provider what a change does to a resource
// that it created before.
func (j *Judged) UpstreamChange(ctx context.Context, prior upstream.State, in map[string]any) (Verdict, error) {
	changed, err := j.provider.PlanUpdate(ctx, j.Type.Upstream, prior, j.translate(in))
	if err != nil {
		return refusal(err)
	}
	return Verdict{Says: changed.Kind, Reason: strings.Join(changed.Replaces, ", ")}, nil
}

// SimulatorChange asks the simulator the same, of the same state.
func (j *Judged) SimulatorChange(prior upstream.State, in map[string]any) (Verdict, error) {
	state := j.properties(j.Nodes.Pulumi(prior.Value))
	update, replaces, err := provider.DiffInputs(j.Token, state, j.properties(j.named(in)))
	switch {
	case err != nil:
		return Verdict{}, err
	case len(replaces) > 0:
		return Verdict{Says: upstream.Replace, Reason: strings.Join(replaces, ", ")}, nil
	case update:
		return Verdict{Says: upstream.Update}, nil
	}
	return Verdict{Says: upstream.None}, nil
}
