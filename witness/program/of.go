package program

import (
	"net"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"redoubt/inventory"
	"redoubt/system"
	"redoubt/witness/run"
)

// Of is the program of a system that was read already: for who leads a drill and runs a witness of its own.
func Of(c Config, sys *system.System, inv inventory.Inventory) (*Program, error) {
	p := &Program{Config: c, system: sys, inventory: inv}
	return p, p.intervals()
}

// Writers write the marks of every store, with the clients that agents use. Their places are the caller's to close.
func (p *Program) Writers(cfg aws.Config) []run.Writer {
	cfg = cfg.Copy()
	cfg.Region = p.inventory.Homes[p.Home].Region
	m := maker{p, cfg, secretsmanager.NewFromConfig(cfg)}
	var out []run.Writer
	for _, s := range p.written() {
		out = append(out, run.Writer{Store: s.Name, Every: p.every[s.Name], Places: m.places(s)})
	}
	return out
}

// Leads tells which home serves, by the name service of this machine.
func (p *Program) Leads() *Switch { return p.theSwitch(net.DefaultResolver.LookupHost) }
