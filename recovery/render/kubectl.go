package render

import (
	"fmt"
	"strings"

	"redoubt/recovery/plan"
)

// kubectl is a request to a cluster as a command of kubectl, which says who asks
// by the person's own configuration:
// https://kubernetes.io/docs/reference/kubectl/generated/kubectl_patch/
func kubectl(call plan.Call, e *plan.Expect) (string, error) {
	text := func(name string) string { v, _ := call.Input[name].(string); return v }
	args := []string{"kubectl", "--server", text("Server"), "--namespace", text("Namespace"),
		strings.ToLower(call.Operation), resource(text("ApiVersion"), text("Kind")), text("Name")}
	if sub := text("Subresource"); sub != "" {
		args = append(args, "--subresource", sub)
	}
	if call.Operation == "Patch" {
		patch, err := compact(call.Input["Patch"])
		if err != nil {
			return "", fmt.Errorf("command for %s: %w", call, err)
		}
		args = append(args, "--type", "merge", "--patch", patch)
	}
	if e != nil {
		args = append(args, "--output", "jsonpath="+e.Path.JSONPath())
	}
	return quoted(args), nil
}

// resource names a kind without doubt: deployment.v1.apps; the core group has no name.
func resource(version, kind string) string {
	group, v, named := strings.Cut(version, "/")
	if !named {
		return strings.ToLower(kind)
	}
	return strings.ToLower(kind) + "." + v + "." + group
}
