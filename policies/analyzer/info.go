package analyzer

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/policies/pack"
	"redoubt/policies/rule"
)

var levels = map[pulumirpc.EnforcementLevel]pack.Level{
	pulumirpc.EnforcementLevel_ADVISORY:  pack.Advisory,
	pulumirpc.EnforcementLevel_MANDATORY: pack.Mandatory,
	pulumirpc.EnforcementLevel_REMEDIATE: pack.Remediate,
	pulumirpc.EnforcementLevel_DISABLED:  pack.Disabled,
}

func levelOf(l pack.Level) pulumirpc.EnforcementLevel {
	for wire, level := range levels {
		if level == l {
			return wire
		}
	}
	return pulumirpc.EnforcementLevel_MANDATORY
}

var severities = map[rule.Severity]pulumirpc.PolicySeverity{
	rule.High:   pulumirpc.PolicySeverity_POLICY_SEVERITY_HIGH,
	rule.Medium: pulumirpc.PolicySeverity_POLICY_SEVERITY_MEDIUM,
	rule.Low:    pulumirpc.PolicySeverity_POLICY_SEVERITY_LOW,
}

// GetPluginInfo tells the version.
func (s *Server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: pack.Version}, nil
}

// GetAnalyzerInfo tells the rules and what may be configured of them.
func (s *Server) GetAnalyzerInfo(context.Context, *emptypb.Empty) (*pulumirpc.AnalyzerInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &pulumirpc.AnalyzerInfo{
		Name: pack.Name, DisplayName: "Redoubt", Version: pack.Version, SupportsConfig: true,
		Description: "Relates what two homes declare to what the system promises",
	}
	for _, r := range s.rules {
		schema, err := schemaOf(r.Rule)
		if err != nil {
			return nil, err
		}
		kind := pulumirpc.PolicyType_POLICY_TYPE_RESOURCE
		if r.Stack != nil {
			kind = pulumirpc.PolicyType_POLICY_TYPE_STACK
		}
		out.Policies = append(out.Policies, &pulumirpc.PolicyInfo{
			Name: r.ID, DisplayName: r.Title, Description: r.Why, Message: r.Title, EnforcementLevel: levelOf(r.level),
			ConfigSchema: schema, PolicyType: kind, Severity: severities[r.Severity], RemediationSteps: r.Remedy,
		})
	}
	return out, nil
}

func schemaOf(r rule.Rule) (*pulumirpc.PolicyConfigSchema, error) {
	if len(r.Options) == 0 {
		return nil, nil
	}
	properties := map[string]any{}
	for _, o := range r.Options {
		properties[o.Name] = o.Schema()
	}
	wire, err := structpb.NewStruct(properties)
	return &pulumirpc.PolicyConfigSchema{Properties: wire}, err
}
