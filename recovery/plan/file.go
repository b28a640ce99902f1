package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Version is the version of the plan's file that this code writes.
const Version = 1

// ObjectKey is the key of a run's plan in the control bucket of the home that receives the work.
func ObjectKey(run string) string { return "runs/" + run + "/plan.json" }

// LastKey is the key that names the run which began last in a home.
const LastKey = "runs/last"

// file is the envelope of a plan on disk.
type file struct {
	Version int    `json:"version"`
	Hash    string `json:"hash"`
	Plan    Plan   `json:"plan"`
}

// Hash is the SHA-256 of the plan in hexadecimal. Equal plans have equal
// hashes, on any machine and after any number of writes and reads.
func (p Plan) Hash() (string, error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("hash plan %q: %w", p.Title, err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// Encode writes the plan with its version and hash.
func Encode(p Plan) ([]byte, error) {
	p, err := New(p)
	if err != nil {
		return nil, err
	}
	hash, err := p.Hash()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(file{Version, hash, p}); err != nil {
		return nil, fmt.Errorf("encode plan %q: %w", p.Title, err)
	}
	return out.Bytes(), nil
}

// Decode reads a plan's file. It refuses another version, a field that it does
// not know, a plan that is not sound, and one whose content is not that of its
// hash: a plan is made again, never edited.
func Decode(raw []byte) (Plan, error) {
	var head struct{ Version int }
	if err := json.Unmarshal(raw, &head); err != nil {
		return Plan{}, fmt.Errorf("decode plan: %w", err)
	}
	if head.Version != Version {
		return Plan{}, fmt.Errorf("decode plan: version is %d, this program reads %d; make the plan again",
			head.Version, Version)
	}
	var f file
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return Plan{}, fmt.Errorf("decode plan: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Plan{}, errors.New("decode plan: more follows after the plan")
	}
	hash, err := f.Plan.Hash()
	if err != nil {
		return Plan{}, err
	}
	if hash != f.Hash {
		return Plan{}, fmt.Errorf("decode plan %q: hash is %s, want %s; make the plan again", f.Plan.Title, hash, f.Hash)
	}
	return New(f.Plan)
}
