package stacks

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/discovery"
	"redoubt/inventory"
	"redoubt/inventory/directory"
)

// declareNames declares this home's part of the private zone. The primary makes
// the zone, the secondary knows it from the inventory.
func (h *home) declareNames() error {
	args := &discovery.NamesArgs{
		Scope: h.scope(), VpcID: h.network.VpcID, Stores: h.writers(), Peer: h.peer != nil, Protect: h.config.Protect,
	}
	if !h.seed() {
		if h.peer.Discovery.ZoneID == "" {
			return errors.New("the primary home has no private zone yet: update it first, then this one")
		}
		args.ZoneID = pulumi.String(h.peer.Discovery.ZoneID)
	}
	// The names move when the domain does, so they obey what it obeys.
	if h.peer != nil && (h.seed() || h.config.Switch == inventory.ARCSwitch) {
		args.HealthCheckID = h.entry.HealthCheckID
	}
	var err error
	h.names, err = discovery.NewNames(h.ctx, "names", args, h.here())
	return err
}

// writers lists the stores that have a writer, in the order of the system's file.
func (h *home) writers() []discovery.Store {
	var out []discovery.Store
	for _, st := range h.system.Stores {
		if p := h.postgres[st.Name]; p != nil {
			out = append(out, discovery.Store{
				Name: st.Name, Kind: st.Kind, Endpoint: p.ProxyEndpoint, Reader: p.ProxyReaderEndpoint,
			})
		}
		if c := h.caches[st.Name]; c != nil {
			out = append(out, discovery.Store{Name: st.Name, Kind: st.Kind, Endpoint: c.Endpoint, Reader: c.ReaderEndpoint})
		}
	}
	return out
}

// declareDirectory writes what the agents look up, out of the inventory.
func (h *home) declareDirectory(own pulumi.Output) error {
	text := h.encode(own, true).ApplyT(directoryOf).(pulumi.StringOutput)
	_, err := discovery.NewDirectory(h.ctx, "directory", &discovery.DirectoryArgs{
		Scope: h.scope(), Text: text, Protect: h.config.Protect,
	}, h.here())
	return err
}

func directoryOf(text string) (string, error) {
	inv, err := inventory.Decode([]byte(text))
	if err != nil {
		return "", err
	}
	return directory.Encode(directory.Of(inv))
}

func (h *home) discoverySlots() []slot {
	return []slot{text(h.names.ZoneID, func(o *inventory.Home, v string) { o.Discovery.ZoneID = v })}
}
