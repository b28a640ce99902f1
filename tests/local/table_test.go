//go:build apps

package local

import (
	"fmt"
	"strings"
	"time"

	"redoubt/internal/local"
)

// table shows each kill with the witness's word and the truth beside it.
func table(all []local.Result) string {
	var out strings.Builder
	out.WriteString("\nmeasured locally: each figure is the witness's, behind it what the processes tell; times in ms\n\n")
	fmt.Fprintf(&out, "%4s %6s  %-9s %5s %11s %15s %17s %5s %6s %10s\n", "kill", "after", "store", "marks", "lost",
		"rpo", "rto", "±", "twice", "out of order")
	within, figures := 0, 0
	for n, r := range all {
		for _, store := range local.Stores {
			c := r.Stores[store]
			l := c.Witness.Loss
			fmt.Fprintf(&out, "%4d %6s  %-9s %5d %11s %15s %17s %5s %6d %10d%s\n", n+1, ms(r.Kill.After), store, l.Acknowledged,
				fmt.Sprintf("%d (%d)", l.Lost, c.Truth.Lost), pair(l.RPO.Value, c.Truth.RPO),
				pair(c.Witness.RTO.Value, c.Truth.RTO), ms(max(l.RPO.Margin, c.Witness.RTO.Margin)), l.Duplicates, l.Reordered, cut(r, store))
			for _, off := range []time.Duration{l.RPO.Value - c.Truth.RPO, c.Witness.RTO.Value - c.Truth.RTO} {
				figures++
				if off.Abs() <= local.Every[store]+c.Truth.Precision {
					within++
				}
			}
		}
	}
	fmt.Fprintf(&out, "\n%d kills, %d figures, %d within one interval of the truth, the rest within their margin\n",
		len(all), figures, within)
	return out.String()
}

func cut(r local.Result, store string) string {
	if before, was := r.Kill.Cut[store]; was {
		return fmt.Sprintf("  copies ended %s before", before)
	}
	return ""
}

func pair(a, b time.Duration) string { return fmt.Sprintf("%s (%s)", ms(a), ms(b)) }

func ms(d time.Duration) string { return fmt.Sprint(d.Round(time.Millisecond).Milliseconds()) }
