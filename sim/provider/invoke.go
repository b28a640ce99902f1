package provider

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"redoubt/sim/world"
)

// invokes are the functions of the package that the simulator answers.
var invokes = map[string]func(p *awsProvider, region string, args resource.PropertyMap) (resource.PropertyMap, error){
	"aws:index/getAvailabilityZones:getAvailabilityZones": always((*awsProvider).availabilityZones),
	"aws:index/getCallerIdentity:getCallerIdentity":       always((*awsProvider).callerIdentity),
	"aws:index/getPartition:getPartition":                 always((*awsProvider).partition),
	"aws:index/getRegion:getRegion":                       always((*awsProvider).regionInfo),
	"aws:servicequotas/getServiceQuota:getServiceQuota":   (*awsProvider).serviceQuota,
}

// always answers without regard to the arguments.
func always(f func(*awsProvider, string) resource.PropertyMap,
) func(*awsProvider, string, resource.PropertyMap) (resource.PropertyMap, error) {
	return func(p *awsProvider, region string, _ resource.PropertyMap) (resource.PropertyMap, error) {
		return f(p, region), nil
	}
}

// Invoke answers a function; one that is not simulated is refused by name.
func (p *awsProvider) Invoke(_ context.Context, r *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	answer, ok := invokes[r.GetTok()]
	if !ok {
		return nil, status.Errorf(codes.Unimplemented, "function %q is not simulated%s", r.GetTok(),
			didYouMean(r.GetTok(), sortedKeys(invokes)))
	}
	region, err := p.home()
	if err != nil {
		return nil, err
	}
	args, err := receive(r.GetArgs())
	if err != nil {
		return nil, err
	}
	found, err := answer(p, region, args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.GetTok(), err)
	}
	out, err := send(found)
	return &pulumirpc.InvokeResponse{Return: out}, err
}

func textList(list []string) resource.PropertyValue {
	out := make([]resource.PropertyValue, 0, len(list))
	for _, s := range list {
		out = append(out, resource.NewStringProperty(s))
	}
	return resource.NewArrayProperty(out)
}

func (p *awsProvider) availabilityZones(region string) resource.PropertyMap {
	names := world.Zones(region)
	ids := make([]string, 0, len(names))
	for _, name := range names {
		ids = append(ids, world.ZoneID(name))
	}
	return resource.PropertyMap{
		"id":         resource.NewStringProperty(region),
		"names":      textList(names),
		"zoneIds":    textList(ids),
		"groupNames": textList([]string{region}),
	}
}

func (p *awsProvider) callerIdentity(string) resource.PropertyMap {
	account := p.cloud.Config().Account
	return resource.PropertyMap{
		"id":        resource.NewStringProperty(account),
		"accountId": resource.NewStringProperty(account),
		"arn":       resource.NewStringProperty("arn:aws:iam::" + account + ":user/simulator"),
		"userId":    resource.NewStringProperty("AIDASIMULATOR"),
	}
}

func (p *awsProvider) regionInfo(region string) resource.PropertyMap {
	return resource.PropertyMap{
		"id":          resource.NewStringProperty(region),
		"name":        resource.NewStringProperty(region),
		"description": resource.NewStringProperty(region),
		"endpoint":    resource.NewStringProperty("ec2." + region + ".amazonaws.com"),
	}
}

func (p *awsProvider) partition(string) resource.PropertyMap {
	return resource.PropertyMap{
		"id":               resource.NewStringProperty("aws"),
		"partition":        resource.NewStringProperty("aws"),
		"dnsSuffix":        resource.NewStringProperty("amazonaws.com"),
		"reverseDnsPrefix": resource.NewStringProperty("com.amazonaws"),
	}
}
