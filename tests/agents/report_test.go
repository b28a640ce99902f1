//go:build apps && linux

package agents

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// write prints the report in Markdown, and writes it to the file that was asked for.
func (r *run) write() {
	var out strings.Builder
	out.WriteString("# Faults under load\n\nEvery figure is *measured locally*: real processes on one machine, moto for " +
		"the AWS stores.\nTimes are in milliseconds. Reads are of conversations, which need none of what is broken.\n\n" +
		"| What is broken | s | questions accepted | tries refused | accepted after, p50, p95 | reads | failed | p50 | " +
		"p95 | longest |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, f := range faults {
		s := r.samples[f.name]
		fmt.Fprintf(&out, "| %s | %.0f | %d | %d | %s, %s | %d | %d | %s | %s | %s |\n", f.name,
			s.ended.Sub(s.began).Seconds(), len(s.asked), s.refusals, ms(of(s.asked, 0.5)), ms(of(s.asked, 0.95)),
			len(s.read)+s.readFailed, s.readFailed, ms(of(s.read, 0.5)), ms(of(s.read, 0.95)), ms(of(s.read, 1)))
	}
	out.WriteString("\n## What was seen\n\n")
	for _, f := range append(faults, fault{name: "the end"}) {
		for _, one := range r.seen[f.name] {
			fmt.Fprintf(&out, "- %s: %s\n", f.name, one)
		}
	}
	fmt.Print(out.String())
	if *report != "" {
		require.NoError(r, os.WriteFile(*report, []byte(out.String()), 0o644))
	}
}

func ms(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }
