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
		Scope: h.scope(), Images: images, Optional: h.config.optionalImages(), AdoptReplication: h.config.Adopt.Registry, Protect: h.config.Protect,
	}
	if h.peer != nil {
		args.Peer = &registry.Peer{Region: h.config.PeerRegion}
	}
	h.registry, err = registry.New(h.ctx, "registry", args, h.here())
	return err
}

// images lists the images that every home runs, of agents, their proxies, controllers, the
// export and the prober, each once.
func (h *home) images() ([]string, error) {
	all, err := controllers.Images()
	if err != nil {
		return nil, err
	}
	// The prober's place stays where the watch is off, which is no setting to live with.
	all = append(all, configuration.ExportImage, sidecar.Image, proberImage)
	for _, a := range h.system.Agents {
		all = append(all, a.Image)
	}
	return slices.Compact(slices.Sorted(slices.Values(all))), nil
}

// optionalImages are those of Redoubt's own programs that a setting runs: they are built from this program's source again.
func (c Config) optionalImages() []string {
	return slices.Concat(c.leaseImages(), c.witnessImages(), c.recoveryImages())
}
