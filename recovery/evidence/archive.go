package evidence

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"time"
)

// mostBytes is how large a member may be: more than any report, less than what fills a memory.
const mostBytes = 256 << 20

// Write writes the archive. Of m, System, By, Made and Kinds are the caller's.
func Write(ctx context.Context, w io.Writer, m Manifest, members []Member, s Signer) (Manifest, error) {
	m, members, err := describe(m, members)
	if err != nil {
		return m, fmt.Errorf("bundle evidence: %w", err)
	}
	text, err := m.encode()
	if err != nil {
		return m, fmt.Errorf("bundle evidence: %w", err)
	}
	signature, err := s.Sign(ctx, text)
	if err != nil {
		return m, fmt.Errorf("sign evidence: %w", err)
	}
	signed, err := signature.encode()
	if err != nil {
		return m, fmt.Errorf("sign evidence: %w", err)
	}
	out := tar.NewWriter(w)
	for _, one := range append([]Member{{manifestName, text}, {signatureName, signed}}, members...) {
		if err := put(out, one, m.Made); err != nil {
			return m, fmt.Errorf("write evidence: member %s: %w", one.Name, err)
		}
	}
	return m, out.Close()
}

// put writes one member; nothing of the machine goes into its header.
func put(w *tar.Writer, m Member, at time.Time) error {
	err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: m.Name, Size: int64(len(m.Body)), Mode: 0o644, ModTime: at,
		Format: tar.FormatPAX})
	if err == nil {
		_, err = w.Write(m.Body)
	}
	return err
}

// Verify reads an archive and names everything that speaks against it: a signature that is not the trusted key's, a member
// that was changed, added, left out or moved. Only an archive without a fault gives its members.
func Verify(r io.Reader, trusted crypto.PublicKey) (Manifest, []Member, error) {
	all, err := unpack(r)
	if err != nil {
		return Manifest{}, nil, fmt.Errorf("read evidence: %w", err)
	}
	if len(all) < 2 || all[0].Name != manifestName || all[1].Name != signatureName {
		return Manifest{}, nil, fmt.Errorf("read evidence: it does not begin with %s and %s", manifestName, signatureName)
	}
	var s Signature
	if err := strict(all[1].Body, &s); err != nil {
		return Manifest{}, nil, fmt.Errorf("%s: %w", signatureName, err)
	}
	if plain, err := s.encode(); err != nil || !bytes.Equal(plain, all[1].Body) {
		return Manifest{}, nil, fmt.Errorf("%s: it is not in the form in which it is written", signatureName)
	}
	if err := s.check(all[0].Body, trusted); err != nil {
		return Manifest{}, nil, fmt.Errorf("%s: %w", signatureName, err)
	}
	var m Manifest
	if err := strict(all[0].Body, &m); err != nil {
		return Manifest{}, nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	if m.Version != Version {
		return Manifest{}, nil, fmt.Errorf("%s: version is %d, want %d", manifestName, m.Version, Version)
	}
	if err := errors.Join(m.compare(all[2:]), m.consistent(all[2:])); err != nil {
		return m, nil, err
	}
	return m, all[2:], nil
}

// unpack reads every member, and that nothing comes behind them.
func unpack(r io.Reader) ([]Member, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	from := bytes.NewReader(raw)
	in := tar.NewReader(from)
	var out []Member
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || h.Size > mostBytes {
			return nil, fmt.Errorf("member %q is no file of at most %d bytes", h.Name, mostBytes)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("member %q: %w", h.Name, err)
		}
		out = append(out, Member{h.Name, body})
	}
	if rest, _ := io.ReadAll(from); len(bytes.Trim(rest, "\x00")) > 0 {
		return nil, errors.New("something stands behind the end of the archive")
	}
	return out, nil
}

// compare holds the members against the manifest.
func (m Manifest) compare(members []Member) error {
	var errs []error
	known, seen := map[string]Entry{}, map[string]bool{}
	for _, e := range m.Members {
		known[e.Name] = e
	}
	for _, one := range members {
		want, has := known[one.Name]
		got := entryOf(one)
		switch {
		case !has:
			errs = append(errs, fmt.Errorf("member %s is not in the manifest", one.Name))
		case seen[one.Name]:
			errs = append(errs, fmt.Errorf("member %s stands twice", one.Name))
		case got != want:
			errs = append(errs, fmt.Errorf("member %s was changed: it has %d bytes with SHA-256 %s, want %d with %s", one.Name,
				got.Bytes, got.SHA256, want.Bytes, want.SHA256))
		}
		seen[one.Name] = true
	}
	for _, e := range m.Members {
		if !seen[e.Name] {
			errs = append(errs, fmt.Errorf("member %s is missing", e.Name))
		}
	}
	return errors.Join(errs...)
}
