package inventory

import (
	"encoding/json"
	"errors"
	"fmt"

	"redoubt/system"
)

// PointerMax is the most that a standard SSM parameter holds, in bytes:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
// An inventory outgrows it at a few agents, so the parameter holds a Pointer.
const PointerMax = 4096

// Pointer says where a home keeps an inventory and how its bytes are recognised.
type Pointer struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	// SHA256 is of the object's bytes, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Version is the version of the document's format.
	Version int `json:"version"`
}

// ObjectKey is the key under which a home's bucket holds the inventory of home.
func ObjectKey(home system.Home) string { return "inventory/" + string(home) + ".json" }

// PointTo returns the pointer to a document that is stored in bucket at key.
// Bytes that are no inventory are refused.
func PointTo(bucket, key string, document []byte) (Pointer, error) {
	inv, err := Decode(document)
	if err != nil {
		return Pointer{}, err
	}
	return Pointer{Bucket: bucket, Key: key, SHA256: sum(document), Version: inv.Version}, nil
}

// Encode writes the pointer as JSON, at most PointerMax bytes long.
func (p Pointer) Encode() ([]byte, error) {
	raw, err := json.Marshal(p)
	if err == nil && len(raw) > PointerMax {
		err = fmt.Errorf("is %d bytes long, want at most %d", len(raw), PointerMax)
	}
	if err != nil {
		return nil, fmt.Errorf("encode inventory pointer: %w", err)
	}
	return raw, nil
}

// DecodePointer reads what Encode wrote.
func DecodePointer(raw []byte) (Pointer, error) {
	var p Pointer
	if err := json.Unmarshal(raw, &p); err != nil {
		return Pointer{}, fmt.Errorf("decode inventory pointer: %w", err)
	}
	if p.Bucket == "" || p.Key == "" || p.SHA256 == "" {
		return Pointer{}, errors.New("decode inventory pointer: bucket, key or sha256 is missing")
	}
	return p, nil
}

// Open decodes the object that the pointer points to and refuses bytes that
// are not the ones it was written for.
func (p Pointer) Open(document []byte) (Inventory, error) {
	if got := sum(document); got != p.SHA256 {
		return Inventory{}, fmt.Errorf("inventory %s/%s: sha256 is %s, want %s", p.Bucket, p.Key, got, p.SHA256)
	}
	return Decode(document)
}

// SystemKey is the key of the text of system.yaml that home was last updated from, in a home's configuration bucket
// (Home.Configuration).
func SystemKey(home system.Home) string { return "stacks/" + string(home) + "/system.yaml" }
