package endtoend

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/system"
)

//go:embed planned.yaml
var plannedText []byte

// Planned is what moto cannot hold, and why.
type Planned struct {
	// Type is the Pulumi token; Resources, when given, is a regular expression
	// of the names of those that moto cannot hold, the others it can.
	Type      string `yaml:"type"`
	Resources string `yaml:"resources,omitempty"`
	// Home, when given, is the only home whose resources it covers.
	Home system.Home `yaml:"home,omitempty"`
	// Needs is the listed type without which moto need not be asked.
	Needs string `yaml:"needs,omitempty"`
	// Unchanging says that moto makes it and cannot change it, so it is not asked to.
	Unchanging bool `yaml:"unchanging,omitempty"`
	// Endless says that upstream waits for moto for ever, so the attempt is given up soon.
	Endless bool `yaml:"endless,omitempty"`
	// Reason says what moto lacks or answers wrongly.
	Reason string `yaml:"reason"`

	names *regexp.Regexp
}

// PlannedOnly reads the list.
func PlannedOnly() ([]*Planned, error) {
	var list []*Planned
	if err := yaml.Unmarshal(plannedText, &list); err != nil {
		return nil, fmt.Errorf("planned.yaml: %w", err)
	}
	for _, p := range list {
		var err error
		if p.names, err = regexp.Compile("^(?:" + p.Resources + ")$"); err != nil {
			return nil, fmt.Errorf("planned.yaml: %s: %w", p.Type, err)
		}
		if p.Type == "" || p.Reason == "" {
			return nil, fmt.Errorf("planned.yaml: %q has no type or no reason", p.Type+p.Reason)
		}
	}
	return list, nil
}

func (p *Planned) covers(u resource.URN) bool {
	return p.Type == string(u.Type()) && (p.Resources == "" || p.names.MatchString(u.Name())) &&
		(p.Home == "" || string(p.Home) == u.Stack().String())
}

// ledger is what happened to every resource.
type ledger struct {
	planned []*Planned

	mu sync.Mutex
	// made are the resources that moto holds, kept those that the simulator keeps.
	made, kept map[string]bool
	// ever are all that moto ever held, whatever was deleted since.
	ever []holding
	// tried are the entries of the list that were put before moto once more.
	tried map[*Planned]bool
	// canHold are those of them that moto held after all.
	canHold map[*Planned]string
	// refused are resources that are on no list and that moto could not hold, with what was said.
	refused map[string]string
}

func newLedger(planned []*Planned) *ledger {
	return &ledger{
		planned: planned, made: map[string]bool{}, kept: map[string]bool{}, tried: map[*Planned]bool{},
		canHold: map[*Planned]string{}, refused: map[string]string{},
	}
}

// listed finds the entry that covers a resource; try is true for the first one
// of an entry, which is put before moto all the same.
func (l *ledger) listed(urn string) (entry *Planned, try bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.planned {
		if p.covers(resource.URN(urn)) {
			try := !l.tried[p] && p.Needs == "" && !p.Unchanging
			l.tried[p] = true
			return p, try
		}
	}
	return nil, true
}

func (l *ledger) isKept(urn string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.kept[urn]
}

func (l *ledger) hold(urn string, entry *Planned) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made[urn] = true
	if entry != nil {
		l.canHold[entry] = resource.URN(urn).Name()
	}
}

// remember notes what moto held once, to look for it at the end.
func (l *ledger) remember(h holding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ever = append(l.ever, h)
}

func (l *ledger) keep(urn string, entry *Planned, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept[urn] = true
	if entry == nil && why != "" {
		l.refused[urn] = why
	}
}

func (l *ledger) drop(urn string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.made, urn)
	delete(l.kept, urn)
}

// faults says where the list is wrong: what it should name and does not, and
// what it should not name.
func (l *ledger) faults() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for urn, why := range l.refused {
		u := resource.URN(urn)
		out = append(out, fmt.Sprintf("moto cannot hold %s %s, which planned.yaml does not list: %s", u.Type(), u.Name(),
			oneLine(why)))
	}
	for p, name := range l.canHold {
		out = append(out, fmt.Sprintf("moto can hold %s %s after all; planned.yaml says: %s", p.Type, name, p.Reason))
	}
	slices.Sort(out)
	return out
}

// unmet are the entries of the list that nothing needed.
func (l *ledger) unmet() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, p := range l.planned {
		if !l.tried[p] {
			out = append(out, strings.TrimSpace(p.Type+" "+p.Resources))
		}
	}
	slices.Sort(out)
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
