package engine

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"google.golang.org/protobuf/types/known/structpb"
)

// exported is a state as "pulumi stack export" prints it, as far as it is needed here.
type exported struct {
	Version    int `json:"version"`
	Deployment struct {
		Resources []exportedResource `json:"resources"`
	} `json:"deployment"`
}

type exportedResource struct {
	URN     resource.URN     `json:"urn"`
	Type    string           `json:"type"`
	ID      string           `json:"id"`
	Custom  bool             `json:"custom"`
	Inputs  *structpb.Struct `json:"inputs"`
	Outputs *structpb.Struct `json:"outputs"`
}

// Export prints the state of the stack's custom resources.
func (s *Stack) Export() ([]byte, error) {
	doc := exported{Version: 3}
	for _, r := range s.Resources() {
		in, err := write(r.Inputs)
		if err != nil {
			return nil, err
		}
		out, err := write(r.Outputs)
		if err != nil {
			return nil, err
		}
		doc.Deployment.Resources = append(doc.Deployment.Resources,
			exportedResource{URN: r.URN, Type: r.Type(), ID: r.ID, Custom: true, Inputs: in, Outputs: out})
	}
	return json.Marshal(doc)
}

// Import takes ids, inputs and outputs from a state that Export printed.
func (s *Stack) Import(text []byte) error {
	var doc exported
	if err := json.Unmarshal(text, &doc); err != nil {
		return err
	}
	for _, r := range doc.Deployment.Resources {
		c := *s.resources[r.URN]
		var err error
		c.ID = r.ID
		if c.Inputs, err = read(r.Inputs); err != nil {
			return err
		}
		if c.Outputs, err = read(r.Outputs); err != nil {
			return err
		}
		s.resources[r.URN] = &c
	}
	return nil
}
