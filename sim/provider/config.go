package provider

import (
	"reflect"
	"sync"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var providerShape = sync.OnceValue(func() *shape {
	return shapeOf(aws.ProviderArgs{}.ElementType(), map[reflect.Type]*shape{})
})

// checkProvider checks the arguments of a provider against the SDK's own type.
func checkProvider(config resource.PropertyMap) []Failure {
	var faults []Failure
	known := resource.PropertyMap{}
	for k, v := range config {
		if k != "version" && k != "pluginDownloadURL" {
			known[k] = textual(providerShape().at(string(k)), v)
		}
	}
	add := func(f Failure) { faults = append(faults, f) }
	checker{add: add, limit: add}.object(providerShape(), known, node{}, "")
	return faults
}

// textual reads a boolean or number that travelled as text, as the engine sends them.
func textual(s *shape, v resource.PropertyValue) resource.PropertyValue {
	if s == nil || !v.IsString() {
		return v
	}
	switch text := v.StringValue(); {
	case s.form == formBool && (text == "true" || text == "false"):
		return resource.NewBoolProperty(text == "true")
	case s.form == formString || text != "":
		return v
	}
	return v
}
