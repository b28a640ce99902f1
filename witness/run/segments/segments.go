// Package segments is the log of a witness whose disk ends with its pod: tries go into objects of a bucket, a segment every
// few seconds. A segment is put whole or not at all, none is put twice, and numbers are set aside by an object that one
// witness alone can make, so that no number is used twice, whatever is killed and however many run.
package segments

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"redoubt/witness"
)

// Object is an object that is there, and when it was put.
type Object struct {
	Key string
	Put time.Time
}

// Objects is where segments are kept.
type Objects interface {
	// Create puts an object where none of that key is; ErrExists is that one is. After any other error it may be there.
	Create(ctx context.Context, key string, body []byte) error
	// List returns the objects whose keys begin with a prefix, in the order of their keys.
	List(ctx context.Context, prefix string) ([]Object, error)
	Get(ctx context.Context, key string) ([]byte, error)
}

// ErrExists is that somebody made the object before.
var ErrExists = errors.New("the object is there already")

// Span is how many numbers an epoch sets aside, for each store.
const Span = 1_000_000

func epochKey(name string, epoch int64) string {
	return fmt.Sprintf("%s%06d", witness.Epochs(name), epoch)
}

func segmentKey(name string, epoch int64, part int) string {
	return fmt.Sprintf("%s%06d/%08d", witness.Segments(name), epoch, part)
}

// place is which segment a key is of.
type place struct {
	epoch int64
	part  int
}

func placeOf(name, key string) (place, error) {
	epoch, part, ok := strings.Cut(strings.TrimPrefix(key, witness.Segments(name)), "/")
	e, err1 := strconv.ParseInt(epoch, 10, 64)
	p, err2 := strconv.Atoi(part)
	if !ok || err1 != nil || err2 != nil || segmentKey(name, e, p) != key {
		return place{}, fmt.Errorf("%q is no segment", key)
	}
	return place{e, p}, nil
}

// attempts is how many epochs that others took meanwhile are passed over.
const attempts = 100

// claim sets the next epoch aside. Segments count too: an epoch whose object somebody removed is not used again as long as
// a segment of it is kept.
func claim(ctx context.Context, o Objects, name string) (int64, error) {
	taken, err := o.List(ctx, witness.Epochs(name))
	if err != nil {
		return 0, fmt.Errorf("look for the numbers that are used: %w", err)
	}
	kept, err := o.List(ctx, witness.Segments(name))
	if err != nil {
		return 0, fmt.Errorf("look for the numbers that are used: %w", err)
	}
	var last int64
	for _, one := range taken {
		n, err := strconv.ParseInt(strings.TrimPrefix(one.Key, witness.Epochs(name)), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("look for the numbers that are used: %q is no epoch", one.Key)
		}
		last = max(last, n)
	}
	for _, one := range kept {
		at, err := placeOf(name, one.Key)
		if err != nil {
			return 0, fmt.Errorf("look for the numbers that are used: %w", err)
		}
		last = max(last, at.epoch)
	}
	for range attempts {
		last++
		switch err := o.Create(ctx, epochKey(name, last), []byte(name+"\n")); {
		case err == nil:
			return last, nil
		case !errors.Is(err, ErrExists):
			return 0, fmt.Errorf("set numbers aside: %w", err)
		}
	}
	return 0, fmt.Errorf("set numbers aside: %d epochs up to %d were taken meanwhile", attempts, last)
}
