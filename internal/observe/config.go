package observe

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"redoubt/recovery/arbiter"
	"redoubt/system"
)

// Config is the file of an observer. Of the three, only Observer differs.
type Config struct {
	// Observer is the home that it runs in, or arbiter.
	Observer string `json:"observer"`
	// Domain is where users reach the system.
	Domain string `json:"domain"`
	// Homes are both homes; Arbiter is the third region.
	Homes   map[system.Home]Home `json:"homes"`
	Arbiter Place                `json:"arbiter"`
}

// Place is a region and its table of leases, words and looks.
type Place struct {
	Region string `json:"region"`
	Table  string `json:"table"`
}

// Home is what is looked at in a home.
type Home struct {
	Place
	// Address is the name of its load balancer.
	Address string `json:"address"`
}

// Load reads the file, and names all that is wrong with it.
func Load(file string) (Config, error) {
	var c Config
	raw, err := os.ReadFile(file)
	if err != nil {
		return c, fmt.Errorf("read the observer's settings: %w", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

func (c Config) check() error {
	var errs []error
	missing := func(what string, is bool) {
		if is {
			errs = append(errs, fmt.Errorf("%s is missing", what))
		}
	}
	if c.Observer != arbiter.Name && !system.Home(c.Observer).Valid() {
		errs = append(errs, fmt.Errorf("observer is %q, want primary, secondary or %s", c.Observer, arbiter.Name))
	}
	missing("domain", c.Domain == "")
	missing("arbiter.region", c.Arbiter.Region == "")
	missing("arbiter.table", c.Arbiter.Table == "")
	for _, h := range system.Homes {
		at := "homes." + string(h)
		missing(at+".region", c.Homes[h].Region == "")
		missing(at+".table", c.Homes[h].Table == "")
		missing(at+".address", c.Homes[h].Address == "")
		if r := c.Homes[h].Region; r != "" && r == c.Arbiter.Region {
			errs = append(errs, fmt.Errorf("arbiter.region is %s as the %s home's, want a third: it would be lost with the home", r, h))
		}
	}
	return errors.Join(errs...)
}

// own is the place that the observer runs in.
func (c Config) own() Place {
	if c.Observer == arbiter.Name {
		return c.Arbiter
	}
	return c.Homes[system.Home(c.Observer)].Place
}
