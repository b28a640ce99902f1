package adopt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Apply writes the swaps into a state as "pulumi stack export" prints it and
// returns it for "pulumi stack import". What it is not told to change stays. An
// adoption that was applied before changes nothing.
func (a Adoption) Apply(state []byte) ([]byte, error) {
	var doc map[string]any
	in := json.NewDecoder(bytes.NewReader(state))
	in.UseNumber()
	if err := in.Decode(&doc); err != nil {
		return nil, fmt.Errorf("read the state: %w", err)
	}
	deployment, _ := doc["deployment"].(map[string]any)
	list, _ := deployment["resources"].([]any)
	if len(list) == 0 {
		return nil, errors.New("the state holds no resource, want what pulumi stack export prints")
	}
	var errs []error
	for _, s := range a.Swaps {
		errs = append(errs, s.apply(list))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return json.MarshalIndent(doc, "", "    ")
}

func (s Swap) apply(list []any) error {
	var found []map[string]any
	for _, r := range list {
		r, _ := r.(map[string]any)
		urn, _ := r["urn"].(string)
		if r["type"] == s.Type && strings.HasSuffix(urn, "::"+s.Name) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("the state has %d resources %s of type %s, want 1", len(found), s.Name, s.Type)
	}
	found[0]["id"] = s.ID
	for _, side := range []string{"inputs", "outputs"} {
		properties, _ := found[0][side].(map[string]any)
		for name, v := range s.Properties {
			if _, has := properties[name]; has {
				properties[name] = v
			}
		}
	}
	return nil
}
