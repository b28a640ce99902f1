package survey

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"

	"redoubt/sim/schema"
)

// Encode writes the types sorted by token, one to a line.
func Encode(types map[string]*schema.Type) ([]byte, error) {
	tokens := make([]string, 0, len(types))
	for token := range types {
		tokens = append(tokens, token)
	}
	sort.Strings(tokens)
	var out bytes.Buffer
	out.WriteString("{\n")
	for i, token := range tokens {
		line, err := json.Marshal(types[token])
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", token, err)
		}
		comma := ","
		if i == len(tokens)-1 {
			comma = ""
		}
		fmt.Fprintf(&out, "%q: %s%s\n", token, line, comma)
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}
