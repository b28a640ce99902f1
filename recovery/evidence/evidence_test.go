package evidence_test

import (
	"archive/tar"
	"bytes"
	"crypto"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/evidence"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness"
)

var made = time.Date(2026, 11, 27, 4, 30, 0, 0, time.UTC)

func key(t *testing.T) (evidence.File, crypto.PublicKey) {
	t.Helper()
	private, public, err := evidence.NewKey()
	require.NoError(t, err)
	k, err := evidence.PrivateKey(private)
	require.NoError(t, err)
	p, err := evidence.PublicKey(public)
	require.NoError(t, err)
	return evidence.File{Key: k}, p
}

// members are those of one drill.
func members(t *testing.T) []evidence.Member {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "planner", "testdata", "plans", "region-loss.json"))
	require.NoError(t, err)
	p, err := plan.Decode(text)
	require.NoError(t, err)
	hash, err := p.Hash()
	require.NoError(t, err)
	ran, err := evidence.OfRun("drills/region-loss", drill.Ran{Plan: p, Records: []journal.Record{
		{Run: "drill", Seq: 1, Kind: journal.Started, Plan: hash, At: made}, {Run: "drill", Seq: 2, Kind: journal.Finished, At: made}}})
	require.NoError(t, err)
	told, err := evidence.OfReport("drills/region-loss", drill.Report{System: "atlas", Scenario: "region-loss", Kind: witness.Simulated,
		Disruption: system.RegionLoss, Lost: made, Plan: drill.Plan{Title: p.Title, Hash: hash}})
	require.NoError(t, err)
	return append(append(told, ran...), evidence.Member{Name: "system.yaml", Body: []byte("name: atlas\n")})
}

func bundle(t *testing.T, s evidence.Signer, all []evidence.Member) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := evidence.Write(t.Context(), &b, evidence.Manifest{System: "atlas", By: "ann", Made: made, Kinds: []string{"simulated"}}, all, s)
	require.NoError(t, err)
	return b.Bytes()
}

func TestArchive_isVerifiedAsItWasWritten(t *testing.T) {
	t.Parallel()
	signer, public := key(t)
	all := members(t)
	raw := bundle(t, signer, all)
	m, got, err := evidence.Verify(bytes.NewReader(raw), public)
	require.NoError(t, err)
	assert.Equal(t, "ann", m.By)
	assert.Len(t, got, len(all))
	assert.Len(t, m.Members, 7)
	reversed := []evidence.Member{}
	for _, one := range all {
		reversed = append([]evidence.Member{one}, reversed...)
	}
	assert.Equal(t, raw, bundle(t, signer, reversed), "the same members give the same bytes")
}

// pack writes any members as they are.
func pack(t *testing.T, all []evidence.Member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, one := range all {
		require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: one.Name, Size: int64(len(one.Body)), Mode: 0o644}))
		_, err := w.Write(one.Body)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func unpack(t *testing.T, raw []byte) []evidence.Member {
	t.Helper()
	var out []evidence.Member
	r := tar.NewReader(bytes.NewReader(raw))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return out
		}
		require.NoError(t, err)
		body, err := io.ReadAll(r)
		require.NoError(t, err)
		out = append(out, evidence.Member{Name: h.Name, Body: body})
	}
}

// TestVerify_seesEveryMemberThatWasTouched changes, takes away, doubles and renames each member in turn, the manifest and
// its signature among them.
func TestVerify_seesEveryMemberThatWasTouched(t *testing.T) {
	t.Parallel()
	signer, public := key(t)
	whole := unpack(t, bundle(t, signer, members(t)))
	require.Len(t, whole, 9)
	for n, one := range whole {
		for name, spoil := range map[string]func([]evidence.Member) []evidence.Member{
			"a bit of %s": func(all []evidence.Member) []evidence.Member {
				body := bytes.Clone(all[n].Body)
				body[len(body)/2] ^= 1
				all[n].Body = body
				return all
			},
			"%s cut short": func(all []evidence.Member) []evidence.Member {
				all[n].Body = all[n].Body[:len(all[n].Body)-2]
				return all
			},
			"%s longer": func(all []evidence.Member) []evidence.Member {
				all[n].Body = append(bytes.Clone(all[n].Body), '!')
				return all
			},
			"without %s": func(all []evidence.Member) []evidence.Member { return append(all[:n:n], all[n+1:]...) },
			"%s twice":   func(all []evidence.Member) []evidence.Member { return append(all, all[n]) },
			"%s under another name": func(all []evidence.Member) []evidence.Member {
				all[n].Name += "x"
				return all
			},
		} {
			what := fmt.Sprintf(name, one.Name)
			_, got, err := evidence.Verify(bytes.NewReader(pack(t, spoil(append([]evidence.Member(nil), whole...)))), public)
			require.Error(t, err, what)
			assert.Empty(t, got, what)
		}
	}
	_, _, err := evidence.Verify(bytes.NewReader(pack(t, append(whole, evidence.Member{Name: "more", Body: []byte("x")}))), public)
	require.ErrorContains(t, err, "member more is not in the manifest")
}

func TestVerify_trustsOneKeyAlone(t *testing.T) {
	t.Parallel()
	signer, _ := key(t)
	_, other := key(t)
	raw := bundle(t, signer, members(t))
	_, _, err := evidence.Verify(bytes.NewReader(raw), other)
	require.ErrorContains(t, err, "another key than the one to trust")
	_, _, err = evidence.Verify(bytes.NewReader(append(raw, "more"...)), other)
	require.ErrorContains(t, err, "behind the end")
	_, _, err = evidence.Verify(bytes.NewReader(raw[:len(raw)/2]), other)
	require.Error(t, err)
}

func TestVerify_holdsMembersAgainstEachOther(t *testing.T) {
	t.Parallel()
	signer, public := key(t)
	all := members(t)
	another, err := journal.EncodeAll([]journal.Record{{Run: "drill", Seq: 1, Kind: journal.Started, Plan: "another", At: made}})
	require.NoError(t, err)
	for _, c := range []struct {
		member, says string
		body         []byte
	}{
		{"drills/region-loss/journal", "the journal does not begin with plan", nil},
		{"drills/region-loss/journal", "the journal does not begin with plan", another},
		{"drills/region-loss/journal", "it ends within a record", another[:len(another)-1]},
		{"drills/region-loss/report.json", "the report is of plan", []byte("{}")},
	} {
		bad := append([]evidence.Member(nil), all...)
		for n := range bad {
			if bad[n].Name == c.member {
				bad[n].Body = c.body
			}
		}
		_, _, err := evidence.Verify(bytes.NewReader(bundle(t, signer, bad)), public)
		require.ErrorContains(t, err, c.says, "a signature makes nothing true")
	}
}

func TestWrite_refusesWhatCannotBeUnpackedSafely(t *testing.T) {
	t.Parallel()
	signer, _ := key(t)
	for _, name := range []string{"", "../x", "/x", "a/../b", "manifest.json", "manifest.sig"} {
		_, err := evidence.Write(t.Context(), io.Discard, evidence.Manifest{}, []evidence.Member{{Name: name}}, signer)
		require.ErrorContains(t, err, "want a clean relative path", name)
	}
	_, err := evidence.Write(t.Context(), io.Discard, evidence.Manifest{}, nil, signer)
	require.ErrorContains(t, err, "nothing to bundle")
	_, err = evidence.Write(t.Context(), io.Discard, evidence.Manifest{}, []evidence.Member{{Name: "a"}, {Name: "a"}}, signer)
	require.ErrorContains(t, err, "stands twice")
}

func TestKeys_areReadOnlyInTheirForms(t *testing.T) {
	t.Parallel()
	private, public, err := evidence.NewKey()
	require.NoError(t, err)
	_, err = evidence.PrivateKey(public)
	require.ErrorContains(t, err, `no "PRIVATE KEY"`)
	_, err = evidence.PublicKey(private)
	require.ErrorContains(t, err, `no "PUBLIC KEY"`)
}
