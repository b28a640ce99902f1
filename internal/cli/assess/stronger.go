package assess

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"redoubt/assess"
	"redoubt/internal/cli/project"
	"redoubt/system"
)

// stronger are the homes of the same system with one tier on a warm standby that keeps less ready now, and with routing
// controls where a metric moves traffic. Each is brought up by the program: such a change is more than a number.
func (o *Options) stronger(ctx context.Context, p *project.Project) ([]assess.Variant, error) {
	var out []assess.Variant
	if p.Switch != "arc" {
		o.Streams.Redraw("bringing both homes up with routing controls")
		base, err := raise(ctx, p, "", map[string]string{"redoubt:switch": "arc"})
		if err != nil {
			return nil, fmt.Errorf("what if the switch were routing controls: %w", err)
		}
		out = append(out, assess.Variant{Base: base, Change: "redoubt:switch: arc (routing controls, paid by the hour) instead of metric"})
	}
	for _, t := range p.System.Tiers {
		if t.Strategy == system.ActiveActive || t.Strategy == system.WarmStandby {
			continue
		}
		base, err := o.with(ctx, p, t.Name, system.WarmStandby)
		if err != nil {
			return nil, fmt.Errorf("what if tier %s had a %s: %w", t.Name, system.WarmStandby, err)
		}
		out = append(out, assess.Variant{Base: base,
			Change: fmt.Sprintf("tier %s: %s instead of %s", t.Name, system.WarmStandby, t.Strategy)})
	}
	return out, nil
}

// with brings up the homes of the project's system with another strategy for a tier.
func (o *Options) with(ctx context.Context, p *project.Project, tier string, s system.Strategy) (assess.Base, error) {
	text, err := os.ReadFile(p.File)
	if err != nil {
		return assess.Base{}, err
	}
	if text, err = restrategized(text, tier, s); err != nil {
		return assess.Base{}, err
	}
	dir, err := os.MkdirTemp("", "redoubt-assess-")
	if err != nil {
		return assess.Base{}, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of its own
	file := filepath.Join(dir, "system.yaml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return assess.Base{}, err
	}
	return o.raise(ctx, p, file)
}

// restrategized is a system's file in which one tier has another strategy.
func restrategized(text []byte, tier string, s system.Strategy) ([]byte, error) {
	var doc map[string]any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	tiers, _ := doc["tiers"].([]any)
	for _, one := range tiers {
		if t, is := one.(map[string]any); is && t["name"] == tier {
			t["strategy"] = string(s)
			return yaml.Marshal(doc)
		}
	}
	return nil, fmt.Errorf("the file has no tier %s", tier)
}
