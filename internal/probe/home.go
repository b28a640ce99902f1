package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"redoubt/internal/probe/cells"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

// Keys is what is needed of a client of KMS.
type Keys interface {
	DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
}

// Clients are those of AWS that the eyes look with.
type Clients struct {
	Keys      Keys
	Backups   Backups
	Snapshots Snapshots
	Metrics   Metrics
	// Objects are of each home's region, the others of the home's own.
	Objects map[system.Home]cells.Objects
}

// keys are the looks at the home's keys.
func (e *Eyes) keys() []look {
	var out []look
	for _, purpose := range slices.Sorted(maps.Keys(e.own().Keys)) {
		arn := e.own().Keys[purpose]
		out = append(out, look{"the key of " + purpose, func(ctx context.Context) (found, error) {
			k, err := e.Clients.Keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(arn)})
			if err != nil {
				return nil, err
			}
			usable := k.KeyMetadata.KeyState == kmstypes.KeyStateEnabled
			return func(s *prober.Sight) { s.Keys[purpose] = usable }, nil
		}})
	}
	return out
}

// differs sees whether the home's copy of its peer's inventory says what the peer says of itself.
func (e *Eyes) differs(ctx context.Context) (found, error) {
	peer := e.Home.Peer()
	said := map[system.Home]string{}
	for _, at := range system.Homes {
		raw, err := e.control(ctx, at, inventory.ObjectKey(peer))
		if err != nil {
			return nil, fmt.Errorf("of the %s home in the %s home: %w", peer, at, err)
		}
		if said[at], err = of(raw, peer); err != nil {
			return nil, fmt.Errorf("of the %s home in the %s home: %w", peer, at, err)
		}
	}
	differs := said[e.Home] != said[peer]
	return func(s *prober.Sight) { s.Differs = &differs }, nil
}

// of is what a document says of one home, in the canonical form.
func of(raw []byte, home system.Home) (string, error) {
	doc, err := inventory.Decode(raw)
	if err != nil {
		return "", err
	}
	out, err := inventory.Encode(inventory.New(doc.System, home, doc.Homes[home]))
	return string(out), err
}

// control reads an object of a home's control bucket.
func (e *Eyes) control(ctx context.Context, at system.Home, key string) ([]byte, error) {
	bucket := e.Inventory.Homes[at].Control.Bucket
	if bucket == "" {
		return nil, errors.New("the inventory knows no control bucket")
	}
	return cells.Object(ctx, e.Clients.Objects[at], bucket, key)
}

// records are the looks at what people do again and again. A record that nobody has left yet is no fault of the look; it
// is published nothing of.
func (e *Eyes) records() []look {
	var out []look
	for key, put := range map[string]func(*prober.Sight, watch.Record){
		watch.DriftKey:    func(s *prober.Sight, r watch.Record) { s.Compared = r.At },
		watch.DrillKey:    func(s *prober.Sight, r watch.Record) { s.Drilled = r.At },
		watch.MeasuredKey: func(s *prober.Sight, r watch.Record) { s.Measured, s.Ratio = r.At, r.Ratio() },
	} {
		out = append(out, look{"the record " + key, func(ctx context.Context) (found, error) {
			raw, err := e.control(ctx, e.Home, key)
			if none := (*s3types.NoSuchKey)(nil); errors.As(err, &none) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			r, err := watch.DecodeRecord(raw, e.System.Name)
			return unless(err, func(s *prober.Sight) { put(s, r) })
		}})
	}
	return out
}
