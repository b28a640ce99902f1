package stacks

import "redoubt/components/quotas"

// declareQuotas asks for what the home needs when it serves, whichever home it
// is. Both ask for the same as long as both have the same type of nodes.
func (h *home) declareQuotas() error {
	size, err := h.clusterSize()
	if err != nil {
		return err
	}
	demand, err := quotas.Demand(h.system, size, h.config.Adopt.Vpc != nil)
	if err != nil {
		return err
	}
	_, err = quotas.New(h.ctx, "quotas", &quotas.Args{Scope: h.scope(), Demand: demand}, h.here())
	return err
}
