// Package catalog lists every AWS resource type that Redoubt declares: its
// Pulumi token, its name in the upstream provider, and the SDK's own types of
// its arguments and state. It is the one place where the two names meet.
package catalog

import (
	"reflect"
	"slices"
)

// Type is one resource type.
type Type struct {
	// Token is Pulumi's name, such as aws:ec2/vpc:Vpc.
	Token string
	// Upstream is terraform-provider-aws's name, such as aws_vpc.
	Upstream string
	// Args and State are the plain structs of the SDK, whose tags carry the
	// names of the properties.
	Args, State reflect.Type
}

// input is what every Args and State struct of the SDK implements.
type input interface{ ElementType() reflect.Type }

type row struct {
	token, upstream string
	args, state     input
}

// Types lists every type, by area.
func Types() []Type {
	var out []Type
	for _, r := range slices.Concat(networkRows, identityRows, watchRows, databasesRows, storageRows, trafficRows, backupRows,
		computeRows, appconfigRows) {
		out = append(out, Type{r.token, r.upstream, r.args.ElementType(), r.state.ElementType()})
	}
	return out
}
