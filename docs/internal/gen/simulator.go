package main

import (
	"fmt"
	"strings"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

const simulatorIntro = `# What the simulator simulates

` + generated + `The simulated pair of regions models what recovery depends on and is no general AWS emulator. Each thing below has the
document that its behaviour is taken from; what no document says is listed as assumed. Rules that are finer than these tables
(address ranges, name patterns, states) are in ` + "`sim/world/`" + ` beside the kind they belong to. What the real upstream
provider thinks of the same inputs is compared by ` + "`make judge-aws`" + `.

What the simulator tells is *simulated*, or *predicted* where it is used as a forecast. It is never *measured*.
`

// simulatorPage is docs/simulator.md.
func simulatorPage(module string) (string, error) {
	var b strings.Builder
	b.WriteString(simulatorIntro)
	if err := kindTables(&b); err != nil {
		return "", err
	}
	if err := operationTable(&b); err != nil {
		return "", err
	}
	if err := behaviourTable(&b); err != nil {
		return "", err
	}
	faultList(&b)
	assumed, err := assumptions(module)
	if err != nil {
		return "", err
	}
	b.WriteString("\n## Assumed\n\nSentences of the code that say so, with the file they stand in.\n\n| File | Assumed |\n| --- | --- |\n")
	for _, a := range assumed {
		row(&b, code(a.file), a.text)
	}
	return b.String(), nil
}

// kindTables lists the kinds of each service.
func kindTables(b *strings.Builder) error {
	names := world.Kinds()
	fmt.Fprintf(b, "\n## Kinds of things\n\n%d kinds. *Lives in*: its own region, or nowhere in particular (global); a setting "+
		"belongs to another thing and\nhas its id. *Points at*: a thing of that kind must exist in the same region. "+
		"*Held by*: deletion is refused while the\nproperty is true. *Cannot change*: a change is refused, so the provider replaces.\n", len(names))
	last := ""
	for _, name := range names {
		k, _ := world.KindNamed(name)
		if k.Source == "" {
			return fmt.Errorf("kind %s has no source", name)
		}
		service := name[:strings.LastIndex(name, "::")]
		if service != last {
			fmt.Fprintf(b, "\n### %s\n\n| Kind | Lives in | Points at | Held by | Cannot change | Source |\n| --- | --- | --- | --- | --- | --- |\n",
				strings.TrimPrefix(service, "AWS::"))
			last = service
		}
		row(b, code(name[len(service)+2:]), lives(k), pointsAt(k), codes(k.Protection), codes(k.Fixed...), source(k.Source))
	}
	return nil
}

func lives(k world.Kind) string {
	out := "region"
	if k.Global {
		out = "global"
	}
	if k.Setting {
		out += ", setting"
	}
	if k.GlobalName {
		out += "; its name is taken everywhere"
	}
	return out
}

func pointsAt(k world.Kind) string {
	var out []string
	for _, l := range k.Refs {
		var kinds []string
		for _, kind := range l.Kinds {
			kinds = append(kinds, strings.TrimPrefix(kind, "AWS::"))
		}
		out = append(out, code(l.Path)+": "+strings.Join(kinds, " or "))
	}
	return strings.Join(out, "; ")
}

// operationTable lists what Call understands.
func operationTable(b *strings.Builder) error {
	names := world.Operations()
	fmt.Fprintf(b, "\n## API operations\n\n%d operations that plans, agents and probes call. Data-plane operations go on while a "+
		"control plane is impaired.\n\n| Operation | Plane | Served in | Source |\n| --- | --- | --- | --- |\n", len(names))
	for _, name := range names {
		o, _ := world.OperationNamed(name)
		if o.Source == "" {
			return fmt.Errorf("operation %s has no source", name)
		}
		plane, served := "control", "the region called"
		if o.DataPlane {
			plane = "data"
		}
		if o.Region != "" {
			served = o.Region
		}
		row(b, code(name), plane, served, source(o.Source))
	}
	return nil
}

func faultList(b *strings.Builder) {
	b.WriteString("\n## Faults\n\n`redoubt sim inject FAULT` takes one of these lines; each lasts until its inverse.\n\n```text\n")
	for _, f := range fault.Forms() {
		b.WriteString(f + "\n")
	}
	b.WriteString("```\n")
}
