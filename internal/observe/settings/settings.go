// Package settings is the file of an observer: pure, so that a stack can write what the program reads.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
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

// Arbiter is what the third observer is called, and the home of its stack.
const Arbiter = arbiter.Name

// LooksName is the key of what an observer has seen, in its own table and in the arbiter's.
func LooksName(observer string) string { return arbiter.LooksName(observer) }

// Variable is the environment variable that holds the text where there is no file.
const Variable = "REDOUBT_OBSERVER"

// Decode reads the text, and names all that is wrong with it.
func Decode(raw string) (Config, error) {
	var c Config
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, err
	}
	return c, c.Check()
}

// Encode is the text that Decode reads.
func (c Config) Encode() (string, error) {
	if err := c.Check(); err != nil {
		return "", err
	}
	raw, err := json.Marshal(c)
	return string(raw), err
}

// Check names all that is wrong with the settings.
func (c Config) Check() error {
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

// Own is the place that the observer runs in.
func (c Config) Own() Place {
	if c.Observer == arbiter.Name {
		return c.Arbiter
	}
	return c.Homes[system.Home(c.Observer)].Place
}
