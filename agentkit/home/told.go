package home

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/recovery/arbiter"
	"redoubt/system"
)

// Words is one place where the word stands that says which home is to be the active one.
type Words interface {
	// Word reads it consistently; arbiter.First when there is none.
	Word(ctx context.Context) (arbiter.Word, error)
	// Replace writes next if the word still has the version of old, and fails otherwise.
	Replace(ctx context.Context, old, next arbiter.Word) error
}

// patience is how long one place of the word may take to answer, so that a keeper has time left to renew.
const patience = time.Second

// Told is what a home has been told: the newest word of those it can read. It keeps a copy in the home's own table.
type Told struct {
	Home system.Home
	// Own is the home's own table.
	Own Words
	// Others are the arbiter's table and the peer's. One of them must answer: what stands in the home's own alone may
	// be old. None at all is a home without an arbiter, which knows nothing but its own.
	Others []Words
}

// Active tells whether the home is to be the active one; it is made for Keeper.Active.
func (t Told) Active(ctx context.Context) (bool, error) {
	w, err := t.Word(ctx)
	return err == nil && w.Active == t.Home, err
}

// Word is the newest word that can be read.
func (t Told) Word(ctx context.Context) (arbiter.Word, error) {
	own, ownErr := read(ctx, t.Own)
	if len(t.Others) == 0 {
		return own, ownErr
	}
	newest, heard, errs := own, 0, []error{ownErr}
	for _, from := range t.Others {
		w, err := read(ctx, from)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if heard++; w.Newer(newest) {
			newest = w
		}
	}
	if heard == 0 {
		return arbiter.Word{}, fmt.Errorf("nobody but the %s home itself tells which home is to serve: %w",
			t.Home, errors.Join(errs...))
	}
	if ownErr == nil && newest.Newer(own) {
		_ = t.Own.Replace(ctx, own, newest) // the next look tries again
	}
	return newest, nil
}

func read(ctx context.Context, from Words) (arbiter.Word, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return from.Word(ctx)
}
