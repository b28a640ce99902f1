package inventory

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"redoubt/system"
)

// Encode writes the canonical form: keys sorted, what is empty left out, one
// line feed at the end. Equal inventories have equal bytes. An inventory that
// Decode would refuse is refused.
func Encode(inv Inventory) ([]byte, error) {
	if err := inv.check(); err != nil {
		return nil, fmt.Errorf("encode inventory: %w", err)
	}
	raw, err := json.Marshal(inv)
	if err != nil {
		return nil, fmt.Errorf("encode inventory: %w", err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("encode inventory: %w", err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(prune(doc)); err != nil {
		return nil, fmt.Errorf("encode inventory: %w", err)
	}
	return out.Bytes(), nil
}

// Decode reads a document. It refuses a version that this program does not
// know, a field that it does not know, and a document in which something
// every home has is missing; all that is missing is named at once.
func Decode(raw []byte) (Inventory, error) {
	var head struct{ Version *int }
	if err := json.Unmarshal(raw, &head); err != nil {
		return Inventory{}, fmt.Errorf("decode inventory: %w", err)
	}
	switch {
	case head.Version == nil:
		return Inventory{}, errors.New("decode inventory: version is missing")
	case *head.Version > Version:
		return Inventory{}, fmt.Errorf("decode inventory: version is %d, this program reads up to %d; use a newer one",
			*head.Version, Version)
	case *head.Version < 1:
		return Inventory{}, fmt.Errorf("decode inventory: version is %d, want 1 to %d", *head.Version, Version)
	}
	var inv Inventory
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&inv); err != nil {
		return Inventory{}, fmt.Errorf("decode inventory: version %d: %w", *head.Version, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Inventory{}, errors.New("decode inventory: more follows after the document")
	}
	inv.Version = Version // what an older one did not know is empty
	if err := inv.check(); err != nil {
		return Inventory{}, fmt.Errorf("decode inventory: %w", err)
	}
	return inv, nil
}

// Hash is the SHA-256 of the canonical form, in hexadecimal.
func Hash(inv Inventory) (string, error) {
	raw, err := Encode(inv)
	if err != nil {
		return "", err
	}
	return sum(raw), nil
}

func sum(raw []byte) string {
	s := sha256.Sum256(raw)
	return hex.EncodeToString(s[:])
}

// check names everything that is missing or wrong.
func (i Inventory) check() error {
	var errs []error
	if i.Version != Version {
		errs = append(errs, fmt.Errorf("version is %d, want %d", i.Version, Version))
	}
	if i.System == "" {
		errs = append(errs, errors.New("system is missing"))
	}
	switch own, has := i.Homes[i.Home]; {
	case !i.Home.Valid():
		errs = append(errs, fmt.Errorf("home is %q, want %s or %s", i.Home, system.Primary, system.Secondary))
	case !has || Blank(own):
		errs = append(errs, fmt.Errorf("homes.%s is missing: the document is its own", i.Home))
	}
	for _, name := range slices.Sorted(maps.Keys(i.Homes)) {
		home := i.Homes[name]
		if !name.Valid() {
			errs = append(errs, fmt.Errorf("homes.%s is unknown, want %s or %s", name, system.Primary, system.Secondary))
		} else if !Blank(home) {
			errs = append(errs, home.check("homes."+string(name))...)
		}
	}
	return errors.Join(errs...)
}

func (h Home) check(at string) []error {
	var errs []error
	missing := func(path string, is bool) {
		if is {
			errs = append(errs, fmt.Errorf("%s.%s is missing", at, path))
		}
	}
	missing("region", h.Region == "")
	missing("account", h.Account == "")
	missing("zones", len(h.Zones) == 0)
	for _, name := range slices.Sorted(maps.Keys(h.Stores)) {
		missing("stores."+name+".kind", h.Stores[name].Kind == "")
		missing("stores."+name+".name", h.Stores[name].Name == "")
	}
	return errs
}

// prune leaves out nulls, empty lists and empty maps, so that nil and empty look
// the same. No store or agent vanishes by it: each of them has fields that are written even when empty.
func prune(v any) any {
	doc, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := make(map[string]any, len(doc))
	for key, val := range doc {
		if val = prune(val); !empty(val) {
			out[key] = val
		}
	}
	return out
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	default:
		return false
	}
}
