package flags

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"redoubt/system"
)

// The attributes of an agent's flag. The level is the one that a person, an
// alarm or a plan changes; what each level gives up stands beside it, so that no change
// of a level can forget a part of it.
const (
	levelAttribute = "level"
	offSuffix      = "-off"
	fallbackSuffix = "-fallback"
)

// Of is the document for every agent of the system that declares degradation
// levels: one flag an agent, by its name. An agent that at does not name works at full. Levels that an agent
// does not declare are refused.
func Of(sys *system.System, at map[string]system.Level) (Document, error) {
	d := Document{Version: Version, Flags: map[string]Definition{}, Values: Values{}}
	var faults []error
	for _, agent := range sys.Agents {
		if len(agent.Degradation) == 0 {
			continue
		}
		d.Flags[agent.Name], d.Values[agent.Name] = flagOf(agent)
		if level, told := at[agent.Name]; told {
			d.Values[agent.Name].Attributes[levelAttribute] = string(level)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(at)) {
		if _, told := d.Flags[name]; !told {
			faults = append(faults, fmt.Errorf("agent %q declares no degradation, and cannot work at %s", name, at[name]))
		}
	}
	return d, errors.Join(append(faults, d.Validate())...)
}

// At is the document that tells one agent alone to work at a level, as canonical JSON.
func At(agent system.Agent, level system.Level) ([]byte, error) {
	alone := &system.System{Agents: []system.Agent{agent}}
	d, err := Of(alone, map[string]system.Level{agent.Name: level})
	if err != nil {
		return nil, err
	}
	return d.Encode()
}

// LevelsOf are the levels that an agent can be told to work at, the one that gives most first. Full is always one of
// them.
func LevelsOf(agent system.Agent) []system.Level {
	declares := func(l system.Level) bool {
		return l == system.Full || slices.ContainsFunc(agent.Degradation, func(d system.Degradation) bool { return d.Level == l })
	}
	var out []system.Level
	for _, level := range system.Levels {
		if declares(level) {
			out = append(out, level)
		}
	}
	return out
}

// flagOf is one agent's flag and its value at full.
func flagOf(agent system.Agent) (Definition, Value) {
	levels := []string{string(system.Full)}
	flag := Definition{Name: agent.Name, Description: "how much of " + agent.Name + " works",
		Attributes: map[string]Attribute{}}
	value := Value{Enabled: true, Attributes: map[string]any{levelAttribute: string(system.Full)}}
	for _, degradation := range agent.Degradation {
		if degradation.Level == system.Full {
			continue
		}
		level := string(degradation.Level)
		levels = append(levels, level)
		if len(degradation.Off) > 0 {
			flag.Attributes[level+offSuffix] = Attribute{Description: "what is switched off at " + level,
				Constraints: Constraints{Type: "array", Elements: &Constraints{Type: "string"}}}
			value.Attributes[level+offSuffix] = anys(degradation.Off)
		}
		if degradation.Fallback != "" {
			flag.Attributes[level+fallbackSuffix] = Attribute{Description: "what answers instead at " + level,
				Constraints: Constraints{Type: "string"}}
			value.Attributes[level+fallbackSuffix] = degradation.Fallback
		}
	}
	flag.Attributes[levelAttribute] = Attribute{Description: "the level that it works at",
		Constraints: Constraints{Type: "string", Required: true, Enum: levels}}
	return flag, value
}

// Degradation is what an agent's flag says: the level, and what is given up
// there. A flag that is not enabled degrades nothing.
func (v Value) Degradation() (system.Degradation, error) {
	full := system.Degradation{Level: system.Full}
	if !v.Enabled {
		return full, nil
	}
	word, _ := v.Attributes[levelAttribute].(string)
	level := system.Level(word)
	if !slices.Contains(system.Levels, level) {
		return full, fmt.Errorf("level is %v, want one of %q", v.Attributes[levelAttribute], system.Levels)
	}
	d := system.Degradation{Level: level}
	d.Fallback, _ = v.Attributes[word+fallbackSuffix].(string)
	list, _ := v.Attributes[word+offSuffix].([]any)
	for n, feature := range list {
		name, is := feature.(string)
		if !is {
			return full, fmt.Errorf("%s%s[%d] is %v, want the name of a feature", word, offSuffix, n, feature)
		}
		d.Off = append(d.Off, name)
	}
	return d, nil
}

func anys(words []string) []any {
	out := make([]any, len(words))
	for n, w := range words {
		out[n] = w
	}
	return out
}
