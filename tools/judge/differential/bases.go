package differential

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"gopkg.in/yaml.v3"
)

//go:embed testdata/bases.yaml
var rawBases []byte

// Base is a resource with valid inputs, in Pulumi names.
type Base struct {
	Token  string         `yaml:"token" json:"token"`
	Name   string         `yaml:"name" json:"name"`
	Inputs map[string]any `yaml:"inputs" json:"inputs"`
}

// Bases returns the built-in bases.
func Bases() ([]Base, error) {
	var out []Base
	if err := yaml.Unmarshal(rawBases, &out); err != nil {
		return nil, fmt.Errorf("bases.yaml: %w", err)
	}
	return normal(out)
}

// normal makes every number a float64, as a property value holds it.
func normal(in []Base) ([]Base, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	var out []Base
	return out, json.Unmarshal(raw, &out)
}
