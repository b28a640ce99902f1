package sim

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"redoubt/internal/cli/exit"
)

// Policies are the packs that judge each engine run, and their configuration.
type Policies struct {
	// Packs are folders with a PulumiPolicy.yaml, Configs a file of settings for each, in their order.
	Packs, Configs []string
}

// Judgement is what a pack says against one resource, or against the whole home.
type Judgement struct {
	Rule string `json:"rule"`
	// Level is mandatory, which refuses, or advisory.
	Level    string `json:"level"`
	Resource string `json:"resource,omitempty"`
	Message  string `json:"message"`
}

// goAnalyzer is the program that stands for a pack in Go where no language host is: make policies builds it.
const goAnalyzer = "pulumi-analyzer-policy-go"

func (p *Policies) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&p.Packs, "policy-pack", nil, "judge what is declared by a policy pack, such as policies; may be repeated")
	cmd.Flags().StringArrayVar(&p.Configs, "policy-pack-config", nil, "a file of settings for each pack, in their order")
}

// check tells every fault of the flags at once, before anything is touched.
func (p *Policies) check(dir string) error {
	var errs []error
	if len(p.Configs) > len(p.Packs) {
		errs = append(errs, fmt.Errorf("--policy-pack-config is given %d times for %d packs", len(p.Configs), len(p.Packs)))
	}
	for n, pack := range p.Packs {
		var err error
		if p.Packs[n], err = filepath.Abs(pack); err != nil {
			return err
		}
		errs = append(errs, checkPack(pack, dir))
	}
	for n, file := range p.Configs {
		var err error
		if p.Configs[n], err = filepath.Abs(file); err != nil {
			return err
		}
		if _, err := os.Stat(file); err != nil {
			errs = append(errs, fmt.Errorf("--policy-pack-config: no file %s", file))
		}
	}
	return exit.With(exit.Usage, errors.Join(errs...), "make policies, then: redoubt sim preview --policy-pack policies")
}

// checkPack sees that a folder is a pack, and that the engine will find what runs it.
func checkPack(pack, dir string) error {
	text, err := os.ReadFile(filepath.Join(pack, "PulumiPolicy.yaml"))
	if err != nil {
		return fmt.Errorf("--policy-pack: %s has no PulumiPolicy.yaml", pack)
	}
	var of struct{ Runtime any }
	if err := yaml.Unmarshal(text, &of); err != nil {
		return fmt.Errorf("--policy-pack: %s: PulumiPolicy.yaml: %w", pack, err)
	}
	if of.Runtime != "go" {
		return nil
	}
	for _, name := range []string{goAnalyzer, "pulumi-language-go"} {
		if _, err := exec.LookPath(name); err == nil {
			return nil
		}
	}
	if _, err := os.Stat(filepath.Join(analyzers(dir), goAnalyzer)); err != nil {
		return fmt.Errorf("--policy-pack: %s is written in Go, and neither %s nor Pulumi's language host is to be found", pack, goAnalyzer)
	}
	return nil
}

// analyzers is the folder in which the engine looks for analyzers beside PATH: that of the command itself.
func analyzers(dir string) string {
	self, err := os.Executable()
	if err != nil {
		return filepath.Join(dir, "bin")
	}
	return filepath.Dir(self)
}

// judged keeps what a pack said, and shows what it only advises.
func (p *progress) judged(e apitype.PolicyEvent) {
	j := Judgement{Rule: e.PolicyName, Level: e.EnforcementLevel, Message: strings.TrimSpace(plainText(e.Message)),
		Resource: e.ResourceURN[strings.LastIndex(e.ResourceURN, "::")+1:]}
	j.Resource = strings.TrimPrefix(j.Resource, ":")
	p.judgements = append(p.judgements, j)
	if !j.refuses() {
		p.streams.Above("%s\n", j)
	}
}

func (j Judgement) refuses() bool { return j.Level == "mandatory" }

// String is the judgement as a line, and what follows of its message below.
func (j Judgement) String() string {
	subject := ""
	if j.Resource != "" {
		subject = j.Resource + ": "
	}
	return fmt.Sprintf("policy %s (%s): %s%s", j.Rule, j.Level, subject, strings.ReplaceAll(j.Message, "\n", "\n  "))
}

// refusals are the judgements that refuse the run, rule by rule: what a rule holds, what is not so, and what to do.
func (p *progress) refusals() (lines []string, count int) {
	of := map[string][][]string{}
	for _, j := range p.judgements {
		if j.refuses() {
			of[j.Rule] = append(of[j.Rule], strings.Split(j.Message, "\n"))
			count++
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(of)) {
		all := of[rule]
		lines = append(lines, fmt.Sprintf("policy %s: %s", rule, all[0][0]))
		for _, one := range all {
			lines = append(lines, indent(one[1:max(1, len(one)-1)])...)
		}
		if last := all[0]; len(last) > 1 {
			lines = append(lines, indent(last[len(last)-1:])...)
		}
	}
	return lines, count
}

func indent(lines []string) []string {
	out := make([]string, len(lines))
	for n, line := range lines {
		out[n] = "  " + line
	}
	return out
}
