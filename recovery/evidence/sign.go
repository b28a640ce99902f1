package evidence

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// Algorithm is how a manifest is signed.
type Algorithm string

// The algorithms: a key file, or an asymmetric key of KMS that never leaves it.
const (
	Ed25519     Algorithm = "Ed25519"
	ECDSASHA256 Algorithm = "ECDSA_SHA_256"
)

// Signer signs a manifest's bytes.
type Signer interface {
	Sign(ctx context.Context, text []byte) (Signature, error)
}

// Signature is what stands beside the manifest.
type Signature struct {
	Algorithm Algorithm `json:"algorithm"`
	// Key is where the key is kept, for people: empty for a file, an ARN in KMS.
	Key string `json:"key,omitempty"`
	// Public is the public key in PKIX form (RFC 5280), Value the signature: of ECDSA in ASN.1.
	Public []byte `json:"public"`
	Value  []byte `json:"value"`
}

// File is a signer whose key is in a file.
type File struct{ Key ed25519.PrivateKey }

// Sign signs the text.
func (f File) Sign(_ context.Context, text []byte) (Signature, error) {
	public, err := x509.MarshalPKIXPublicKey(f.Key.Public())
	return Signature{Algorithm: Ed25519, Public: public, Value: ed25519.Sign(f.Key, text)}, err
}

func (s Signature) encode() ([]byte, error) { return indented(s) }

// check says why a signature is not that of the text by the trusted key, or nothing.
func (s Signature) check(text []byte, trusted crypto.PublicKey) error {
	want, err := x509.MarshalPKIXPublicKey(trusted)
	if err != nil {
		return fmt.Errorf("the key to trust: %w", err)
	}
	if !bytes.Equal(want, s.Public) {
		return errors.New("it was signed by another key than the one to trust")
	}
	good := false
	switch key := trusted.(type) {
	case ed25519.PublicKey:
		good = s.Algorithm == Ed25519 && ed25519.Verify(key, text, s.Value)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(text)
		good = s.Algorithm == ECDSASHA256 && ecdsa.VerifyASN1(key, sum[:], s.Value)
	}
	if !good {
		return fmt.Errorf("the signature (%s) is not that of the manifest", s.Algorithm)
	}
	return nil
}

// Forms of keys in PEM: PKCS #8 as openssl genpkey writes it, and PKIX as openssl pkey -pubout does.
const (
	privateForm = "PRIVATE KEY"
	publicForm  = "PUBLIC KEY"
)

// PrivateKey reads an Ed25519 key.
func PrivateKey(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != privateForm {
		return nil, fmt.Errorf("it holds no %q in PEM", privateForm)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("it holds a key of another kind than Ed25519: %T", key)
	}
	return private, nil
}

// PublicKey reads the key to trust, of any algorithm that is known here.
func PublicKey(text []byte) (crypto.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != publicForm {
		return nil, fmt.Errorf("it holds no %q in PEM", publicForm)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	switch key.(type) {
	case ed25519.PublicKey, *ecdsa.PublicKey:
		return key, nil
	}
	return nil, fmt.Errorf("it holds a key of another kind than Ed25519 and ECDSA: %T", key)
}

// NewKey makes a pair of keys, each in PEM.
func NewKey() (private, public []byte, err error) {
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, nil, err
	}
	rawPrivate, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		return nil, nil, err
	}
	rawPublic, err := x509.MarshalPKIXPublicKey(pub)
	return pem.EncodeToMemory(&pem.Block{Type: privateForm, Bytes: rawPrivate}),
		pem.EncodeToMemory(&pem.Block{Type: publicForm, Bytes: rawPublic}), err
}

// PublicPEM is a public key in the form that PublicKey reads, from its PKIX form.
func PublicPEM(pkix []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: publicForm, Bytes: pkix})
}
