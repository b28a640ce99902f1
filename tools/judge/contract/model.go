// Package contract holds plans against AWS's own API models: what an operation
// requires, which values it takes, what its answer holds. The models are those
// that AWS made the first Go SDK from; they are part of its module.
package contract

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	_ "github.com/aws/aws-sdk-go/aws" // the module whose models are read
)

// Model is the API model of one service.
type Model struct {
	Operations map[string]struct {
		Input, Output ref
		Errors        []ref
	}
	Shapes map[string]*Shape
}

type ref struct{ Shape string }

// Shape is a type of a model.
type Shape struct {
	Type     string
	Required []string
	Members  map[string]Member
	Enum     []string
	Pattern  string
	Min, Max *float64
	// Member is of a list, Key and Value are of a map.
	Member     *Member
	Key, Value *Member
	// Exception and Error are of a shape that tells what went wrong.
	Exception bool
	Error     struct {
		Code           string
		HTTPStatusCode int
	}
}

// Member is a field of a structure, or what a list or map holds.
type Member struct {
	Shape string
	// IdempotencyToken members are filled by the SDK when they are left out.
	IdempotencyToken bool
}

// folders are the services whose models are kept under another name.
var folders = map[string]string{"cloudwatch": "monitoring", "elasticloadbalancing": "elasticloadbalancingv2"}

// Models reads models on demand.
type Models struct {
	dir  string
	read map[string]*Model
}

// Find returns the models of the SDK's module.
func Find() (*Models, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go").Output()
	if err != nil {
		return nil, fmt.Errorf("find the module with the models: %w", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "models", "apis")
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	return &Models{dir: dir, read: map[string]*Model{}}, nil
}

// Service returns the newest model of a service.
func (m *Models) Service(name string) (*Model, error) {
	if known := m.read[name]; known != nil {
		return known, nil
	}
	folder := name
	if other := folders[name]; other != "" {
		folder = other
	}
	versions, err := filepath.Glob(filepath.Join(m.dir, folder, "*", "api-2.json"))
	if err != nil || len(versions) == 0 {
		return nil, fmt.Errorf("there is no model of service %s", name)
	}
	slices.Sort(versions)
	raw, err := os.ReadFile(versions[len(versions)-1])
	if err != nil {
		return nil, err
	}
	var model Model
	if err := json.Unmarshal(raw, &model); err != nil {
		return nil, fmt.Errorf("model of %s: %w", name, err)
	}
	m.read[name] = &model
	return &model, nil
}

// shape returns the shape of the input or the answer of an operation; one that
// takes or tells nothing has an empty structure.
func (m *Model) shape(name string) *Shape {
	if s := m.Shapes[name]; s != nil {
		return s
	}
	return &Shape{Type: "structure"}
}
