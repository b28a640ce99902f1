// Package offered judges by what AWS offers in a region: versions of engines and
// types of machines, which upstream takes as any text. cfn-lint carries lists of
// both that are made from AWS's own answers:
// https://github.com/aws-cloudformation/cfn-lint/tree/main/src/cfnlint/data/schemas
package offered

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
)

// ErrAbsent means that there is no cfn-lint.
var ErrAbsent = errors.New("cfn-lint, which comes with moto_server, is not on PATH")

// question is what cfn-lint is asked of a resource type: the same as a
// CloudFormation type with some properties, of whose faults some rules count.
type question struct {
	cloudFormation string
	// properties are CloudFormation's names by Pulumi's.
	properties map[string]string
	rules      []string
}

// machine asks whether a region has a type of EC2 machine.
var machine = question{"AWS::EC2::Instance", map[string]string{"instanceType": "InstanceType"}, []string{"E3628"}}

// database asks whether Aurora has a version, and still takes it for a new cluster.
var database = question{"AWS::RDS::DBCluster", map[string]string{"engine": "Engine", "engineVersion": "EngineVersion"},
	[]string{"E3690", "W3690"}}

// questions are what is asked, by Pulumi token.
var questions = map[string]question{
	"aws:rds/cluster:Cluster":             database,
	"aws:rds/globalCluster:GlobalCluster": database,
	"aws:rds/clusterInstance:ClusterInstance": {"AWS::RDS::DBInstance",
		map[string]string{"engine": "Engine", "instanceClass": "DBInstanceClass"}, []string{"E3025"}},
	"aws:elasticache/replicationGroup:ReplicationGroup": {"AWS::ElastiCache::CacheCluster",
		map[string]string{"engine": "Engine", "engineVersion": "EngineVersion", "nodeType": "CacheNodeType"},
		[]string{"E3647", "E3695"}},
	"aws:ec2/capacityReservation:CapacityReservation": machine,
	"aws:ec2/launchTemplate:LaunchTemplate":           machine,
	"aws:eks/nodeGroup:NodeGroup": {machine.cloudFormation,
		map[string]string{"instanceTypes": "InstanceType"}, machine.rules},
}

// Judge asks cfn-lint and asks nothing twice.
type Judge struct {
	path string

	mu sync.Mutex
	// known are the faults by region, type and properties.
	known map[string][]string
}

// Resource is what is asked about: a Pulumi token and plain inputs.
type Resource struct {
	Token  string
	Inputs map[string]any
}

// Find returns the judge, or ErrAbsent.
func Find() (*Judge, error) {
	path, err := exec.LookPath("cfn-lint")
	if err != nil {
		return nil, ErrAbsent
	}
	return &Judge{path: path, known: map[string][]string{}}, nil
}

// Asked says how many different questions there were.
func (j *Judge) Asked() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.known)
}

// Check tells what each resource asks for that its region does not have.
func (j *Judge) Check(ctx context.Context, region string, all ...Resource) ([][]string, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	keys, unknown := make([]string, len(all)), map[string]any{}
	for n, r := range all {
		properties := r.asked()
		if len(properties) == 0 {
			continue
		}
		keys[n] = fmt.Sprint(region, " ", r.Token, " ", properties)
		if _, ok := j.known[keys[n]]; !ok {
			unknown[fmt.Sprintf("R%d", n)] = map[string]any{
				"Type": questions[r.Token].cloudFormation, "Properties": properties}
		}
	}
	if len(unknown) > 0 {
		found, err := j.ask(ctx, region, unknown)
		if err != nil {
			return nil, err
		}
		for name := range unknown {
			var n int
			_, _ = fmt.Sscanf(name, "R%d", &n) // made above
			j.known[keys[n]] = found[name].of(questions[all[n].Token].rules, region)
		}
	}
	out := make([][]string, len(all))
	for n, key := range keys {
		out[n] = j.known[key]
	}
	return out, nil
}

// asked are the properties that the question is about, as far as they are given.
func (r Resource) asked() map[string]any {
	out := map[string]any{}
	for ours, theirs := range questions[r.Token].properties {
		if v, ok := first(r.Inputs[ours]).(string); ok && v != "" {
			out[theirs] = v
		}
	}
	return out
}

// first is the first of a list, or the value itself.
func first(v any) any {
	if list, ok := v.([]any); ok && len(list) > 0 {
		return list[0]
	}
	return v
}

// fault is one line of cfn-lint's answer.
type fault struct {
	Message  string
	Rule     struct{ ID string }
	Location struct{ Path []any }
}

type faults []fault

// ask has cfn-lint judge resources and returns its faults by their names.
func (j *Judge) ask(ctx context.Context, region string, resources map[string]any) (map[string]faults, error) {
	template, err := json.Marshal(map[string]any{"Resources": resources})
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, j.path, "--regions", region, "--format", "json")
	cmd.Stdin = bytes.NewReader(template)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	text, err := cmd.Output() // its exit code says that there is a fault
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("run cfn-lint: %w", err)
	}
	var all faults
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read what cfn-lint says: %w: %s%s", err, text, complaint.String())
	}
	out := map[string]faults{}
	for _, f := range all {
		name := ""
		if len(f.Location.Path) > 1 {
			name, _ = f.Location.Path[1].(string)
		}
		if _, ours := resources[name]; !ours {
			return nil, fmt.Errorf("cfn-lint refuses the question: %s %s", f.Rule.ID, f.Message)
		}
		out[name] = append(out[name], f)
	}
	return out, nil
}

// of are the faults by some rules, in words.
func (all faults) of(rules []string, region string) []string {
	out := []string{}
	for _, f := range all {
		if slices.Contains(rules, f.Rule.ID) {
			said, _, _ := strings.Cut(f.Message, " [")
			out = append(out, fmt.Sprintf("%s (cfn-lint, %s)",
				strings.Replace(said, "is not one of", "is not one that AWS has in "+region, 1), f.Rule.ID))
		}
	}
	return out
}
