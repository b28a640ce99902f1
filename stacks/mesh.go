package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/agents"
	"redoubt/components/mesh"
)

// declareMesh says how the agents call each other and what stands outside. It
// comes after the controllers, which bring its kinds, and after the agents, which bring the namespace.
func (h *home) declareMesh() error {
	addresses, err := h.addresses()
	if err != nil {
		return err
	}
	_, err = mesh.New(h.ctx, "mesh", &mesh.Args{
		Scope: h.scope(), System: h.system, Namespace: agents.Namespace(h.system), Waiting: h.waiting(),
		Entry: addresses.Entry, Stores: addresses.Stores, LeaseRegions: h.leaseRegions(),
	}, h.inside(), pulumi.DependsOn([]pulumi.Resource{h.controllers, h.agents}))
	return err
}
