package stacks

import (
	"slices"

	"redoubt/components/configuration"
	"redoubt/components/controllers"
	"redoubt/components/mesh/sidecar"
	"redoubt/components/registry"
)

func (h *home) declareRegistry() error {
	images, err := h.images()
	if err != nil {
		return err
	}
	args := &registry.Args{
		Scope: h.scope(), Images: images, AdoptReplication: h.config.Adopt.Registry, Protect: h.config.Protect,
	}
	if h.peer != nil {
		args.Peer = &registry.Peer{Region: h.config.PeerRegion}
	}
	h.registry, err = registry.New(h.ctx, "registry", args, h.here())
	return err
}

// images lists the images that a home runs, of agents, their proxies, controllers, the
// export, the prober, the leases and the recovery, each once.
func (h *home) images() ([]string, error) {
	all, err := controllers.Images()
	if err != nil {
		return nil, err
	}
	// The prober's place stays where the watch is off: what holds images is protected.
	all = append(all, configuration.ExportImage, sidecar.Image, proberImage)
	all = append(all, h.config.leaseImages()...)
	all = append(all, h.config.witnessImages()...)
	all = append(all, h.config.recoveryImages()...)
	for _, a := range h.system.Agents {
		all = append(all, a.Image)
	}
	return slices.Compact(slices.Sorted(slices.Values(all))), nil
}
