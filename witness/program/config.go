// Package program is the witness as a program that runs in each home all the time.
// It writes marks into the stores of the home that serves, keeps its log where it runs
// itself, and judges on request what it reads back there. The witness that counts after the loss of a
// home is the one in the other home: its log has survived.
package program

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"gopkg.in/yaml.v3"

	"redoubt/inventory"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/run"
)

// Config is the program's file. Secrets are not in it: the credentials of a store
// are read from where the inventory says, each time that a connection is opened.
type Config struct {
	// Name tells this witness's marks from those of others. Empty means "from-" and the home.
	Name string `yaml:"name"`
	// Home is where the program runs, and where it reads marks back. Required.
	Home system.Home `yaml:"home"`
	// Inventory is the file with the identifiers of both homes, System the one with the objectives. Required.
	Inventory string `yaml:"inventory"`
	System    string `yaml:"system"`
	// Log is the folder of the log: a disk of this home that outlives the program. Required.
	Log string `yaml:"log"`
	// Every is the interval of all stores; zero lets each store's objective say it.
	Every time.Duration `yaml:"every"`
	// Keep is how long marks stay in the stores; zero means two days.
	Keep time.Duration `yaml:"keep"`
	// Standing says that it runs all the time: a queue's marks are in its ledger alone, and buckets get fewer.
	Standing bool `yaml:"-"`
	// Stores change single stores; a store that is not named is written all the same.
	Stores map[string]StoreConfig `yaml:"stores"`
}

// StoreConfig changes one store.
type StoreConfig struct {
	Every time.Duration `yaml:"every"`
	// Skip leaves the store out, and says so by being written down.
	Skip bool `yaml:"skip"`
}

// Program is what a Config leads to.
type Program struct {
	Config
	system    *system.System
	inventory inventory.Inventory
	every     map[string]time.Duration
}

// Load reads the program's file and those that it names.
func Load(path string) (*Program, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	p := &Program{}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&p.Config); err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("configuration %s: %w", path, err)
	}
	if p.Name == "" {
		p.Name = "from-" + string(p.Home)
	}
	if p.system, err = system.Load(p.System); err != nil {
		return nil, err
	}
	doc, err := os.ReadFile(p.Inventory)
	if err != nil {
		return nil, fmt.Errorf("read inventory: %w", err)
	}
	if p.inventory, err = inventory.Decode(doc); err != nil {
		return nil, err
	}
	if p.inventory.System != p.system.Name {
		return nil, fmt.Errorf("the inventory is of system %q, want %q", p.inventory.System, p.system.Name)
	}
	return p, p.intervals()
}

func (c Config) check() error {
	var errs []error
	if !c.Home.Valid() {
		errs = append(errs, fmt.Errorf("home is %q, want one of %v", c.Home, system.Homes))
	}
	for _, in := range []struct{ name, value string }{{"inventory", c.Inventory}, {"system", c.System}, {"log", c.Log}} {
		if in.value == "" {
			errs = append(errs, fmt.Errorf("%s is empty", in.name))
		}
	}
	return errors.Join(errs...)
}

// intervals gives each store its interval: the shortest that an objective of its tier
// asks for, or the one that is written down, if that is short enough.
func (p *Program) intervals() error {
	var errs []error
	p.every = map[string]time.Duration{}
	for name := range p.Stores {
		if _, known := p.system.Store(name); !known {
			errs = append(errs, fmt.Errorf("stores.%s: the system has no such store", name))
		}
	}
	for _, s := range p.system.Stores {
		own := p.Stores[s.Name]
		if own.Skip {
			continue
		}
		wanted := p.Every
		if p.Standing {
			wanted = witness.Beat(s, p.objective(s))
		}
		if own.Every != 0 {
			wanted = own.Every
		}
		every, err := run.Interval(wanted, p.objective(s))
		if err != nil {
			errs = append(errs, fmt.Errorf("store %s: %w", s.Name, err))
		}
		p.every[s.Name] = every
	}
	return errors.Join(errs...)
}

// objective is the shortest RPO of a store's tier that allows any loss, zero when none does.
func (p *Program) objective(s system.Store) time.Duration {
	var shortest time.Duration
	tier, _ := p.system.Tier(s.Tier)
	for _, o := range tier.Objectives {
		if o.RPO > 0 && (shortest == 0 || o.RPO < shortest) {
			shortest = o.RPO
		}
	}
	return shortest
}
