package analyzer

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/internal/wire"
	"redoubt/policies/rule"
)

// travel is how properties travel between the engine and an analyzer.
var travel = plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true, KeepOutputValues: true}

func read(s *structpb.Struct) (resource.PropertyMap, error) { return wire.Read(s, travel) }

// Plain are inputs as rules read them: an output stands as its value, a secret
// as its content, and what is not known yet as rule.Unknown.
func Plain(m resource.PropertyMap) map[string]any {
	var p plainer
	return p.object(m)
}

// plainer makes values plain and remembers the texts that are secret.
type plainer struct {
	secrets []string
	secret  bool
}

func (p *plainer) object(m resource.PropertyMap) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[string(k)] = p.value(v)
	}
	return out
}

func (p *plainer) value(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return p.secretly(v.SecretValue().Element)
	case v.IsOutput():
		o := v.OutputValue()
		switch {
		case !o.Known:
			return rule.Unknown
		case o.Secret:
			return p.secretly(o.Element)
		}
		return p.value(o.Element)
	case v.IsComputed():
		return rule.Unknown
	case v.IsArray():
		out := make([]any, len(v.ArrayValue()))
		for n, e := range v.ArrayValue() {
			out[n] = p.value(e)
		}
		return out
	case v.IsObject():
		return p.object(v.ObjectValue())
	case v.IsResourceReference():
		id, known := v.ResourceReferenceValue().IDString()
		if !known {
			return rule.Unknown
		}
		return id
	case v.IsAsset(), v.IsArchive():
		return "(a file)"
	case v.IsString():
		if s := v.StringValue(); p.secret && len(s) > 3 {
			p.secrets = append(p.secrets, s)
		}
		return v.StringValue()
	}
	return v.V
}

func (p *plainer) secretly(v resource.PropertyValue) any {
	was := p.secret
	p.secret = true
	defer func() { p.secret = was }()
	return p.value(v)
}

// change lays the changes of a remediation over inputs, by path, and leaves
// everything else as it came: secrets, outputs, unknowns.
func change(in resource.PropertyMap, changes map[string]any) (resource.PropertyMap, error) {
	out := resource.NewObjectProperty(in.Copy())
	for path, v := range changes {
		at, err := resource.ParsePropertyPathStrict(path)
		if err != nil {
			return nil, err
		}
		var ok bool
		if out, ok = at.Add(out, resource.NewPropertyValue(v)); !ok {
			return nil, fmt.Errorf("%s does not fit the inputs", path)
		}
	}
	return out.ObjectValue(), nil
}
