package stacks

import (
	"slices"

	"redoubt/components/registry"
)

func (h *home) declareRegistry() error {
	args := &registry.Args{
		Scope: h.scope(), Images: h.images(), AdoptReplication: h.config.Adopt.Registry, Protect: h.config.Protect,
	}
	if h.peer != nil {
		args.Peer = &registry.Peer{Region: h.config.PeerRegion}
	}
	var err error
	h.registry, err = registry.New(h.ctx, "registry", args, h.here())
	return err
}

// images lists the images that a home runs, each once.
func (h *home) images() []string {
	var all []string
	for _, a := range h.system.Agents {
		all = append(all, a.Image)
	}
	return slices.Compact(slices.Sorted(slices.Values(all)))
}
