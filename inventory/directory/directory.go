// Package directory is what the agents of one home look up: where each store
// is and which secrets open what. It is one JSON document in one SSM parameter of
// the home. It is computed from the inventory alone, so that a plan which changes the
// inventory writes the very text that the next update would write.
package directory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"redoubt/inventory"
	"redoubt/system"
)

// Version is the version of the document's format. A new field does not raise
// it, because readers pass over what they do not know; a changed meaning does.
const Version = 1

// Tier is the parameter's tier. It is the larger one from the start: AWS makes
// an advanced parameter no standard one again
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html),
// so a document that shrinks must not ask for that. A plan that writes it names it too.
const Tier = "Advanced"

// Max is the most that the tier holds, in bytes; the same page.
const Max = 8192

// Document is what the agents of one home look up.
type Document struct {
	Version int         `json:"version"`
	System  string      `json:"system"`
	Home    system.Home `json:"home"`
	Region  string      `json:"region"`
	// LockTable holds the home's locks and leases.
	LockTable string           `json:"lockTable,omitempty"`
	Stores    map[string]Store `json:"stores,omitempty"`
	// Secrets maps each dependency to the secret that opens it.
	Secrets map[string]string `json:"secrets,omitempty"`
}

// Store is where a store is. Which fields are set depends on its kind.
type Store struct {
	Kind       system.StoreKind `json:"kind"`
	Generation int              `json:"generation"`
	// Name is the table's or the bucket's.
	Name string `json:"name,omitempty"`
	// Host is where to write and ReaderHost where to read, a DNS name each.
	Host       string `json:"host,omitempty"`
	ReaderHost string `json:"readerHost,omitempty"`
	// TLSNames are AWS's names of what may answer at Host, ReaderTLSNames at
	// ReaderHost: the certificate must be of one of them.
	TLSNames       []string `json:"tlsNames,omitempty"`
	ReaderTLSNames []string `json:"readerTlsNames,omitempty"`
	// SecretArn is the secret with the home's credentials.
	SecretArn string `json:"secretArn,omitempty"`
	// URL is a queue's, DeadLetterURL its dead-letter queue's, and LedgerTable
	// holds its accepted work.
	URL           string `json:"url,omitempty"`
	DeadLetterURL string `json:"deadLetterUrl,omitempty"`
	LedgerTable   string `json:"ledgerTable,omitempty"`
}

// Parameter names the SSM parameter, the same in both homes: each region has
// its own.
func Parameter(name string) string { return "/" + name + "/discovery" }

// Domain is the private zone of both homes. Nobody else uses the name: it is
// kept for private networks (https://www.icann.org/en/board-activities-and-meetings/materials/approved-resolutions-special-meeting-of-the-icann-board-29-07-2024-en).
func Domain(name string) string { return name + ".internal" }

// Host is the name that follows the switch to the home which writes the store.
func Host(name, store string, kind system.StoreKind) string {
	return store + "." + string(kind) + "." + Domain(name)
}

// ReaderHost is the name that means the asking home's own readers.
func ReaderHost(name, store string, kind system.StoreKind) string {
	return "reader." + Host(name, store, kind)
}

// Moves reports whether a store of the kind has names that follow the switch.
func Moves(kind system.StoreKind) bool { return kind == system.Postgres || kind == system.Cache }

// Of is the directory of the home whose inventory it is.
func Of(inv inventory.Inventory) Document {
	own, peer := inv.Own(), inv.Homes[inv.Home.Peer()]
	d := Document{
		Version: Version, System: inv.System, Home: inv.Home, Region: own.Region,
		LockTable: own.Control.LockTable, Secrets: own.Secrets, Stores: map[string]Store{},
	}
	for name, st := range own.Stores {
		out := Store{Kind: st.Kind, Generation: st.Generation}
		switch st.Kind {
		case system.Table, system.Bucket:
			out.Name = st.Name
		case system.Queue:
			out.URL, out.DeadLetterURL, out.LedgerTable = st.URL, st.DeadLetterURL, st.LedgerTable
		case system.Postgres, system.Cache:
			out.connect(inv, name, st, peer.Stores[name])
		}
		d.Stores[name] = out
	}
	return d
}

// connect fills in where a store with a writer is reached. Until the peer has it
// too nothing can move, and AWS's own name is the shortest way.
func (s *Store) connect(inv inventory.Inventory, name string, own, peer inventory.Store) {
	s.SecretArn, s.Host, s.ReaderHost = own.SecretArn, own.Endpoint, own.ReaderEndpoint
	s.TLSNames, s.ReaderTLSNames = names(own.Endpoint), names(own.ReaderEndpoint)
	if peer.Endpoint == "" {
		return
	}
	s.Host, s.TLSNames = Host(inv.System, name, s.Kind), names(own.Endpoint, peer.Endpoint)
	if own.ReaderEndpoint != "" {
		s.ReaderHost = ReaderHost(inv.System, name, s.Kind)
	}
}

// names leaves out what is empty and what is there twice.
func names(all ...string) (out []string) {
	for _, n := range all {
		if n != "" && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// Encode writes the canonical form: equal documents have equal bytes. A
// document that the parameter cannot hold is refused.
func Encode(d Document) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		return "", fmt.Errorf("encode directory: %w", err)
	}
	text := string(bytes.TrimSpace(out.Bytes()))
	if len(text) > Max {
		return "", fmt.Errorf("encode directory: %d stores and %d secrets take %d bytes, want at most %d, which is what an "+
			"SSM parameter holds; shorten their names, or split the system in two", len(d.Stores), len(d.Secrets), len(text), Max)
	}
	return text, nil
}

// Decode reads a document. It passes over fields that it does not know and
// refuses a version that it does not know.
func Decode(text string) (Document, error) {
	var d Document
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	if err := dec.Decode(&d); err != nil {
		return Document{}, fmt.Errorf("decode directory: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Document{}, errors.New("decode directory: more follows after the document")
	}
	if d.Version != Version {
		return Document{}, fmt.Errorf("decode directory: version is %d, want %d", d.Version, Version)
	}
	return d, nil
}
