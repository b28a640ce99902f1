package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/witness"
	"redoubt/witness/run/segments"
)

// Told is what the witness that stands in a home says.
type Told struct {
	Home    system.Home `json:"home"`
	Witness string      `json:"witness"`
	// Since is when it was asked from.
	Since time.Time `json:"since,omitzero"`
	// Unknown is why its log cannot be read: then every figure is unknown.
	Unknown string `json:"unknown,omitempty"`
	// Gaps are the stretches in which it noted nothing: what was lost of them, nobody knows.
	Gaps   []segments.Gap `json:"gaps,omitempty"`
	Stores []Judged       `json:"stores"`
}

// AskStanding reads the log of the witness that stands in a home out of its control bucket, reads the stores back there, and
// compares. What cannot be read is unknown, and says so; an error is that nothing could be asked.
func AskStanding(ctx context.Context, cfg aws.Config, sys *system.System, inv inventory.Inventory, home system.Home,
	since, now time.Time,
) (Told, error) {
	p, err := Of(standing(home), sys, inv)
	if err != nil {
		return Told{}, fmt.Errorf("the homes of the inventory: %w", err)
	}
	cfg = cfg.Copy()
	cfg.Region = inv.Homes[home].Region
	log := bucket{s3.NewFromConfig(cfg), inv.Homes[home].Control.Bucket}
	return maker{p, cfg, secretsmanager.NewFromConfig(cfg)}.told(ctx, log, since, now)
}

func (m maker) told(ctx context.Context, log segments.Objects, since, now time.Time) (Told, error) {
	out := Told{Home: m.Home, Witness: witness.NameOf(m.Home), Since: since}
	read, err := segments.Read(ctx, log, out.Witness, since)
	if err != nil {
		out.Unknown = err.Error()
	}
	out.Gaps = segments.Gaps(read, since, now)
	out.Stores, err = m.verdicts(ctx, read, since)
	return out, err
}

// judgeStanding is AskStanding in a pod of the home.
func judgeStanding(ctx context.Context, env func(string) string, since time.Time, out io.Writer) error {
	s, sys, cfg, err := settled(ctx, env)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, usage)
	}
	inv, err := known(ctx, bucket{s3.NewFromConfig(cfg), s.Bucket}, sys, s.Home)
	if err != nil {
		return err
	}
	told, err := AskStanding(ctx, cfg, sys, inv, s.Home, since, clock.Wall{}.Now())
	if err != nil {
		return err
	}
	return errors.Join(print(out, told), told.proven())
}

// proven is why what is told is not all that there was to know, or nothing.
func (t Told) proven() error {
	switch {
	case t.Unknown != "":
		return errors.New(t.Unknown)
	case len(t.Gaps) > 0:
		return fmt.Errorf("it noted nothing for a time, %d times: what was lost then, nobody knows", len(t.Gaps))
	}
	return nil
}
