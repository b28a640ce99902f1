package provider

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Check names what the program left unnamed and refuses wrong inputs.
func (p *awsProvider) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	olds, news, err := receiveBoth(r.GetOlds(), r.GetNews())
	if err != nil {
		return nil, err
	}
	urn := resource.URN(r.GetUrn())
	token := string(urn.Type())
	if r.GetOlds() != nil && len(olds) > 0 {
		p.remember(r.GetUrn(), olds)
	}
	named := autoname(specs[token].name, p.seedOf(r.GetUrn()), urn.Name(), olds, news)
	faults := CheckInputs(token, named)
	inputs, err := send(named)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: inputs, Failures: failures(faults)}, nil
}

// Diff compares the state with new inputs.
func (p *awsProvider) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, news, err := receiveBoth(r.GetOlds(), r.GetNews())
	if err != nil {
		return nil, err
	}
	token := string(resource.URN(r.GetUrn()).Type())
	changes, err := diff(token, olds, news)
	if err != nil {
		return nil, err
	}
	changes = append(changes, p.tagChange(token, olds, news)...)
	return diffResponse(unignored(changes, r.GetIgnoreChanges())), nil
}

// unignored drops the changes at or below a path that the program ignores.
func unignored(changes []change, ignored []string) []change {
	var kept []change
	for _, c := range changes {
		if !ignores(ignored, c.path) {
			kept = append(kept, c)
		}
	}
	return kept
}

func ignores(ignored []string, path string) bool {
	at, err := resource.ParsePropertyPath(path)
	if err != nil {
		return false
	}
	for _, i := range ignored {
		p, err := resource.ParsePropertyPath(i)
		if err == nil && p.Contains(at) {
			return true
		}
	}
	return false
}
