package sim

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"redoubt/internal/cli/streams"
)

// print writes the view for a person.
func (v *View) print(s *streams.Streams) {
	s.Printf("%s, simulated\n\ntraffic: %s\n", v.System, v.Traffic)
	for _, f := range v.Faults {
		s.Printf("fault: %s\n", f)
	}
	s.Printf("\n")
	t := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	row := func(cells ...any) { _, _ = fmt.Fprintln(t, strings.TrimRight(fmt.Sprintln(cells...), "\n")) }
	row("home\tregion\tzones\tresources\tstores\tagents\taddress")
	for _, h := range v.Homes {
		row(fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%s", h.Home, h.Region, len(h.Zones), h.Resources, len(h.Stores), len(h.Agents), h.address()))
	}
	_, _ = fmt.Fprintln(t)
	row("store\ttier\tkind\tin " + strings.Join(v.names(), "\tin "))
	for i := range v.stores() {
		row(v.storeRow(i))
	}
	if len(v.Homes) > 0 {
		_, _ = fmt.Fprintln(t)
		row("agent\ttier\tstrategy\tready in " + strings.Join(v.names(), "\tready in ") + "\tneeded to serve")
		for i := range v.Homes[0].Agents {
			row(v.agentRow(i))
		}
	}
	_ = t.Flush()
	if len(v.Missing) > 0 {
		s.Printf("\ndeclared, and not there yet (redoubt sim up): %s\n", strings.Join(v.Missing, ", "))
	}
}

func (h HomeView) address() string {
	if !h.Answers {
		return h.Address + " (no answer from " + h.Region + ")"
	}
	return h.Address
}

func (v *View) names() []string {
	var out []string
	for _, h := range v.Homes {
		out = append(out, string(h.Home))
	}
	return out
}

func (v *View) stores() []StoreView {
	if len(v.Homes) == 0 {
		return nil
	}
	return v.Homes[0].Stores
}

func (v *View) storeRow(i int) string {
	st := v.Homes[0].Stores[i]
	cells := []string{st.Name, st.Tier, string(st.Kind)}
	for _, h := range v.Homes {
		at := or(h.waiting[st.Name], "-")
		for _, other := range h.Stores {
			if other.Name == st.Name {
				at = other.At
			}
		}
		cells = append(cells, at)
	}
	return strings.Join(cells, "\t")
}
