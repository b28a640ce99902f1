package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"redoubt/recovery/plan"
)

// ErrByHand tells that a call is made of many and no one command of AWS or kubectl makes it.
var ErrByHand = errors.New("no one command of AWS or kubectl makes this call: redoubt step does")

// PlanFile is the file in which a runbook expects its plan, where nobody names another.
const PlanFile = "plan.json"

// StepCommand is the command that carries out one step of the plan in a file, or of a run; of neither, of the last run.
func StepCommand(step, of string, onAWS bool) string {
	args := []string{"redoubt", "step", step}
	if of != "" {
		args = append(args, of)
	}
	if onAWS {
		args = append(args, "--on", "aws")
	}
	return quoted(args)
}

// Command is the call as a command of the AWS command line, in the region of
// its home, or of kubectl, safe to paste into a shell. An expectation picks what is
// printed. What is known only then is asked for in lines of their own before.
func Command(p plan.Plan, call plan.Call, e *plan.Expect) (string, error) {
	var lines []string
	for _, l := range call.Late {
		ask, err := Command(p, l.Call, &plan.Expect{Path: l.Path})
		if err != nil {
			return "", err
		}
		lines = append(lines, variable(l)+"=$("+ask+")")
	}
	line, err := command(p, call, e)
	for _, l := range call.Late { // the input stands in single quotes
		line = strings.ReplaceAll(line, l.Name, `'"$`+variable(l)+`"'`)
	}
	return strings.Join(append(lines, line), "\n"), err
}

// variable is the shell's name of a late value.
func variable(l plan.Late) string { return strings.ReplaceAll(l.Name, "-", "_") }

func command(p plan.Plan, call plan.Call, e *plan.Expect) (string, error) {
	switch call.Kind {
	case plan.Kubernetes:
		return kubectl(call, e)
	case plan.Probe, plan.Ledger, plan.Versions:
		return "", ErrByHand
	}
	args := append([]string{"aws", service(call.Service), kebab(call.Operation)}, at(p, call)...)
	if len(call.Input) > 0 {
		input, err := compact(call.Input)
		if err != nil {
			return "", fmt.Errorf("command for %s: %w", call, err)
		}
		args = append(args, "--cli-input-json", input)
	}
	if e != nil {
		args = append(args, "--query", e.JMESPath(), "--output", "text")
	}
	return quoted(args), nil
}

// at says where a call is made: in the region of its home, or at an endpoint of the routing controls that is
// not in the region that is lost. The others are as good when it does not answer.
// https://docs.aws.amazon.com/cli/latest/reference/route53-recovery-cluster/
func at(p plan.Plan, call plan.Call) []string {
	if call.Service == "route53-recovery-cluster" {
		for _, region := range slices.Sorted(maps.Keys(p.Endpoints)) {
			if p.Lost == "" || region != p.Regions[p.Lost] {
				return []string{"--region", region, "--endpoint-url", p.Endpoints[region]}
			}
		}
	}
	return []string{"--region", p.Regions[call.Home]}
}

func compact(v any) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSpace(out.String()), err
}

func quoted(args []string) string {
	for i, arg := range args {
		args[i] = quote(arg)
	}
	return strings.Join(args, " ")
}

// commands lists the services that the command line calls by another name
// than the API: https://docs.aws.amazon.com/cli/latest/reference/
var commands = map[string]string{
	"s3": "s3api", "elasticloadbalancingv2": "elbv2", "eventbridge": "events", "sfn": "stepfunctions",
}

func service(name string) string {
	if c, ok := commands[name]; ok {
		return c
	}
	return name
}

var (
	plural   = regexp.MustCompile(`[A-Z]{2,}s$`)
	firstCap = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	endCap   = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	plain    = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+-]+$`)
)

// kebab turns an operation such as DescribeDBClusters into the command's word,
// by the rule of the command line itself: capitals in a row are one word, and so is their plural.
func kebab(operation string) string {
	if end := plural.FindString(operation); end != "" && end != operation {
		operation = strings.TrimSuffix(operation, end) + "-" + strings.ToLower(end)
	}
	operation = firstCap.ReplaceAllString(operation, "$1-$2")
	operation = endCap.ReplaceAllString(operation, "$1-$2")
	return strings.ToLower(operation)
}

// quote makes one word of a shell out of any text.
func quote(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
