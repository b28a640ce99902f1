package alive

import (
	"context"
	"time"

	"redoubt/internal/clock"
)

// Variable is the environment variable with the address to answer at, such as ":8080". Without it nobody is answered.
const Variable = "REDOUBT_ALIVE"

// stuck is how long a program whose rounds take seconds may go without the end of one.
const stuck = time.Minute

// Told answers where the environment says, until the context ends. Call what it returns at the end of each round.
func Told(ctx context.Context, env func(string) string) (round func(), err error) {
	return ToldWithin(ctx, env, stuck)
}

// ToldWithin is Told for a program that may go so long without the end of a round.
func ToldWithin(ctx context.Context, env func(string) string, within time.Duration) (round func(), err error) {
	address := env(Variable)
	if address == "" {
		return func() {}, nil
	}
	beat := New(clock.Wall{}, within)
	_, err = beat.Serve(ctx, address)
	return beat.Now, err
}
