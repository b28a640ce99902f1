package kmssign_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/stretchr/testify/require"

	"redoubt/internal/kmssign"
	"redoubt/recovery/evidence"
)

// held is a key as KMS holds it.
type held struct {
	key  *ecdsa.PrivateKey
	spec types.KeySpec
}

func (h held) GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error) {
	raw, err := x509.MarshalPKIXPublicKey(h.key.Public())
	return &kms.GetPublicKeyOutput{PublicKey: raw, KeySpec: h.spec}, err
}

func (h held) Sign(_ context.Context, in *kms.SignInput, _ ...func(*kms.Options)) (*kms.SignOutput, error) {
	if in.MessageType != types.MessageTypeDigest || len(in.Message) != 32 {
		return nil, context.Canceled
	}
	value, err := ecdsa.SignASN1(rand.Reader, h.key, in.Message)
	return &kms.SignOutput{Signature: value}, err
}

func TestKey_signsWhatVerifies(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	var b bytes.Buffer
	m := evidence.Manifest{System: "atlas", By: "ann", Made: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)}
	signer := kmssign.Key{API: held{key, types.KeySpecEccNistP256}, ARN: "arn:aws:kms:eu-west-1:111122223333:key/x"}
	_, err = evidence.Write(t.Context(), &b, m, []evidence.Member{{Name: "a", Body: []byte("x")}}, signer)
	require.NoError(t, err)
	_, _, err = evidence.Verify(bytes.NewReader(b.Bytes()), key.Public())
	require.NoError(t, err)
	_, _, err = evidence.Verify(bytes.NewReader(b.Bytes()), other.Public())
	require.ErrorContains(t, err, "another key")
	_, err = kmssign.Key{API: held{key, types.KeySpecRsa2048}, ARN: "x"}.Sign(t.Context(), nil)
	require.ErrorContains(t, err, "want ECC_NIST_P256")
}
