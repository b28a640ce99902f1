// Package kmssign signs evidence with an asymmetric key of KMS, which never leaves it. It was never tried on AWS:
// docs/limits.md says how to.
package kmssign

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"redoubt/recovery/evidence"
)

// API is what Key asks; a client of KMS does.
type API interface {
	Sign(context.Context, *kms.SignInput, ...func(*kms.Options)) (*kms.SignOutput, error)
	GetPublicKey(context.Context, *kms.GetPublicKeyInput, ...func(*kms.Options)) (*kms.GetPublicKeyOutput, error)
}

// Key is a key of the kind ECC_NIST_P256 for SIGN_VERIFY:
// https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
type Key struct {
	API API
	ARN string
}

var _ evidence.Signer = Key{}

// Sign lets KMS sign the hash of the text.
func (k Key) Sign(ctx context.Context, text []byte) (evidence.Signature, error) {
	public, err := k.API.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: aws.String(k.ARN)})
	if err != nil {
		return evidence.Signature{}, fmt.Errorf("public key of %s: %w", k.ARN, err)
	}
	if public.KeySpec != types.KeySpecEccNistP256 {
		return evidence.Signature{}, fmt.Errorf("key %s is of the kind %s, want %s", k.ARN, public.KeySpec, types.KeySpecEccNistP256)
	}
	sum := sha256.Sum256(text)
	out, err := k.API.Sign(ctx, &kms.SignInput{KeyId: aws.String(k.ARN), Message: sum[:], MessageType: types.MessageTypeDigest,
		SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256})
	if err != nil {
		return evidence.Signature{}, fmt.Errorf("sign with %s: %w", k.ARN, err)
	}
	return evidence.Signature{Algorithm: evidence.ECDSASHA256, Key: k.ARN, Public: public.PublicKey, Value: out.Signature}, nil
}
