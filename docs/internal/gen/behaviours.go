package main

import (
	"fmt"
	"strings"

	"redoubt/sim/world"
	"redoubt/timings"
)

const behavioursIntro = `
## What takes time, and what lags

%d behaviours. A world takes the *typical* time of each, unless it draws: then each duration and lag is a lognormal draw
with this median and this high end, by a hash of the seed, the behaviour, what it happens to and how often it did. A
*fixed* one takes the same always. Where a source has one figure only, three times the median is the 95th percentile
(assumed). *By*: the prior, which is assumed, or the timing, of [timings](timings.md).

`

// behaviourTable lists everything that takes time or lags.
func behaviourTable(b *strings.Builder) error {
	all := world.Behaviours()
	fmt.Fprintf(b, behavioursIntro, len(all))
	b.WriteString("| Behaviour | What | Typical | Drawn: median, high | By | Source |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, one := range all {
		from, err := grounds(one)
		if err != nil {
			return err
		}
		typical := one.Typical().String()
		if one.Typical() == 0 {
			typical = "at once"
		}
		row(b, code(one.Name), one.What, typical, spread(one), drawnBy(one), from)
	}
	return nil
}

func spread(b world.Behaviour) string {
	if b.Fixed {
		return "fixed"
	}
	l := b.Distribution()
	return fmt.Sprintf("%s, %g%% below %s", l.Median, l.At*100, l.High)
}

func drawnBy(b world.Behaviour) string {
	switch {
	case b.Prior != "":
		return "prior " + code(string(b.Prior)) + ", assumed"
	case b.Timing != "" && b.Longest != "":
		return code(string(b.Timing)) + ", " + code(string(b.Longest))
	case b.Timing != "":
		return code(string(b.Timing))
	}
	return "assumed"
}

// grounds is the source of a behaviour and what is assumed beyond it; one with neither is refused.
func grounds(b world.Behaviour) (string, error) {
	var out []string
	for _, id := range []timings.ID{b.Timing, b.Longest} {
		if id != "" {
			out = append(out, source(timings.Get(id).Source))
		}
	}
	if b.Assumed != "" {
		out = append(out, b.Assumed)
	}
	if b.Source() == "" && !strings.Contains(b.Assumed, "assumed") {
		return "", fmt.Errorf("behaviour %s has neither a source nor the word assumed", b.Name)
	}
	return strings.Join(out, "; "), nil
}
