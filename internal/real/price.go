package real

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// Per says what a price is for.
type Per string

// What prices are for.
const (
	Hour  Per = "hour"
	Month Per = "month"
	Once  Per = "once"
)

// month is how many hours AWS counts in a month.
const month = 730 * time.Hour

// Price is what one thing costs.
type Price struct {
	Item string  `yaml:"item"`
	USD  float64 `yaml:"usd"`
	Per  Per     `yaml:"per"`
	// Source is the page where it can be looked up.
	Source string `yaml:"source"`
}

// Prices are a table of them.
type Prices struct {
	// Written is the day on which they were written down.
	Written string `yaml:"written"`
	// Uplift is by how much more the regions of the homes cost at most; ByUse the share for what is not counted.
	Uplift float64 `yaml:"uplift"`
	ByUse  float64 `yaml:"byUse"`
	Prices []Price `yaml:"prices"`
}

//go:embed prices.yaml
var priceText []byte

// Table reads the table that comes with the program.
func Table() (Prices, error) { return parsePrices(priceText) }

func parsePrices(text []byte) (Prices, error) {
	var p Prices
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&p); err != nil {
		return p, fmt.Errorf("prices: %w", err)
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("prices: "+format, args...)) }
	if _, err := time.Parse(time.DateOnly, p.Written); err != nil {
		bad("written is %q, want a day", p.Written)
	}
	if p.Uplift < 1 || p.ByUse < 0 {
		bad("uplift is %v and byUse %v, want at least 1 and 0", p.Uplift, p.ByUse)
	}
	seen := map[string]bool{}
	for _, one := range p.Prices {
		if one.USD <= 0 || one.Source == "" || seen[one.Item] || one.Per != Hour && one.Per != Month && one.Per != Once {
			bad("%s: want one price above 0 for each item, per hour, month or once, with its source", one.Item)
		}
		seen[one.Item] = true
	}
	return p, errors.Join(errs...)
}

// of is what one item costs for a time; ok is false when the table does not know it.
func (p Prices) of(item string, takes time.Duration) (usd float64, ok bool) {
	for _, one := range p.Prices {
		if one.Item != item {
			continue
		}
		switch one.Per {
		case Hour:
			return one.USD * p.Uplift * takes.Hours(), true
		case Month:
			return one.USD * p.Uplift * takes.Hours() / month.Hours(), true
		default:
			return one.USD * p.Uplift, true
		}
	}
	return 0, false
}
