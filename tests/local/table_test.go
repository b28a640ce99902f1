//go:build apps && linux

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
	var within, figures [2]int // of the databases, and of the stores that moto serves
	for n, r := range all {
		for _, store := range local.Stores {
			c := r.Stores[store]
			l := c.Witness.Loss
			fmt.Fprintf(&out, "%4d %6s  %-9s %5d %11s %15s %17s %5s %6d %10d%s\n", n+1, ms(r.Kill.After), store, l.Acknowledged,
				fmt.Sprintf("%d (%d)", l.Lost, c.Truth.Lost), pair(l.RPO.Value, c.Truth.RPO),
				pair(c.Witness.RTO.Value, c.Truth.RTO), ms(max(l.RPO.Margin, c.Witness.RTO.Margin)), l.Duplicates, l.Reordered, cut(r, store))
			for _, off := range []time.Duration{l.RPO.Value - c.Truth.RPO, c.Witness.RTO.Value - c.Truth.RTO} {
				of := 0
				if store != local.Tasks && store != local.Recall {
					of = 1
				}
				if figures[of]++; off.Abs() <= local.Every[store]+c.Truth.Precision {
					within[of]++
				}
			}
		}
	}
	fmt.Fprintf(&out, "\n%d kills. Within one interval of the truth: %d of %d figures of the databases (%s ms), "+
		"%d of %d of the rest (%s ms); the others within their margin.\n", len(all), within[0], figures[0],
		ms(local.Every[local.Tasks]), within[1], figures[1], ms(local.Every[local.Work]))
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
