package upstream

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"redoubt/tools/judge/protocol"
)

// State is a resource as the provider last saw it.
type State struct {
	Value   cty.Value
	private []byte
}

// Change is what the provider plans for a resource.
type Change struct {
	State
	// Kind is create, none, update or replace.
	Kind string
	// Replaces lists the paths that force a replacement, without indices.
	Replaces []string
}

// The kinds of a Change.
const (
	Create  = "create"
	None    = "none"
	Update  = "update"
	Replace = "replace"
)

// Refusal is an error that the provider itself gave, as opposed to a failed call.
type Refusal struct{ Messages []string }

func (r *Refusal) Error() string { return strings.Join(r.Messages, "; ") }

func diagnosticsError(all []*protocol.Diagnostic) error {
	var messages []string
	for _, d := range all {
		if d.GetSeverity() != protocol.Diagnostic_ERROR {
			continue
		}
		text := d.GetSummary()
		if path := pathString(d.GetAttribute()); path != "" {
			text = path + ": " + text
		}
		if d.GetDetail() != "" && d.GetDetail() != d.GetSummary() {
			text += " (" + strings.Join(strings.Fields(d.GetDetail()), " ") + ")"
		}
		messages = append(messages, text)
	}
	if messages == nil {
		return nil
	}
	return &Refusal{Messages: messages}
}

// pathString writes a path as names joined by dots; indices are left out.
func pathString(path *protocol.AttributePath) string {
	var names []string
	for _, step := range path.GetSteps() {
		if name := step.GetAttributeName(); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

// Validate asks the provider whether it takes the configuration. Its refusal
// is a *Refusal; a value that does not even have the schema's shape, which
// Terraform itself would refuse, is one too.
func (p *Provider) Validate(ctx context.Context, resource string, in map[string]any) error {
	block, ok := p.Block(resource)
	if !ok {
		return fmt.Errorf("upstream has no resource type %q", resource)
	}
	config, err := ToValue(block, in)
	if err != nil {
		return &Refusal{Messages: []string{err.Error()}}
	}
	if err := missing(block, config, ""); err != nil {
		return &Refusal{Messages: []string{err.Error()}}
	}
	packed, err := pack(block, config)
	if err != nil {
		return err
	}
	answer := &protocol.ValidateResourceTypeConfig_Response{}
	request := &protocol.ValidateResourceTypeConfig_Request{TypeName: resource, Config: packed}
	if err := p.call(ctx, "ValidateResourceTypeConfig", request, answer); err != nil {
		return err
	}
	return diagnosticsError(answer.GetDiagnostics())
}

// missing reports what the caller of a provider checks before it asks: that
// required attributes are set and that blocks occur as often as they must.
func missing(block *protocol.Schema_Block, config cty.Value, at string) error {
	var faults []error
	for _, a := range block.GetAttributes() {
		v := config.GetAttr(a.GetName())
		if a.GetRequired() && v.IsNull() {
			faults = append(faults, fmt.Errorf("%s%s: required argument is missing", at, a.GetName()))
		}
		if !a.GetOptional() && !a.GetRequired() && !v.IsNull() {
			faults = append(faults, fmt.Errorf("%s%s: cannot be set", at, a.GetName()))
		}
	}
	for _, nested := range block.GetBlockTypes() {
		faults = append(faults, missingNested(nested, config.GetAttr(nested.GetTypeName()), at+nested.GetTypeName()))
	}
	return errors.Join(faults...)
}

func missingNested(nested *protocol.Schema_NestedBlock, v cty.Value, at string) error {
	if !v.IsKnown() {
		return nil
	}
	var items []cty.Value
	switch {
	case v.IsNull():
	case v.Type().IsObjectType():
		items = []cty.Value{v}
	default:
		items = v.AsValueSlice()
	}
	n := int64(len(items))
	var faults []error
	if n < nested.GetMinItems() {
		faults = append(faults, fmt.Errorf("%s: has %d blocks, want at least %d", at, n, nested.GetMinItems()))
	}
	if most := nested.GetMaxItems(); most > 0 && n > most {
		faults = append(faults, fmt.Errorf("%s: has %d blocks, want at most %d", at, n, most))
	}
	for _, item := range items {
		faults = append(faults, missing(nested.GetBlock(), item, at+"."))
	}
	return errors.Join(faults...)
}

// PlanCreate asks what creating the resource would do.
func (p *Provider) PlanCreate(ctx context.Context, resource string, in map[string]any) (*Change, error) {
	block, ok := p.Block(resource)
	if !ok {
		return nil, fmt.Errorf("upstream has no resource type %q", resource)
	}
	return p.plan(ctx, resource, State{Value: cty.NullVal(BlockType(block))}, in)
}

// PlanUpdate asks what changing the resource from prior to in would do.
func (p *Provider) PlanUpdate(ctx context.Context, resource string, prior State, in map[string]any) (*Change, error) {
	return p.plan(ctx, resource, prior, in)
}

func (p *Provider) plan(ctx context.Context, resource string, prior State, in map[string]any) (*Change, error) {
	block := p.schemas[resource]
	config, err := ToValue(block, in)
	if err != nil {
		return nil, &Refusal{Messages: []string{err.Error()}}
	}
	request := &protocol.PlanResourceChange_Request{TypeName: resource, PriorPrivate: prior.private}
	for _, field := range []struct {
		to    **protocol.DynamicValue
		value cty.Value
	}{
		{&request.PriorState, prior.Value},
		{&request.ProposedNewState, proposed(block, prior.Value, config)},
		{&request.Config, config},
	} {
		if *field.to, err = pack(block, field.value); err != nil {
			return nil, err
		}
	}
	answer := &protocol.PlanResourceChange_Response{}
	if err := p.call(ctx, "PlanResourceChange", request, answer); err != nil {
		return nil, err
	}
	if err := diagnosticsError(answer.GetDiagnostics()); err != nil {
		return nil, err
	}
	return change(block, prior, answer)
}

func change(block *protocol.Schema_Block, prior State, answer *protocol.PlanResourceChange_Response) (*Change, error) {
	planned, err := unpack(block, answer.GetPlannedState())
	if err != nil {
		return nil, err
	}
	out := &Change{State: State{Value: planned, private: answer.GetPlannedPrivate()}, Kind: Update}
	switch {
	case prior.Value.IsNull():
		out.Kind = Create
		return out, nil
	case planned.RawEquals(prior.Value):
		out.Kind = None
		return out, nil
	}
	for _, path := range answer.GetRequiresReplace() {
		if top := path.GetSteps(); len(top) > 0 && differs(prior.Value, planned, top[0].GetAttributeName()) {
			out.Replaces = append(out.Replaces, pathString(path))
			out.Kind = Replace
		}
	}
	return out, nil
}

func differs(prior, planned cty.Value, name string) bool {
	return !prior.GetAttr(name).RawEquals(planned.GetAttr(name))
}

// Applied turns a planned creation into a state: what only AWS knows gets a
// made-up value of the right type.
func Applied(c *Change) State {
	filled, err := cty.Transform(c.Value, func(path cty.Path, v cty.Value) (cty.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		return madeUp(path, v.Type()), nil
	})
	if err != nil {
		panic("fill planned state: " + err.Error()) // the function above returns no error: this is a bug
	}
	return State{Value: filled, private: c.private}
}

func madeUp(path cty.Path, t cty.Type) cty.Value {
	name := ""
	for _, step := range path {
		if attr, ok := step.(cty.GetAttrStep); ok {
			name = attr.Name
		}
	}
	switch {
	case t == cty.String:
		return cty.StringVal(madeUpString(name))
	case t == cty.Number && strings.HasSuffix(name, "_capacity"): // of a table that is paid by the request
		return cty.NumberIntVal(0)
	case t == cty.Number:
		return cty.NumberIntVal(1)
	case t == cty.Bool:
		return cty.False
	case t.IsListType():
		return cty.ListValEmpty(t.ElementType())
	case t.IsSetType():
		return cty.SetValEmpty(t.ElementType())
	case t.IsMapType():
		return cty.MapValEmpty(t.ElementType())
	default:
		return cty.NullVal(t)
	}
}

func madeUpString(name string) string {
	switch {
	case name == "protocol_version": // of a target group; its plan is refused for what is no version
		return "HTTP1"
	case name == "fifo_throughput_scope", name == "stream_view_type": // of a topic that is no FIFO topic, of no stream
		return ""
	case strings.HasSuffix(name, "arn"):
		return "arn:aws:service:eu-west-1:123456789012:made-up"
	case strings.Contains(name, "policy"):
		return "{}"
	case strings.HasSuffix(name, "cidr_block"):
		return "10.99.0.0/24"
	default:
		return "made-up-" + name
	}
}
