package analyzer

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"redoubt/assess"
	"redoubt/internal/wire"
	"redoubt/policies/pack"
	"redoubt/policies/rule"
	"redoubt/system"
)

// resourceOf is the resource of a request, as rules read it.
func (s *Server) resourceOf(in *pulumirpc.AnalyzeRequest) (*rule.Resource, resource.PropertyMap, error) {
	properties, err := read(in.GetProperties())
	if err != nil {
		return nil, nil, fmt.Errorf("inputs of %s: %w", in.GetUrn(), err)
	}
	var p plainer
	out := &rule.Resource{
		URN: in.GetUrn(), Type: in.GetType(), Name: in.GetName(), Parent: in.GetOptions().GetParent(),
		Home: system.Home(s.setting("redoubt:home")), Inputs: p.object(properties),
		Protect: in.GetOptions().GetProtect(), IgnoreChanges: in.GetOptions().GetIgnoreChanges(),
	}
	for _, text := range p.secrets {
		s.secrets[text] = true
	}
	return out, properties, nil
}

// Analyze judges one resource on what the program gives it.
func (s *Server) Analyze(_ context.Context, in *pulumirpc.AnalyzeRequest) (*pulumirpc.AnalyzeResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	res, _, err := s.resourceOf(in)
	if err != nil {
		return nil, err
	}
	s.seen[res.URN] = res
	var found []told
	for _, r := range s.rules {
		if r.level == pack.Disabled {
			continue
		}
		for _, f := range r.JudgeResource(res, r.config) {
			found = append(found, told{f, r})
		}
	}
	return s.answer(found), nil
}

// Remediate changes what rules refuse whose level is remediate.
func (s *Server) Remediate(_ context.Context, in *pulumirpc.AnalyzeRequest) (*pulumirpc.RemediateResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &pulumirpc.RemediateResponse{}
	if !slices.ContainsFunc(s.rules, func(r judged) bool { return r.level == pack.Remediate }) {
		return out, nil // the engine asks for every resource, and reading one takes as long as judging it
	}
	res, properties, err := s.resourceOf(in)
	if err != nil {
		return nil, err
	}
	for _, r := range s.rules {
		if r.level != pack.Remediate {
			continue
		}
		changes := r.Remediate(res, r.config)
		if len(changes) == 0 {
			continue
		}
		if properties, err = change(properties, changes); err != nil {
			return nil, fmt.Errorf("rule %q: %s: %w", r.ID, res.Name, err)
		}
		res.Inputs = Plain(properties)
		fields, err := wire.Write(properties, travel)
		if err != nil {
			return nil, err
		}
		out.Remediations = append(out.Remediations, &pulumirpc.Remediation{
			PolicyName: r.ID, PolicyPackName: pack.Name, PolicyPackVersion: pack.Version,
			Description: r.Title, Properties: fields,
		})
	}
	return out, nil
}

// AnalyzeStack judges everything that the stack declares, and lists what is not judged yet.
func (s *Server) AnalyzeStack(ctx context.Context, in *pulumirpc.AnalyzeStackRequest,
) (*pulumirpc.AnalyzeResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.graph(in)
	if err != nil {
		return nil, err
	}
	var found []told
	for _, r := range s.rules {
		if r.level == pack.Disabled || r.Stack == nil {
			continue
		}
		for _, f := range s.judgeStack(r, g) {
			found = append(found, told{f, r})
		}
	}
	out := s.answer(found)
	return out, s.list(ctx, g.Preview)
}

// judgeStack lets a rule judge a home; of a stack that is none it has nothing to say.
func (s *Server) judgeStack(r judged, g *rule.Graph) []rule.Finding {
	if !g.Home.Valid() {
		return nil
	}
	return r.JudgeStack(g, r.config)
}

// graph is what the engine tells of the stack, with the inputs that Analyze has seen.
func (s *Server) graph(in *pulumirpc.AnalyzeStackRequest) (*rule.Graph, error) {
	var all []*rule.Resource
	for _, r := range in.GetResources() {
		res, seen := s.seen[r.GetUrn()]
		if !seen {
			var err error
			if res, _, err = s.resourceOf(&pulumirpc.AnalyzeRequest{
				Urn: r.GetUrn(), Type: r.GetType(), Name: r.GetName(), Properties: r.GetProperties(), Options: r.GetOptions(),
			}); err != nil {
				return nil, err
			}
			res.Read = true
		}
		res.Parent, res.Dependencies = r.GetParent(), r.GetDependencies()
		res.PropertyDependencies = map[string][]string{}
		for property, to := range r.GetPropertyDependencies() {
			res.PropertyDependencies[property] = to.GetUrns()
		}
		all = append(all, res)
	}
	g := rule.Graph{
		Home: system.Home(s.setting("redoubt:home")), Preview: s.stack.GetDryRun(),
		PeerReady: s.setting("redoubt:peerReady") == "true", Settings: maps.Clone(s.stack.GetConfig()),
	}
	maps.DeleteFunc(g.Settings, func(key, _ string) bool { return slices.Contains(s.stack.GetConfigSecretKeys(), key) })
	if g.Home.Valid() {
		g.System, g.SystemError = s.file()
	}
	if s.options.Forecast != nil {
		g.Forecast = func(o assess.Options) (assess.Report, error) { return s.forecast(o)() }
	}
	return rule.NewGraph(g, all), nil
}
