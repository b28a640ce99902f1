package provider

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/sim/world"
)

const kindQuota = "AWS::ServiceQuotas::Quota"

var specsOfQuotas = map[string]spec{
	"aws:servicequotas/serviceQuota:ServiceQuota": {kind: kindQuota},
}

// serviceQuota is what the account may have now: what was raised, or AWS's
// default. It reads by the quota's code; by its name is not simulated.
func (p *awsProvider) serviceQuota(region string, args resource.PropertyMap) (resource.PropertyMap, error) {
	service, code := textOf(args["serviceCode"]), textOf(args["quotaCode"])
	e, err := p.cloud.Read(region, kindQuota, service+"/"+code)
	if world.IsNotFound(err) {
		e, err = world.DefaultQuota(service, code)
	}
	if err != nil {
		return nil, err
	}
	s, err := shapesOf("aws:servicequotas/serviceQuota:ServiceQuota")
	if err != nil {
		return nil, err
	}
	out := decode(s.state, e.In)
	for k, v := range decode(s.state, e.Out) {
		out[k] = v
	}
	out["id"], out["globalQuota"] = resource.NewStringProperty(e.ID), resource.NewBoolProperty(false)
	return out, nil
}

func textOf(v resource.PropertyValue) string {
	if v, _ := bare(v); v.IsString() {
		return v.StringValue()
	}
	return ""
}
