package main

import (
	"strings"

	"redoubt/agentkit/measure"
)

const agentkitIntro = `# What agents measure

` + generated + `Every figure that the [library for agents](../agentkit/README.md) tells through OpenTelemetry, under the meter ` + "`" + measure.Scope + "`" + `. Units are in the notation of
UCUM. Which agent tells it, in which home, stands in the resource of the exporter and not in each figure.

| Instrument | Kind | Unit | By | Tells |
| --- | --- | --- | --- | --- |
`

// agentkitPage is docs/agentkit.md.
func agentkitPage() string {
	var b strings.Builder
	b.WriteString(agentkitIntro)
	for _, i := range measure.Instruments() {
		row(&b, code(i.Name), string(i.Kind), code(i.Unit), codes(i.By...), i.What)
	}
	return b.String()
}
