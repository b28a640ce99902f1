// Package evidence puts what a drill or a run leaves into one signed archive that an auditor can check without this
// program's word: a tar file with a manifest of every member's hash, a signature over the manifest, and the members.
// The same members, time and Ed25519 key give the same bytes.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Version is that of the format that this code writes and reads.
const Version = 1

// The two members that stand before all others.
const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
)

// Member is one file of the archive.
type Member struct {
	// Name is its path in the archive, such as drills/region-loss/plan.json.
	Name string
	Body []byte
}

// Manifest says what the archive holds.
type Manifest struct {
	Version int `json:"version"`
	// System is whose evidence it is, By who made it, Made when; UTC, whole seconds.
	System string    `json:"system"`
	By     string    `json:"by"`
	Made   time.Time `json:"made"`
	// Kinds are those of the figures in it: simulated, measured locally, measured.
	Kinds   []string `json:"kinds"`
	Members []Entry  `json:"members"`
}

// Entry is a member as the manifest knows it.
type Entry struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"`
	// SHA256 is in hexadecimal, as sha256sum prints it.
	SHA256 string `json:"sha256"`
}

// entryOf describes a member.
func entryOf(m Member) Entry {
	sum := sha256.Sum256(m.Body)
	return Entry{m.Name, len(m.Body), hex.EncodeToString(sum[:])}
}

// checkName says what is wrong with a member's name, which must stay below the folder that it is unpacked in.
func checkName(name string) error {
	if name == "" || path.Clean(name) != name || path.IsAbs(name) || strings.HasPrefix(name, "..") || strings.Contains(name, `\`) ||
		name == manifestName || name == signatureName {
		return fmt.Errorf("member %q: want a clean relative path", name)
	}
	return nil
}

// describe completes a manifest with its members, and sorts both.
func describe(m Manifest, members []Member) (Manifest, []Member, error) {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
	m.Version, m.Made = Version, m.Made.UTC().Truncate(time.Second)
	var errs []error
	for n, one := range members {
		errs = append(errs, checkName(one.Name))
		if n > 0 && members[n-1].Name == one.Name {
			errs = append(errs, fmt.Errorf("member %q stands twice", one.Name))
		}
		m.Members = append(m.Members, entryOf(one))
	}
	if len(members) == 0 {
		errs = append(errs, errors.New("there is nothing to bundle"))
	}
	return m, members, errors.Join(errs...)
}

func (m Manifest) encode() ([]byte, error) { return indented(m) }

func indented(v any) ([]byte, error) {
	raw, err := json.MarshalIndent(v, "", "  ")
	return append(raw, '\n'), err
}

// strict decodes what has no other fields than those that are known.
func strict(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}
