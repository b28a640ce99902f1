package program

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"redoubt/system"
	"redoubt/witness/run/segments"
)

//go:embed cost.yaml
var costs []byte

// month is as long as AWS counts one.
const month = 730 * time.Hour

// price is what one thing costs.
type price struct {
	Of     string  `yaml:"of"`
	USD    float64 `yaml:"usd"`
	Source string  `yaml:"source"`
}

// Cost is what the marks of one store cost in a month, or the log.
type Cost struct {
	// Of is the store, Kind its kind; of the log both say so.
	Of, Kind string
	// Every lies between two marks, USD is a month of them, of one witness.
	Every time.Duration
	USD   float64
}

// Costs are what the witness that stands in one home costs in a month, calculated from list prices (assumed).
func Costs(p *Program) ([]Cost, error) {
	var in struct {
		Written string                       `yaml:"written"`
		Uplift  float64                      `yaml:"uplift"`
		Marks   map[system.StoreKind][]price `yaml:"marks"`
		Segment []price                      `yaml:"segment"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(costs))
	dec.KnownFields(true)
	if err := dec.Decode(&in); err != nil {
		return nil, fmt.Errorf("read the prices: %w", err)
	}
	var out []Cost
	var errs []error
	add := func(of, kind string, every time.Duration, each []price) {
		if len(each) == 0 {
			errs = append(errs, fmt.Errorf("nobody knows what %s (%s) costs", of, kind))
		}
		c := Cost{Of: of, Kind: kind, Every: every}
		for _, one := range each {
			c.USD += one.USD * in.Uplift * month.Seconds() / every.Seconds()
		}
		out = append(out, c)
	}
	for _, s := range p.written() {
		add(s.Name, string(s.Kind), p.every[s.Name], in.Marks[s.Kind])
	}
	add("the log", "segments", segments.Every, in.Segment)
	return out, errors.Join(errs...)
}

// CostTable is that as a table of Markdown, with the sum and that of both homes.
func CostTable(all []Cost) string {
	var b strings.Builder
	b.WriteString("| Marks of | Kind | A mark each | USD a month |\n| --- | --- | --- | --- |\n")
	sum := 0.0
	for _, c := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %.2f |\n", c.Of, c.Kind, c.Every, c.USD)
		sum += c.USD
	}
	fmt.Fprintf(&b, "| **one home** | | | **%.2f** |\n| **both homes** | | | **%.2f** |\n", sum, 2*sum)
	return b.String()
}
